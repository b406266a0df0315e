import type { Surface } from './draw-jpeg.client';
import type { PrepareOrder } from './prepare.worker';
import { drawPhoto, type Prepared, preparePhoto, type TriedToPrepare } from './prepare-photo.client';

export interface Preparer {
  prepare(file: File): Promise<Prepared>;
  dispose(): void;
}

/** Prepares photos in at most `workers` workers; where the browser has no canvas for them, on the page itself. */
export function createPreparer({ workers }: { workers: number }): Preparer {
  const { run, dispose } = typeof OffscreenCanvas === 'undefined' ? onPage : inWorkers(workers);
  return {
    async prepare(file) {
      const tried = await run({ file });
      if (tried.outcome !== 'unknown-heic') return tried;
      try {
        // A decoder of 700 kB, fetched only where the browser does not know HEIC.
        const { heicTo } = await import('heic-to/csp');
        const picture = await heicTo({ blob: file, type: 'bitmap' });
        const drawn = await run({ picture, takenAt: tried.takenAt });
        if (drawn.outcome !== 'unknown-heic') return drawn;
      } catch {
        // Neither the browser nor the decoder: a person can only take another copy.
      }
      return { outcome: 'refused', reason: 'unreadable' };
    },
    dispose,
  };
}

type Runner = { run(order: PrepareOrder): Promise<TriedToPrepare>; dispose(): void };
const unreadable: TriedToPrepare = { outcome: 'refused', reason: 'unreadable' };

/** Workers made when needed, each with one photo at a time. */
function inWorkers(limit: number): Runner {
  const all: Worker[] = [];
  const idle: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];
  const disposed = new AbortController();

  const take = (): Promise<Worker> => {
    const free = idle.pop();
    if (free) return Promise.resolve(free);
    if (all.length >= limit) return new Promise((resolve) => waiting.push(resolve));
    const worker = new Worker(new URL('./prepare.worker.ts', import.meta.url), { type: 'module' });
    all.push(worker);
    return Promise.resolve(worker);
  };
  const giveBack = (worker: Worker) => {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  };

  return {
    async run(order) {
      const worker = await take();
      const answer = await new Promise<TriedToPrepare>((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<TriedToPrepare>) => resolve(data);
        worker.onerror = () => resolve(unreadable);
        // A worker that is ended never answers; who waits for it must not wait for ever.
        disposed.signal.addEventListener('abort', () => resolve(unreadable), { once: true });
        worker.postMessage(order, 'picture' in order ? [order.picture] : []);
      });
      giveBack(worker);
      return answer;
    },
    dispose() {
      disposed.abort();
      for (const worker of all) worker.terminate();
    },
  };
}

const onPage: Runner = {
  run: (order) =>
    ('file' in order ? preparePhoto({ ...order, surfaceOf }) : drawPhoto({ ...order, surfaceOf })).catch(
      () => unreadable,
    ),
  dispose() {},
};

function surfaceOf(size: { width: number; height: number }): Surface {
  const canvas = Object.assign(document.createElement('canvas'), size);
  const toJpeg = (quality: number) =>
    new Promise<Blob>((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no memory'))), 'image/jpeg', quality),
    );
  return { canvas, toJpeg };
}
