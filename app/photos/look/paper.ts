import { type Crop, type Frame, frameBounds, middleFrame, type Shape, type Size } from '../frame';
import { pixelsShown } from '../frame-pixels';
import type { Pixels } from '../resample';

/** A print inside a photo: its rectangle in fractions (0..1) of the photo, and how far it is turned clockwise, in degrees. */
export interface Paper extends Crop {
  degrees: number;
}

/** Pixels whose colours are nearer to each other than this are of one surface. */
const sameSurface = 34;
/** So much of the picture's edge is of one surface where a print lies on it or has a border. */
const ringFrom = 0.88;
/** The print fills at least and at most so much of the picture. */
const filled = { least: 0.15, most: 0.93 } as const;
/** So many points of each side lie on its line. */
const straightFrom = 0.62;
/** A print that is turned further is no print that lies straight. */
const mostDegrees = 8;

/** A side of the print as a line: at `at` in its middle, and `slope` pixels further with each pixel along it. */
interface Side {
  at: number;
  slope: number;
  straight: number;
}

/**
 * The print in a photo of a print: on a table of one colour, or with a border all around. Null where there is none: the edge
 * of the picture must be of one surface, and what lies inside must have four straight sides.
 */
export function findPaper(picture: Pixels): Paper | null {
  const { width, height } = picture;
  if (Math.min(width, height) < 32) return null;
  const surface = surfaceOf(picture);
  if (surface === null) return null;
  const isInside = (x: number, y: number) => distance(picture, (y * width + x) * 4, surface) > sameSurface;
  const sides = {
    left: sideOf(height, width, (along, across) => isInside(across, along)),
    right: sideOf(height, width, (along, across) => isInside(width - 1 - across, along)),
    top: sideOf(width, height, (along, across) => isInside(along, across)),
    bottom: sideOf(width, height, (along, across) => isInside(along, height - 1 - across)),
  };
  const { left, right, top, bottom } = sides;
  if (!left || !right || !top || !bottom) return null;
  if ([left, right, top, bottom].some((side) => side.straight < straightFrom)) return null;
  // Turned clockwise, the top runs down to the right and the left side runs to the left on its way down.
  const slopes = [top.slope, -bottom.slope, -left.slope, right.slope];
  const slope = [...slopes].sort((one, other) => one - other);
  const tilt = ((slope[1] as number) + (slope[2] as number)) / 2;
  if (slopes.some((one) => Math.abs(one - tilt) > 0.05)) return null;
  const degrees = (Math.atan(tilt) * 180) / Math.PI;
  if (Math.abs(degrees) > mostDegrees) return null;
  const box = { left: left.at, top: top.at, width: width - left.at - right.at, height: height - top.at - bottom.at };
  const part = (box.width * box.height) / (width * height);
  if (part < filled.least || part > filled.most) return null;
  return {
    ...{ left: box.left / width, top: box.top / height, degrees },
    ...{ width: box.width / width, height: box.height / height },
  };
}

type Colour = readonly [number, number, number];

/** The colour of the picture's outermost pixels; null where they are of several surfaces. */
function surfaceOf(picture: Pixels): Colour | null {
  const { data, width, height } = picture;
  const ring: number[] = [];
  for (let x = 0; x < width; x++) ring.push(x * 4, ((height - 1) * width + x) * 4, (width + x) * 4);
  for (let y = 0; y < height; y++) ring.push(y * width * 4, (y * width + width - 1) * 4, (y * width + 1) * 4);
  const median = (offset: number) => {
    const values = ring.map((at) => data[at + offset] as number).sort((one, other) => one - other);
    return values[values.length >> 1] as number;
  };
  const colour = [median(0), median(1), median(2)] as const;
  const same = ring.filter((at) => distance(picture, at, colour) <= sameSurface).length;
  return same / ring.length >= ringFrom ? colour : null;
}

function distance({ data }: Pixels, at: number, [red, green, blue]: Colour): number {
  return Math.hypot((data[at] as number) - red, (data[at + 1] as number) - green, (data[at + 2] as number) - blue);
}

/**
 * One side of what lies inside: for each place along it the first pixels that are not of the surface, and the line through
 * them. Only the middle of the side is looked at, where no corner is. Null where nothing lies inside.
 */
function sideOf(length: number, depth: number, isInside: (along: number, across: number) => boolean): Side | null {
  const found: { along: number; across: number }[] = [];
  for (let along = Math.round(length * 0.3); along < length * 0.7; along++)
    for (let across = 0; across < depth - 2; across++)
      // Three in a row: a speck of dust is no edge.
      if (isInside(along, across) && isInside(along, across + 1) && isInside(along, across + 2)) {
        found.push({ along, across });
        break;
      }
  const looked = length * 0.4;
  if (found.length < looked * straightFrom) return null;
  // The middle one of the slopes between points that lie half of the stretch apart.
  const half = found.length >> 1;
  const slopes = found
    .slice(0, found.length - half)
    .map((point, at) => {
      const other = found[at + half] as { along: number; across: number };
      return (other.across - point.across) / (other.along - point.along);
    })
    .sort((one, other) => one - other);
  const slope = slopes[slopes.length >> 1] ?? 0;
  const starts = found
    .map(({ along, across }) => across - slope * (along - length / 2))
    .sort((one, other) => one - other);
  const at = starts[starts.length >> 1] as number;
  const near = starts.filter((start) => Math.abs(start - at) <= Math.max(1.5, depth * 0.012)).length;
  return { at: Math.max(0, at), slope, straight: near / looked };
}

/** A hair's breadth of the print is left out, so that no border shows. */
const margin = 0.02;

/** The frame that shows the inside of a print, straightened; null where the print is too small for the closest zoom. */
export function frameOfPaper({ paper, size, shape }: { paper: Paper; size: Size; shape: Shape }): Frame | null {
  const tilt = Math.round(-paper.degrees * 2) / 2;
  const level = { ...middleFrame, tilt: Math.min(frameBounds.tilt, Math.max(-frameBounds.tilt, tilt)) };
  const inside = { width: paper.width * (1 - 2 * margin), height: paper.height * (1 - 2 * margin) };
  const whole = pixelsShown({ size, shape, frame: level });
  const zoom = Math.max(whole.width / (inside.width * size.width), whole.height / (inside.height * size.height));
  if (zoom > frameBounds.zoom) return null;
  return { ...level, x: paper.left + paper.width / 2, y: paper.top + paper.height / 2, zoom: Math.max(1, zoom) };
}
