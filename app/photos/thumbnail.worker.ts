// Small pictures for the list of photos, made apart from the photos themselves: the first one is seen at once.
import { serve } from './worker-surface.client';

/** Longest side in pixels: a card is at most 160 CSS pixels wide. */
const size = 320;

serve(async ({ file, surfaceOf }) => {
  const picture = await createImageBitmap(file, { resizeWidth: size, resizeQuality: 'medium' });
  const { canvas, toJpeg } = surfaceOf(picture);
  const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D | null;
  context?.drawImage(picture, 0, 0);
  picture.close();
  return { outcome: 'ready', bytes: await (await toJpeg(0.8)).arrayBuffer() };
});
