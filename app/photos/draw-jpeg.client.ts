import { smallerSizes } from '~/media/keys';
import { type OpenedPicture, travelling, travelSize } from './open-picture.client';
import { smallerOf, smallerPhotos } from './photo-sizes';

/** Width of a thumbnail in pixels: a card is at most 240 CSS pixels wide. */
export const thumbnailSize = 320;

export interface DrawnJpeg {
  /** The JPEG, and behind it its smaller sizes, largest first, unless there is no memory for them. */
  bytes: ArrayBuffer;
  /** The smallest of them for the list; null where there is no memory for it. */
  thumbnail: ArrayBuffer | null;
  width: number;
  height: number;
  /** True when every pixel is black, as the first frame of a film that fades in. */
  isBlack: boolean;
}

/** A surface to draw on: on the page's thread a canvas element, in a worker one without a page. */
export type Surface = {
  canvas: HTMLCanvasElement | OffscreenCanvas;
  toJpeg(quality: number): Promise<Blob>;
};

export type SurfaceOf = (size: { width: number; height: number }) => Surface;

/** Thrown where the device has no memory left for a canvas. */
export class NoCanvas extends Error {}

/** Draws a picture at the size it travels, on white, as the best JPEG that is small enough. Closes the picture. */
export async function drawJpeg({
  picture,
  surfaceOf,
}: {
  picture: OpenedPicture;
  surfaceOf: SurfaceOf;
}): Promise<DrawnJpeg> {
  const { width, height } = travelling(picture);
  const { canvas, toJpeg } = surfaceOf({ width, height });
  try {
    const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D | null;
    if (!context) throw new NoCanvas();
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.setTransform(...turned(picture.turn, width, height));
    const isOnItsSide = picture.turn >= 5;
    context.drawImage(picture.source, 0, 0, isOnItsSide ? height : width, isOnItsSide ? width : height);
    context.resetTransform();
    const isBlack = allBlack(context, width, height);
    let blob = await toJpeg(0.86);
    for (const quality of [0.78, 0.68, 0.55]) if (blob.size > travelSize.bytes) blob = await toJpeg(quality);
    // A browser that runs out of memory, or cannot write JPEG, hands over something else.
    if (blob.type !== 'image/jpeg' || blob.size === 0) throw new NoCanvas();
    const smaller = await drawSmaller(canvas, surfaceOf).catch(() => null);
    const thumbnail = smaller && (await (smaller.at(-1) ?? blob).arrayBuffer());
    return { bytes: await new Blob([blob, ...(smaller ?? [])]).arrayBuffer(), thumbnail, width, height, isBlack };
  } finally {
    picture.close();
    // Phones count canvas memory until the collector comes; a canvas without pixels gives it back now.
    canvas.width = 0;
  }
}

/** The smaller sizes of what is drawn already, each from the one before: opening the photo again would cost far more. */
async function drawSmaller(drawn: Surface['canvas'], surfaceOf: SurfaceOf): Promise<Blob[]> {
  const blobs: Blob[] = [];
  let from = drawn;
  for (const size of smallerSizes) {
    const pixels = smallerOf(drawn, size);
    if (!pixels) continue;
    const { canvas, toJpeg } = surfaceOf(pixels);
    const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D | null;
    if (!context) throw new NoCanvas();
    context.imageSmoothingQuality = 'high';
    context.drawImage(from, 0, 0, pixels.width, pixels.height);
    const blob = await toJpeg(smallerPhotos[size].quality);
    if (blob.type !== 'image/jpeg' || blob.size === 0) throw new NoCanvas();
    blobs.push(blob);
    if (from !== drawn) from.width = 0;
    from = canvas;
  }
  if (from !== drawn) from.width = 0;
  return blobs;
}

/** The transform that stands a stored picture upright on a canvas of this size. */
function turned(turn: number, width: number, height: number): [number, number, number, number, number, number] {
  switch (turn) {
    case 2:
      return [-1, 0, 0, 1, width, 0];
    case 3:
      return [-1, 0, 0, -1, width, height];
    case 4:
      return [1, 0, 0, -1, 0, height];
    case 5:
      return [0, 1, 1, 0, 0, 0];
    case 6:
      return [0, 1, -1, 0, width, 0];
    case 7:
      return [0, -1, -1, 0, width, height];
    case 8:
      return [0, -1, 1, 0, 0, height];
    default:
      return [1, 0, 0, 1, 0, 0];
  }
}

/** Looks at 16 rows: enough to tell a black picture from a dark one. */
function allBlack(context: CanvasRenderingContext2D, width: number, height: number): boolean {
  for (let row = 0; row < 16; row++) {
    const { data } = context.getImageData(0, Math.floor(((row + 0.5) * height) / 16), width, 1);
    for (let at = 0; at < data.length; at++) if (at % 4 < 3 && (data[at] ?? 0) > 8) return false;
  }
  return true;
}
