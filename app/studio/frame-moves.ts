import { cropOf, type Frame, frameBounds, onPhoto, type Point, type Shape } from '~/photos/frame';

/** An upright photo's size in pixels, and the film's shape in which its frame is shown. */
export interface Sight {
  size: { width: number; height: number };
  shape: Shape;
}

const between = (least: number, value: number, most: number) => Math.min(most, Math.max(least, value));

/** The frame with its point at the middle of what is shown: near the photo's edges the asked point cannot be the middle. */
export function settled(frame: Frame, sight: Sight): Frame {
  const zoom = between(1, frame.zoom, frameBounds.zoom);
  const tilt = between(-frameBounds.tilt, frame.tilt, frameBounds.tilt);
  return placed({ ...frame, zoom, tilt }, sight, { x: 0.5, y: 0.5 });
}

/** The frame whose middle is this point of its window, given in fractions of the window, or the nearest it can be. */
function placed(frame: Frame, sight: Sight, at: Point): Frame {
  const shown = cropOf({ ...sight, frame });
  const middle = { x: shown.left + at.x * shown.width, y: shown.top + at.y * shown.height };
  const wished = { ...frame, ...onPhoto(middle, frame, sight.size) };
  const crop = cropOf({ ...sight, frame: wished });
  const point = onPhoto({ x: crop.left + crop.width / 2, y: crop.top + crop.height / 2 }, frame, sight.size);
  return { ...frame, x: between(0, point.x, 1), y: between(0, point.y, 1) };
}

/** The frame after the photo was dragged by fractions of the window's width and height: right and down are positive. */
export function dragged(frame: Frame, by: Point, sight: Sight): Frame {
  return placed(settled(frame, sight), sight, { x: 0.5 - by.x, y: 0.5 - by.y });
}

/** The frame at another zoom; the photo's point under `at` (fractions of the window) stays under it. */
export function zoomed(frame: Frame, zoom: number, sight: Sight, at = { x: 0.5, y: 0.5 }): Frame {
  const before = settled(frame, sight);
  const after = { ...before, zoom: between(1, zoom, frameBounds.zoom) };
  // Seen from the window before, the middle of the new one.
  const ratio = before.zoom / after.zoom;
  const middle = { x: at.x + (0.5 - at.x) * ratio, y: at.y + (0.5 - at.y) * ratio };
  return settled({ ...after, ...pointAt(before, sight, middle) }, sight);
}

/** A point of the window (fractions of it) as a point of the photo. */
function pointAt(frame: Frame, sight: Sight, at: Point): Point {
  const crop = cropOf({ ...sight, frame });
  const middle = { x: crop.left + at.x * crop.width, y: crop.top + at.y * crop.height };
  return onPhoto(middle, frame, sight.size);
}

/** The frame with its photo turned by a quarter, clockwise. */
export function turnedOn(frame: Frame, sight: Sight): Frame {
  return settled({ ...frame, turn: (frame.turn + 1) % 4 }, sight);
}

/** The frame with its photo tilted, in degrees clockwise, about the middle of the window. */
export function tilted(frame: Frame, tilt: number, sight: Sight): Frame {
  return settled({ ...settled(frame, sight), tilt }, sight);
}

/** Whether dragging the photo up or down moves it: if not, a finger that moves so scrolls the page. */
export function movesVertically(frame: Frame, sight: Sight): boolean {
  const [up, down] = [dragged(frame, { x: 0, y: -1 }, sight), dragged(frame, { x: 0, y: 1 }, sight)];
  return Math.hypot((up.x - down.x) * sight.size.width, (up.y - down.y) * sight.size.height) > 1;
}
