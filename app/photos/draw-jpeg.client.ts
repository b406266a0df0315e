import { type OpenedPicture, travelling, travelSize } from './open-picture.client';

/** Width of a thumbnail in pixels: a card is at most 240 CSS pixels wide. */
export const thumbnailSize = 320;

export interface DrawnJpeg {
  bytes: ArrayBuffer;
  /** A small JPEG of the same picture for the list; null where there is no memory for it. */
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
    const thumbnail = await small(canvas, surfaceOf).catch(() => null);
    return { bytes: await blob.arrayBuffer(), thumbnail, width, height, isBlack };
  } finally {
    picture.close();
    // Phones count canvas memory until the collector comes; a canvas without pixels gives it back now.
    canvas.width = 0;
  }
}

/** A thumbnail of what is drawn already: opening the photo once more would cost twenty times as much. */
async function small(drawn: Surface['canvas'], surfaceOf: SurfaceOf): Promise<ArrayBuffer> {
  const scale = Math.min(1, thumbnailSize / drawn.width);
  const size = { width: Math.round(drawn.width * scale), height: Math.max(1, Math.round(drawn.height * scale)) };
  const { canvas, toJpeg } = surfaceOf(size);
  const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D | null;
  if (!context) throw new NoCanvas();
  context.imageSmoothingQuality = 'medium';
  context.drawImage(drawn, 0, 0, size.width, size.height);
  const blob = await toJpeg(0.8);
  canvas.width = 0;
  return blob.arrayBuffer();
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
