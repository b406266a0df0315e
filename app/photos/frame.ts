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
 * upright photo's width and height (0..1), how close to go (1 = as much of the photo as the shape allows, up to 4), and
 * how the photo is turned about that point: by quarter turns (0..3) and by a tilt in degrees (-10..10), both clockwise.
 */
export interface Frame {
  x: number;
  y: number;
  zoom: number;
  turn: number;
  tilt: number;
}

/** The bounds of a frame; the schema has the same. */
export const frameBounds = { zoom: 4, tilt: 10 } as const;

/** As much of the photo as the shape allows, around its middle. */
export const middleFrame: Frame = { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 };

/** The columns that hold a frame, of a clip and of a generation. */
export interface FrameColumns {
  frameX: number;
  frameY: number;
  frameZoom: number;
  frameTurn: number;
  frameTilt: number;
}

export const frameOf = ({ frameX: x, frameY: y, frameZoom: zoom, frameTurn: turn, frameTilt: tilt }: FrameColumns) =>
  ({ x, y, zoom, turn, tilt }) satisfies Frame;

export const frameColumns = ({ x, y, zoom, turn, tilt }: Frame): FrameColumns => ({
  ...{ frameX: x, frameY: y, frameZoom: zoom, frameTurn: turn, frameTilt: tilt },
});

/** A frame as the fields of a form post. */
export const frameFields = (frame: Frame): Record<keyof FrameColumns, string> => {
  const { frameX, frameY, frameZoom, frameTurn, frameTilt } = frameColumns(frame);
  return {
    frameX: String(frameX),
    frameY: String(frameY),
    frameZoom: String(frameZoom),
    frameTurn: String(frameTurn),
    frameTilt: String(frameTilt),
  };
};

/** Where a clip's frame comes from: nobody has chosen it, Echoes proposed it, or the person set it. */
export type FrameOrigin = 'middle' | 'proposed' | 'person';

export interface Size {
  width: number;
  height: number;
}

/** A point, in fractions (0..1) of the photo or of its canvas. */
export interface Point {
  x: number;
  y: number;
}

/**
 * A turned photo lies on a canvas, the smallest upright rectangle that holds it: how far it is turned clockwise, and the
 * canvas's width and height as multiples of the photo's own. An upright photo is its own canvas.
 */
export interface Turned {
  degrees: number;
  across: number;
  down: number;
}

/** A rectangle in fractions (0..1) of a turned photo's canvas. */
export interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The cosine and sine of a frame's turn; exact for quarter turns. */
function rotationOf({ turn, tilt }: Pick<Frame, 'turn' | 'tilt'>): { cos: number; sin: number } {
  const radians = (tilt * Math.PI) / 180;
  let [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  for (let quarter = 0; quarter < turn; quarter++) [cos, sin] = [-sin, cos];
  return { cos, sin };
}

/** How a photo of this size lies on its canvas. */
export function turnedBy(frame: Pick<Frame, 'turn' | 'tilt'>, size: Size): Turned {
  const { cos, sin } = rotationOf(frame);
  const [across, down] = [Math.abs(cos), Math.abs(sin)];
  return {
    degrees: frame.turn * 90 + frame.tilt,
    across: across + (down * size.height) / size.width,
    down: across + (down * size.width) / size.height,
  };
}

/** Where a point of the photo lies on its canvas. */
export function onCanvas(point: Point, frame: Pick<Frame, 'turn' | 'tilt'>, size: Size): Point {
  const { cos, sin } = rotationOf(frame);
  const { across, down } = turnedBy(frame, size);
  const [x, y] = [(point.x - 0.5) * size.width, (point.y - 0.5) * size.height];
  return {
    x: 0.5 + (x * cos - y * sin) / (size.width * across),
    y: 0.5 + (x * sin + y * cos) / (size.height * down),
  };
}

/** Where a point of the canvas lies on the photo. */
export function onPhoto(point: Point, frame: Pick<Frame, 'turn' | 'tilt'>, size: Size): Point {
  const { cos, sin } = rotationOf(frame);
  const { across, down } = turnedBy(frame, size);
  const [x, y] = [(point.x - 0.5) * size.width * across, (point.y - 0.5) * size.height * down];
  return { x: 0.5 + (x * cos + y * sin) / size.width, y: 0.5 + (y * cos - x * sin) / size.height };
}

/**
 * The part of a photo that a frame shows in a shape. The same function draws the preview, cuts the picture that is sent
 * to the provider and moves the still in the player, so that all three show the same.
 * `size` is the upright photo in pixels. The crop always lies inside the photo, however it is turned.
 */
export function cropOf({ size, shape, frame }: { size: Size; shape: Shape; frame: Frame }): Crop {
  const aspect = aspectOf(shape);
  const { cos, sin } = rotationOf(frame);
  const [c, s] = [Math.abs(cos), Math.abs(sin)];
  const { across, down } = turnedBy(frame, size);
  const zoom = within(1, frame.zoom, frameBounds.zoom);
  const height = Math.min(size.width / (aspect * c + s), size.height / (aspect * s + c)) / zoom;
  const width = aspect * height;
  // The turned window lies inside the photo when the upright rectangle around it does.
  const [halfAcross, halfDown] = [
    (width * c + height * s) / 2 / size.width,
    (width * s + height * c) / 2 / size.height,
  ];
  const x = within(Math.min(0.5, halfAcross), frame.x, Math.max(0.5, 1 - halfAcross));
  const y = within(Math.min(0.5, halfDown), frame.y, Math.max(0.5, 1 - halfDown));
  const middle = onCanvas({ x, y }, frame, size);
  const part = { width: width / (size.width * across), height: height / (size.height * down) };
  return { left: edge(middle.x - part.width / 2), top: edge(middle.y - part.height / 2), ...part };
}

/** An edge that rounding has put a hair's breadth outside is at the edge. */
const edge = (at: number) => (Math.abs(at) < 1e-9 ? 0 : at);

const within = (least: number, value: number, most: number) => Math.min(most, Math.max(least, value));

/** Size of a photo, in percent of the place it is shown in, at which `crop` of its canvas fills that place. */
export function sizeFor(crop: Crop, { across, down }: Turned): { width: string; height: string } {
  return { width: `${100 / (crop.width * across)}%`, height: `${100 / (crop.height * down)}%` };
}

/** The CSS transform (origin: top left) that shows `crop` of a photo laid out by `sizeFor(base)`. */
export function transformFor(crop: Crop, base: Crop, { degrees, across, down }: Turned): string {
  const [x, y] = [100 * across * (0.5 - crop.left), 100 * down * (0.5 - crop.top)];
  return `scale(${base.width / crop.width}) translate(${x}%, ${y}%) rotate(${degrees}deg) translate(-50%, -50%)`;
}
