import {
  aspectOf,
  type Crop,
  cropOf,
  type Frame,
  middleFrame,
  onCanvas,
  type Point,
  type Shape,
  type Size,
} from '../frame';
import type { Face } from './faces';

/** Faces smaller than this part of the largest one belong to the background. */
const smallest = 1 / 12;
/** Room around a face, in parts of its box: for hair, chin and ears. */
const room = { above: 0.35, below: 0.25, aside: 0.2 } as const;
/** Where the middle of the faces is shown, from the left and from the top. */
const placed = { across: 0.5, down: 0.42 } as const;
/** A face is whole when so much of its box is inside the frame. */
const wholeFrom = 0.95;

/** An extent along one axis of the photo, in fractions of it, and how much it counts. */
interface Extent {
  from: number;
  to: number;
  weight: number;
}

/** The faces that a frame should hold: without those in the background. */
export function mainFaces(faces: readonly Face[]): Face[] {
  const largest = Math.max(0, ...faces.map(areaOf));
  return faces.filter((face) => areaOf(face) >= largest * smallest);
}

/**
 * The frame that keeps most faces whole in this shape; null for a photo without faces. Along the side that the shape cuts,
 * the point follows the faces; along the other one it follows them for the shape that would cut there, so that a change
 * of the film's shape keeps them too.
 */
export function proposeFrame({
  size,
  shape,
  faces,
}: {
  size: Size;
  shape: Shape;
  faces: readonly Face[];
}): Frame | null {
  const main = mainFaces(faces);
  if (main.length === 0) return null;
  const photo = size.width / size.height;
  const wanted = aspectOf(shape);
  const cutsAcross = wanted < photo;
  const across = Math.min(1, (cutsAcross ? wanted : aspectOf('9:16')) / photo);
  const down = Math.min(1, photo / (cutsAcross ? aspectOf('16:9') : wanted));
  return {
    ...middleFrame,
    x: middleOf(
      main.map((face) => extentOf(face, 'across')),
      across,
      placed.across,
    ),
    y: middleOf(
      main.map((face) => extentOf(face, 'down')),
      down,
      placed.down,
    ),
  };
}

/** The middle of the window of this width that holds the extents best, as a fraction of the photo. */
function middleOf(extents: readonly Extent[], width: number, place: number): number {
  const from = Math.min(...extents.map((one) => one.from));
  const to = Math.max(...extents.map((one) => one.to));
  const start = to - from <= width ? around(extents, { from, to, width, place }) : fullest(extents, width);
  return Math.min(1, Math.max(0, start + width / 2));
}

/** The start of a window that holds them all, with their weighted middle at `place` of it. */
function around(
  extents: readonly Extent[],
  { from, to, width, place }: { from: number; to: number; width: number; place: number },
): number {
  const weight = extents.reduce((sum, one) => sum + one.weight, 0);
  const middle = extents.reduce((sum, one) => sum + (one.weight * (one.from + one.to)) / 2, 0) / weight;
  // Beyond the photo's edge too: `cropOf` stops there, and a narrower window still follows the faces.
  return Math.min(from, Math.max(to - width, middle - place * width));
}

/** The start of the window that holds the most of them whole, by weight; of equal ones that nearest to the middle of all. */
function fullest(extents: readonly Extent[], width: number): number {
  const weight = extents.reduce((sum, one) => sum + one.weight, 0);
  const middle = extents.reduce((sum, one) => sum + (one.weight * (one.from + one.to)) / 2, 0) / weight;
  let best = { start: 0, held: -1, apart: 0 };
  for (let step = 0; step <= 200; step++) {
    const start = (step / 200) * (1 - width);
    const whole = extents.filter((one) => one.from >= start - 1e-9 && one.to <= start + width + 1e-9);
    const held = whole.reduce((sum, one) => sum + one.weight, 0);
    const apart = Math.abs(start + width / 2 - middle);
    if (held > best.held + 1e-9 || (held > best.held - 1e-9 && apart < best.apart)) best = { start, held, apart };
  }
  return best.start;
}

function extentOf({ left, top, width, height, score }: Face, axis: 'across' | 'down'): Extent {
  const weight = score * Math.sqrt(width * height);
  const [from, to] =
    axis === 'across'
      ? [left - width * room.aside, left + width * (1 + room.aside)]
      : [top - height * room.above, top + height * (1 + room.below)];
  return { from: Math.max(0, from), to: Math.min(1, to), weight };
}

const areaOf = ({ width, height }: Crop) => width * height;

/** The part (0..1) of a box of the photo that a frame shows. */
export function partShown(box: Crop, framed: { size: Size; shape: Shape; frame: Frame }): number {
  const { left, top, width, height } = cropOf(framed);
  const corners = [
    { x: box.left, y: box.top },
    { x: box.left + box.width, y: box.top },
    { x: box.left + box.width, y: box.top + box.height },
    { x: box.left, y: box.top + box.height },
  ].map((corner) => onCanvas(corner, framed.frame, framed.size));
  const shown = [
    (points: Point[]) => clipped(points, ({ x }) => x - left),
    (points: Point[]) => clipped(points, ({ x }) => left + width - x),
    (points: Point[]) => clipped(points, ({ y }) => y - top),
    (points: Point[]) => clipped(points, ({ y }) => top + height - y),
  ].reduce((points, clip) => clip(points), corners);
  const whole = polygonArea(corners);
  return whole === 0 ? 1 : polygonArea(shown) / whole;
}

/** The part of a polygon on the side where `side` is not negative. */
function clipped(points: readonly Point[], side: (point: Point) => number): Point[] {
  return points.flatMap((point, at) => {
    const next = points[(at + 1) % points.length] as Point;
    const [here, there] = [side(point), side(next)];
    const kept = here >= 0 ? [point] : [];
    if (here >= 0 === there >= 0) return kept;
    const part = here / (here - there);
    return [...kept, { x: point.x + (next.x - point.x) * part, y: point.y + (next.y - point.y) * part }];
  });
}

function polygonArea(points: readonly Point[]): number {
  const twice = points.reduce((sum, { x, y }, at) => {
    const next = points[(at + 1) % points.length] as Point;
    return sum + x * next.y - next.x * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** The faces that a frame does not show whole. */
export function facesOutside(faces: readonly Face[], framed: { size: Size; shape: Shape; frame: Frame }): Face[] {
  return mainFaces(faces).filter((face) => partShown(face, framed) < wholeFrom);
}
