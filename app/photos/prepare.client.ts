import { pause } from '~/components/waking';
import type { Surface } from './draw-jpeg.client';
import type { HeicResult } from './heic.client';
import { type Prepared, preparePhoto, type TriedToPrepare } from './prepare-photo.client';
import { createWorkerPool, type WorkerPool } from './worker-pool.client';

/** What a worker answers: a photo, a refusal, or that something of ours has not come. */
type WorkerResult = TriedToPrepare | HeicResult;

export interface Preparer {
  /**
   * Never throws. `onWaiting` is called with true while a part of Echoes is being fetched again. Aborting `signal` ends
   * the waiting; the result then means nothing.
   */
  prepare(order: { file: File; signal: AbortSignal; onWaiting(isWaiting: boolean): void }): Promise<Prepared>;
  dispose(): void;
}

/** Prepares photos in at most `workers` workers, and on the page where the browser has none or theirs do not come. */
export function createPreparer({ workers }: { workers: number }): Preparer {
  const pool = createWorkerPool<WorkerResult>({
    workers,
    make: () => new Worker(new URL('./prepare.worker.ts', import.meta.url), { type: 'module' }),
  });
  const heicPool = createWorkerPool<WorkerResult>({
    workers: 1,
    endsWhenIdle: true,
    make: () => new Worker(new URL('./heic.worker.ts', import.meta.url), { type: 'module' }),
  });

  async function run(
    on: WorkerPool<WorkerResult>,
    { file, signal }: { file: File; signal: AbortSignal },
    onPage: () => Promise<WorkerResult>,
  ): Promise<WorkerResult> {
    const answer = typeof OffscreenCanvas === 'undefined' ? 'unavailable' : await on.run(file);
    if (answer === 'too-heavy') return { outcome: 'refused', reason: 'too-heavy' };
    if (answer !== 'unavailable') return answer;
    if (signal.aborted) return { outcome: 'refused', reason: 'connection' };
    return onPage().catch((): WorkerResult => ({ outcome: 'refused', reason: 'unexpected' }));
  }

  return {
    async prepare({ file, signal, onWaiting }) {
      const tried = await run(pool, { file, signal }, () => preparePhoto({ file, surfaceOf }));
      if (tried.outcome !== 'unknown-heic') return settled(tried);
      for (let attempt = 0; !signal.aborted; attempt++) {
        const opened = await run(heicPool, { file, signal }, async () =>
          import('./heic.client').then(
            ({ prepareHeic }) => prepareHeic({ file, surfaceOf }),
            () => ({ outcome: 'not-loaded' }) as const,
          ),
        );
        if (opened.outcome !== 'not-loaded') {
          onWaiting(false);
          return settled(opened);
        }
        onWaiting(true);
        await pause({ attempt, signal });
      }
      return { outcome: 'refused', reason: 'connection' };
    },
    dispose() {
      pool.dispose();
      heicPool.dispose();
    },
  };
}

const settled = (result: WorkerResult): Prepared =>
  result.outcome === 'ready' || result.outcome === 'refused' ? result : { outcome: 'refused', reason: 'unreadable' };

function surfaceOf(size: { width: number; height: number }): Surface {
  const canvas = Object.assign(document.createElement('canvas'), size);
  const toJpeg = (quality: number) =>
    new Promise<Blob>((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new RangeError('no memory for the picture'))),
        'image/jpeg',
        quality,
      ),
    );
  return { canvas, toJpeg };
}
