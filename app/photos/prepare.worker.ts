// Photos are read, scaled and written here, so that the page never stands still.
import type { Surface } from './draw-jpeg.client';
import { drawPhoto, preparePhoto, type TriedToPrepare } from './prepare-photo.client';

/** A file as it was picked, or a picture that the page had to open itself. */
export type PrepareOrder = { file: File } | { picture: ImageBitmap; takenAt: number | null };

addEventListener('message', async ({ data }: MessageEvent<PrepareOrder>) => {
  const work = 'file' in data ? preparePhoto({ ...data, surfaceOf }) : drawPhoto({ ...data, surfaceOf });
  const answer = await work.catch((): TriedToPrepare => ({ outcome: 'refused', reason: 'unreadable' }));
  postMessage(answer, { transfer: answer.outcome === 'ready' ? [answer.bytes] : [] });
});

function surfaceOf({ width, height }: { width: number; height: number }): Surface {
  const canvas = new OffscreenCanvas(width, height);
  return { canvas, toJpeg: (quality) => canvas.convertToBlob({ type: 'image/jpeg', quality }) };
}
