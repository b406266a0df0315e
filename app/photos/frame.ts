/** The shapes a film can have, as width:height. */
export const shapes = ['9:16', '16:9', '1:1'] as const;
export type Shape = (typeof shapes)[number];

/** Width divided by height of a shape. */
export function aspectOf(shape: Shape): number {
  const [width = 1, height = 1] = shape.split(':').map(Number);
  return width / height;
}

/**
 * Which part of a photo is used, in every shape of the film: the point to keep in the middle, as fractions of the
 * upright photo's width and height (0..1), and how close to go (1 = as much of the photo as the shape allows, up to 4).
 */
export interface Frame {
  x: number;
  y: number;
  zoom: number;
}

/** A rectangle in fractions (0..1) of the upright photo. */
export interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * The part of a photo that a frame shows in a shape. The same function draws the preview, cuts the picture that is sent
 * to the provider and moves the still in the player, so that all three show the same.
 * `size` is the upright photo in pixels. The crop always lies inside the photo.
 */
export function cropOf({
  size,
  shape,
  frame,
}: {
  size: { width: number; height: number };
  shape: Shape;
  frame: Frame;
}): Crop {
  const photo = size.width / size.height;
  const wanted = aspectOf(shape);
  const zoom = Math.min(4, Math.max(1, frame.zoom));
  const width = Math.min(1, wanted / photo) / zoom;
  const height = Math.min(1, photo / wanted) / zoom;
  const inside = (centre: number, extent: number) => Math.min(1 - extent, Math.max(0, centre - extent / 2));
  return { left: inside(frame.x, width), top: inside(frame.y, height), width, height };
}
