import { pause } from '~/components/waking';
import type { Surface } from './draw-jpeg.client';
import type { HeicResult } from './heic.client';
import { type Prepared, preparePhoto, type TriedToPrepare } from './prepare-photo.client';
import { drawThumbnail } from './thumbnail.client';
import { createWorkerPool, type Turn, type WorkerPool } from './worker-pool.client';

/** What a worker answers: a photo, a small picture, a refusal, or that something of ours has not come. */
type WorkerResult = TriedToPrepare | HeicResult | Awaited<ReturnType<typeof drawThumbnail>>;

/** Above this a file is not opened for a thumbnail alone: a phone holds 200 MB for 48 megapixels. In bytes. */
const largestForThumbnail = 12_000_000;

/** The first photo begins to travel at once; then come the pictures of cards in view, further photos, and other cards. */
const urgency = { firstPhoto: 3, seen: 2, photo: 1, unseen: 0 } as const;

export interface Preparer {
  /**
   * Never throws. `onWaiting` is called with true while a part of Echoes is being fetched again. Aborting `signal` ends
   * the waiting; the result then means nothing.
   */
  prepare(order: { file: File; signal: AbortSignal; onWaiting(isWaiting: boolean): void }): Promise<Prepared>;
  /** A small picture of a file; null for one that this browser cannot open, or once `signal` aborts. `isSeen`: go first. */
  thumbnail(order: { file: Blob; signal: AbortSignal; isSeen(): boolean }): Promise<Blob | null>;
  /** Starts a worker, so that the first photo need not wait for it. */
  warm(): void;
}

/**
 * Works in two workers, and on the page where the browser has none or theirs do not come. Thumbnails that are seen come
 * first, then what is to be sent. How many photos are prepared at once is the caller's choice.
 */
export function createPreparer(): Preparer {
  const pool = createWorkerPool<WorkerResult>({
    workers: 2,
    make: () => new Worker(new URL('./prepare.worker.ts', import.meta.url), { type: 'module' }),
  });
  const heicPool = createWorkerPool<WorkerResult>({
    workers: 1,
    endsWhenIdle: true,
    make: () => new Worker(new URL('./heic.worker.ts', import.meta.url), { type: 'module' }),
  });

  let preparing = 0;

  async function run(
    on: WorkerPool<WorkerResult>,
    { file, signal }: { file: File; signal: AbortSignal },
    onPage: () => Promise<WorkerResult>,
  ): Promise<WorkerResult> {
    const mine = preparing === 0 ? urgency.firstPhoto : urgency.photo;
    const turn: Turn = { urgency: () => mine, signal };
    preparing++;
    const hasWorkers = typeof OffscreenCanvas !== 'undefined';
    const answer = hasWorkers ? await on.run({ file, task: 'prepare' }, turn) : 'unavailable';
    preparing--;
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
    async thumbnail({ file, signal, isSeen }) {
      if (file.size > largestForThumbnail) return null;
      const turn: Turn = { urgency: () => (isSeen() ? urgency.seen : urgency.unseen), signal };
      const hasWorkers = typeof OffscreenCanvas !== 'undefined';
      const answer = hasWorkers ? await pool.run({ file, task: 'thumbnail' }, turn) : 'unavailable';
      if (signal.aborted || answer === 'too-heavy') return null;
      const drawn = answer === 'unavailable' ? await drawThumbnail({ file, surfaceOf }).catch(() => null) : answer;
      return drawn?.outcome === 'thumbnail' ? new Blob([drawn.bytes], { type: 'image/jpeg' }) : null;
    },
    warm: pool.warm,
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
