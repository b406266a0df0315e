import type { Pixels } from '../resample';
import { measureQuality } from './quality';

/** What a photo looks like, small enough to compare all photos of a film. */
export interface Fingerprint {
  /** 64 bits, as two numbers of 32: for each slow wave in the picture whether it is stronger than most (a pHash). */
  waves: readonly [number, number];
  /** The mean red, green and blue of four by four fields, as if the picture's mean brightness were 128. */
  colours: readonly number[];
  /** As in `Quality`. Comparable between photos of one kind only. */
  sharpness: number;
}

const side = 32;
const waves = 8;
const fields = 4;

/** Below this spread of brightness (0..255) a picture is a plain surface, and its waves are noise. */
const leastSpread = 6;

/** The fingerprint of a small picture; null for a plain surface, which would be like every other one, and a tiny one. */
export function fingerprintOf(picture: Pixels): Fingerprint | null {
  if (Math.min(picture.width, picture.height) < side) return null;
  const means = meansOf(picture, side);
  const grey = Float64Array.from({ length: side * side }, (_, at) => {
    const [red, green, blue] = means.subarray(at * 3, at * 3 + 3) as unknown as [number, number, number];
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
  const mean = grey.reduce((sum, one) => sum + one, 0) / grey.length;
  const spread = Math.sqrt(grey.reduce((sum, one) => sum + (one - mean) ** 2, 0) / grey.length);
  if (spread < leastSpread) return null;
  const colours = [...meansOf(picture, fields)].map((value) => (value * 128) / mean);
  return { waves: bitsOf(grey), colours, sharpness: measureQuality(picture).sharpness };
}

/** The mean colours of `count` by `count` equal fields of a picture. */
function meansOf({ data, width, height }: Pixels, count: number): Float64Array {
  const sums = new Float64Array(count * count * 3);
  const pixels = new Float64Array(count * count);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const field = Math.floor((y * count) / height) * count + Math.floor((x * count) / width);
      const from = (y * width + x) * 4;
      for (let colour = 0; colour < 3; colour++)
        sums[field * 3 + colour] = (sums[field * 3 + colour] as number) + (data[from + colour] as number);
      pixels[field] = (pixels[field] as number) + 1;
    }
  return sums.map((sum, at) => sum / (pixels[Math.floor(at / 3)] as number));
}

/** The eight by eight slowest waves of the cosine transform, each compared with their median. */
function bitsOf(grey: Float64Array): [number, number] {
  const cosine = (wave: number, at: number) => Math.cos(((2 * at + 1) * wave * Math.PI) / (2 * side));
  const strengths: number[] = [];
  for (let down = 0; down < waves; down++)
    for (let across = 0; across < waves; across++) {
      let sum = 0;
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) sum += (grey[y * side + x] as number) * cosine(across, x) * cosine(down, y);
      strengths.push(sum);
    }
  // The first is the brightness of the whole picture.
  const sorted = strengths.slice(1).sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] as number;
  const bits: [number, number] = [0, 0];
  for (const [at, strength] of strengths.entries())
    if (at > 0 && strength > median) bits[at >> 5 ? 1 : 0] |= 1 << (at & 31);
  return bits;
}

/** How many of the 64 bits differ. */
export function bitsApart(one: Fingerprint, other: Fingerprint): number {
  return onesIn(one.waves[0] ^ other.waves[0]) + onesIn(one.waves[1] ^ other.waves[1]);
}

function onesIn(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** The mean difference of their colours, in levels of 255, whatever their light. */
export function coloursApart({ colours }: Fingerprint, other: Fingerprint): number {
  return (
    colours.reduce((sum, one, at) => sum + Math.abs(one - (other.colours[at] as number)), 0) /
    Math.max(1, colours.length)
  );
}
