/** Longest side of what travels, in pixels, and how large it may be before its quality is lowered, in bytes. */
const travelSize = { longSide: 2048, bytes: 1_000_000 } as const;

export interface DrawnJpeg {
  bytes: ArrayBuffer;
  width: number;
  height: number;
}

/** A surface to draw on: on the page's thread a canvas element, in a worker one without a page. */
export type Surface = {
  canvas: HTMLCanvasElement | OffscreenCanvas;
  toJpeg(quality: number): Promise<Blob>;
};

/**
 * Opens a picture upright and no larger than it travels. `size` is its upright size where the file's header tells it: the
 * browser then never holds the full picture. Throws where the browser cannot read it.
 */
export async function openPicture(blob: Blob, size: { width: number; height: number } | null): Promise<ImageBitmap> {
  const upright: ImageBitmapOptions = { imageOrientation: 'from-image' };
  if (size && Math.max(size.width, size.height) > travelSize.longSide) {
    const { width, height } = travelling(size);
    const isWide = width >= height;
    const scaled = await createImageBitmap(blob, {
      ...upright,
      ...(isWide ? { resizeWidth: width } : { resizeHeight: height }),
      resizeQuality: 'high',
    });
    // A browser that scales before it turns gives other proportions than the upright picture has.
    if (Math.abs(scaled.width - width) <= 1 && Math.abs(scaled.height - height) <= 1) return scaled;
    scaled.close();
  }
  return createImageBitmap(blob, upright);
}

/** Draws a picture at the size it travels, on white, as the best JPEG that is small enough. Closes the picture. */
export async function drawJpeg({
  picture,
  surfaceOf,
}: {
  picture: ImageBitmap;
  surfaceOf: (size: { width: number; height: number }) => Surface;
}): Promise<DrawnJpeg> {
  const { width, height } = travelling(picture);
  const { canvas, toJpeg } = surfaceOf({ width, height });
  try {
    const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D | null;
    if (!context) throw new Error('no canvas');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, 0, 0, width, height);
    let blob = await toJpeg(0.86);
    for (const quality of [0.78, 0.68, 0.55]) if (blob.size > travelSize.bytes) blob = await toJpeg(quality);
    return { bytes: await blob.arrayBuffer(), width, height };
  } finally {
    picture.close();
    // Phones count canvas memory until the collector comes; a canvas without pixels gives it back now.
    canvas.width = 0;
  }
}

function travelling({ width, height }: { width: number; height: number }) {
  const scale = Math.min(1, travelSize.longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
