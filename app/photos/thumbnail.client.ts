import { type SurfaceOf, thumbnailSize } from './draw-jpeg.client';

/** A small picture of a file for the list, before the photo itself is prepared. Throws where the browser cannot open it. */
export async function drawThumbnail({
  file,
  surfaceOf,
}: {
  file: Blob;
  surfaceOf: SurfaceOf;
}): Promise<{ outcome: 'thumbnail'; bytes: ArrayBuffer }> {
  const picture = await createImageBitmap(file, { resizeWidth: thumbnailSize, resizeQuality: 'medium' });
  const { canvas, toJpeg } = surfaceOf(picture);
  const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D | null;
  context?.drawImage(picture, 0, 0);
  picture.close();
  return { outcome: 'thumbnail', bytes: await (await toJpeg(0.8)).arrayBuffer() };
}
