import type { Surface, SurfaceOf } from './draw-jpeg.client';
import type { WorkerResult } from './prepare.client';

/**
 * Answers each file that is posted to this worker. The first message says that the worker's script has come; what it does
 * not catch is a fault of ours, never of the photo.
 */
export function serve(prepare: (order: { file: File; surfaceOf: SurfaceOf }) => Promise<WorkerResult>): void {
  addEventListener('message', async ({ data }: MessageEvent<{ file: File }>) => {
    const answer = await prepare({ file: data.file, surfaceOf }).catch(
      (): WorkerResult => ({ outcome: 'refused', reason: 'unexpected' }),
    );
    postMessage(answer, { transfer: answer.outcome === 'ready' ? [answer.bytes] : [] });
  });
  postMessage({ outcome: 'loaded' });
}

function surfaceOf({ width, height }: { width: number; height: number }): Surface {
  const canvas = new OffscreenCanvas(width, height);
  return { canvas, toJpeg: (quality) => canvas.convertToBlob({ type: 'image/jpeg', quality }) };
}
