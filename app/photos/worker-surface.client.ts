import type { Surface, SurfaceOf } from './draw-jpeg.client';

/**
 * Answers each file that is posted to this worker. The first message says that the worker's script has come; an exception
 * is a fault of ours, never of the photo.
 */
export function serve(
  prepare: (order: { file: File; surfaceOf: SurfaceOf }) => Promise<{ outcome: string; bytes?: ArrayBuffer }>,
): void {
  addEventListener('message', async ({ data }: MessageEvent<{ file: File }>) => {
    const answer = await prepare({ file: data.file, surfaceOf }).catch(
      () => ({ outcome: 'refused', reason: 'unexpected' }) as { outcome: string; bytes?: ArrayBuffer },
    );
    postMessage(answer, { transfer: answer.bytes ? [answer.bytes] : [] });
  });
  postMessage({ outcome: 'loaded' });
}

function surfaceOf({ width, height }: { width: number; height: number }): Surface {
  const canvas = new OffscreenCanvas(width, height);
  return { canvas, toJpeg: (quality) => canvas.convertToBlob({ type: 'image/jpeg', quality }) };
}
