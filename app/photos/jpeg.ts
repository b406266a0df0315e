/**
 * JPEG as bytes: what Echoes knows of a photo before anything decodes it. The door accepts JPEG only, because the page
 * turns everything else (PNG, WebP, AVIF, HEIC) into an upright JPEG on the phone before it travels: one format to check,
 * to strip, to serve and to send to a provider.
 */
import { type ExifDate, readExif, takenAtOf } from './exif';

/** Why bytes are not taken as a photo. `not-a-photo`: no JPEG at all; `unsupported`: a JPEG no phone makes. */
export type JpegFault = 'not-a-photo' | 'unsupported' | 'damaged' | 'too-large' | 'too-small';

/** Sizes in pixels. Bounds hold before any decoding: a header can claim a picture that fills the memory. */
export const photoLimits = {
  bytes: 25_000_000,
  /** What a page may open and draw smaller. */
  pixels: 40_000_000,
  longSide: 12_000,
  shortSide: 64,
  /**
   * What the door keeps: the worker that frames a photo needs eight bytes for each pixel, in an isolate of 128 MB. Our
   * page sends at most 2048 x 2048.
   */
  keptPixels: 6_000_000,
} as const;

export interface JpegFacts {
  /** Of the upright picture. */
  width: number;
  height: number;
  /** How the stored picture has to be turned to stand upright, 1 to 8 as in EXIF. */
  orientation: number;
  taken: ExifDate | null;
}

type Segment = { marker: number; start: number; end: number };
type Walk = { outcome: 'whole'; facts: JpegFacts; segments: Segment[] } | { outcome: 'refused'; reason: JpegFault };

const refused = (reason: JpegFault): Walk => ({ outcome: 'refused', reason });

/** Walks the whole structure up to the end marker; facts, or the reason why this is no photo for us. */
export function readJpeg(
  bytes: Uint8Array,
): { outcome: 'whole'; facts: JpegFacts } | { outcome: 'refused'; reason: JpegFault } {
  const walk = walkJpeg(bytes);
  return walk.outcome === 'whole' ? { outcome: 'whole', facts: walk.facts } : walk;
}

/**
 * A copy with the picture and nothing else: no position, device, thumbnails, texts, second pictures, nor bytes after the
 * end. The colour profile stays, and where the picture is stored turned, a block of our own that says only that.
 */
export function stripJpeg(
  bytes: Uint8Array,
):
  | { outcome: 'clean'; bytes: Uint8Array; width: number; height: number; orientation: number; takenAt: number | null }
  | { outcome: 'refused'; reason: JpegFault } {
  const walk = walkJpeg(bytes);
  if (walk.outcome === 'refused') return walk;
  const { width, height, orientation, taken } = walk.facts;
  const pieces = [new Uint8Array([0xff, 0xd8]), orientation === 1 ? new Uint8Array() : orientationBlock(orientation)];
  for (const segment of walk.segments) pieces.push(keptOf(bytes, segment));
  pieces.push(new Uint8Array([0xff, 0xd9]));
  return { outcome: 'clean', bytes: joined(pieces), width, height, orientation, takenAt: taken && takenAtOf(taken) };
}

/** One array out of many. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function walkJpeg(bytes: Uint8Array): Walk {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes[2] !== 0xff) return refused('not-a-photo');
  const segments: Segment[] = [];
  let size: { width: number; height: number } | null = null;
  let exif = { orientation: 1, taken: null as ExifDate | null };
  let scans = 0;
  for (const segment of segmentsOf(bytes)) {
    const { marker, start, end } = segment;
    if (marker === endOfImage) return scans > 0 && size ? whole({ size, exif, segments }) : refused('damaged');
    if (isFrame(marker)) {
      if (marker > 0xc2 || size !== null || end - start < 10) return refused(size === null ? 'unsupported' : 'damaged');
      const parts = bytes[start + 9] ?? 0;
      if (bytes[start + 4] !== 8 || (parts !== 1 && parts !== 3)) return refused('unsupported');
      size = { height: word(bytes, start + 5), width: word(bytes, start + 7) };
      if (end - start !== 10 + parts * 3 || size.width === 0 || size.height === 0) return refused('damaged');
      const { width, height } = size;
      if (width * height > photoLimits.pixels || Math.max(width, height) > photoLimits.longSide)
        return refused('too-large');
      if (Math.min(width, height) < photoLimits.shortSide) return refused('too-small');
    }
    if (marker === startOfScan) {
      if (size === null) return refused('damaged');
      scans++;
    }
    if (scans === 0 && isExif(bytes, segment)) exif = readExif(bytes.subarray(start + 10, end));
    segments.push(segment);
  }
  // Never came to its end marker.
  return refused('damaged');
}

function whole({
  size,
  exif,
  segments,
}: {
  size: { width: number; height: number };
  exif: Pick<JpegFacts, 'orientation' | 'taken'>;
  segments: Segment[];
}): Walk {
  const turned = exif.orientation >= 5;
  const upright = turned ? { width: size.height, height: size.width } : size;
  return { outcome: 'whole', facts: { ...upright, ...exif }, segments };
}

const startOfScan = 0xda;
const endOfImage = 0xd9;
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const word = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/**
 * Segments after the start marker, each with its marker bytes; a scan's segment includes its picture data. Ends after the
 * end marker, or silently where the bytes stop making sense: the caller misses the end marker then.
 */
function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  let at = 2;
  while (at + 2 <= bytes.length) {
    if (bytes[at] !== 0xff) return;
    // Any number of fill bytes may stand before a marker.
    while (bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1] ?? 0;
    if (marker === endOfImage) {
      yield { marker, start: at, end: at + 2 };
      return;
    }
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) return;
    const length = word(bytes, at + 2);
    let end = at + 2 + length;
    if (length < 2 || end > bytes.length) return;
    if (marker === startOfScan) end = endOfScan(bytes, end);
    yield { marker, start: at, end };
    at = end;
  }
}

/** Picture data goes on until a marker that is neither a stuffed zero nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at = bytes.indexOf(0xff, next === 0xff ? at + 1 : at + 2);
  }
  return bytes.length;
}

function isExif(bytes: Uint8Array, { marker, start, end }: Segment): boolean {
  return marker === 0xe1 && end - start > 10 && startsWith(bytes, start + 4, 'Exif\0');
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
}

/** What of a segment may stay: picture data, tables, and three harmless headers in their shortest form. */
function keptOf(bytes: Uint8Array, { marker, start, end }: Segment): Uint8Array {
  const all = bytes.subarray(start, end);
  const isPicture = marker === startOfScan || marker === 0xc4 || isFrame(marker) || (marker >= 0xdb && marker <= 0xdd);
  if (isPicture) return all;
  // Without the thumbnail that may follow: it would still show what was cropped away.
  if (marker === 0xe0 && startsWith(bytes, start + 4, 'JFIF\0') && all.length >= 18)
    return joined([new Uint8Array([0xff, 0xe0, 0, 16]), all.subarray(4, 16), new Uint8Array(2)]);
  if (marker === 0xe2 && startsWith(bytes, start + 4, 'ICC_PROFILE\0')) return all;
  if (marker === 0xee && startsWith(bytes, start + 4, 'Adobe') && all.length >= 16)
    return joined([new Uint8Array([0xff, 0xee, 0, 14]), all.subarray(4, 16)]);
  return new Uint8Array();
}

/** EXIF that says how the picture is turned and nothing more: browsers and decoders then show it upright. */
function orientationBlock(orientation: number): Uint8Array {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0];
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const body = [...exif, ...tiff];
  return new Uint8Array([0xff, 0xe1, 0, body.length + 2, ...body]);
}
