import { cropOf, type Frame, type Shape } from '~/photos/frame';

/** An upright photo's size in pixels, and the film's shape in which its frame is shown. */
export interface Sight {
  size: { width: number; height: number };
  shape: Shape;
}

/** The largest zoom of a frame. */
export const closest = 4;

/** The frame with its point at the middle of what is shown: near the photo's edges the asked point cannot be the middle. */
export function settled(frame: Frame, sight: Sight): Frame {
  const crop = cropOf({ ...sight, frame });
  return {
    x: crop.left + crop.width / 2,
    y: crop.top + crop.height / 2,
    zoom: Math.min(closest, Math.max(1, frame.zoom)),
  };
}

/** The frame after the photo was dragged by fractions of the window's width and height: right and down are positive. */
export function dragged(frame: Frame, by: { x: number; y: number }, sight: Sight): Frame {
  const from = settled(frame, sight);
  const crop = cropOf({ ...sight, frame });
  return settled({ ...from, x: from.x - by.x * crop.width, y: from.y - by.y * crop.height }, sight);
}

/** The frame at another zoom; the photo's point under `at` (fractions of the window) stays under it. */
export function zoomed(frame: Frame, zoom: number, sight: Sight, at = { x: 0.5, y: 0.5 }): Frame {
  const before = cropOf({ ...sight, frame });
  const point = { x: before.left + at.x * before.width, y: before.top + at.y * before.height };
  const limited = Math.min(closest, Math.max(1, zoom));
  const after = cropOf({ ...sight, frame: { ...frame, zoom: limited } });
  return settled(
    {
      x: point.x + (0.5 - at.x) * after.width,
      y: point.y + (0.5 - at.y) * after.height,
      zoom: limited,
    },
    sight,
  );
}
