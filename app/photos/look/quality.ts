import type { Pixels } from '../resample';

/** Figures of a picture whose longer side is 512 pixels. */
export interface Quality {
  /** The mean variance of the Laplacian of the four sharpest of 64 tiles: a soft background is no blur. */
  sharpness: number;
  /** The brightness (0..255) below which 95 % of the pixels are. */
  brightness: number;
  /** The share (0..1) of neighbouring pixels that are equal, as in drawings and screenshots. */
  flatness: number;
}

const tiles = 8;
const sharpestTiles = 4;

/** Two neighbours that differ by less are equal, in levels of 255. */
const equal = 0.6;

/** The figures of a picture that was drawn to fit 512 by 512 pixels. */
export function measureQuality(picture: Pixels): Quality {
  const { width, height } = picture;
  const grey = greyOf(picture);
  const at = (x: number, y: number) => grey[y * width + x] as number;
  const sums = Array.from({ length: tiles * tiles }, () => ({ count: 0, sum: 0, squares: 0 }));
  let flat = 0;
  let pairs = 0;
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const here = at(x, y);
      const laplacian = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * here;
      const tile = sums[Math.floor((y * tiles) / height) * tiles + Math.floor((x * tiles) / width)];
      if (tile) {
        tile.count++;
        tile.sum += laplacian;
        tile.squares += laplacian * laplacian;
      }
      pairs++;
      if (Math.abs(at(x + 1, y) - here) < equal) flat++;
    }
  const variances = sums
    .map(({ count, sum, squares }) => (count === 0 ? 0 : squares / count - (sum / count) ** 2))
    .sort((one, other) => other - one);
  const sharpest = variances.slice(0, sharpestTiles);
  const sorted = Float32Array.from(grey).sort();
  return {
    sharpness: sharpest.reduce((sum, one) => sum + one, 0) / sharpest.length,
    brightness: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    flatness: pairs === 0 ? 0 : flat / pairs,
  };
}

/** A picture's brightness (0..255), pixel by pixel. */
function greyOf({ data, width, height }: Pixels): Float32Array {
  const grey = new Float32Array(width * height);
  for (let at = 0; at < grey.length; at++)
    grey[at] =
      0.299 * (data[at * 4] as number) + 0.587 * (data[at * 4 + 1] as number) + 0.114 * (data[at * 4 + 2] as number);
  return grey;
}
