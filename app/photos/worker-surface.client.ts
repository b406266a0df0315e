import type { Surface, SurfaceOf } from './draw-jpeg.client';
import type { WorkerOrder } from './worker-pool.client';

/** What a worker hands over: bytes change their owner, they are not copied. */
interface Answer {
  outcome: string;
  bytes?: ArrayBuffer;
  thumbnail?: ArrayBuffer | null;
}

/**
 * Answers each order that is posted to this worker. The first message says that the worker's script has come; an exception
 * is a fault of ours, never of the photo.
 */
export function serve(work: (order: WorkerOrder & { surfaceOf: SurfaceOf }) => Promise<Answer>): void {
  addEventListener('message', async ({ data }: MessageEvent<WorkerOrder>) => {
    const answer = await work({ ...data, surfaceOf }).catch(
      () => ({ outcome: 'refused', reason: 'unexpected' }) as Answer,
    );
    postMessage(answer, { transfer: [answer.bytes, answer.thumbnail].filter((bytes) => bytes instanceof ArrayBuffer) });
  });
  postMessage({ outcome: 'loaded' });
}

function surfaceOf({ width, height }: { width: number; height: number }): Surface {
  const canvas = new OffscreenCanvas(width, height);
  return { canvas, toJpeg: (quality) => canvas.convertToBlob({ type: 'image/jpeg', quality }) };
}
