import { createWorkerPool } from './worker-pool.client';

/** Small pictures of photos that are not prepared yet. */
export interface Thumbnails {
  /** A picture of a file that was picked, one after another; null for one that this browser cannot open. */
  of(file: File): Promise<Blob | null>;
  dispose(): void;
}

/** Larger files are not opened twice: a phone holds 200 MB for a photo of 48 megapixels. In bytes. */
const largestFile = 12_000_000;

/** Made in one worker, which ends when there is nothing to do. Without it, the list shows the originals themselves. */
export function createThumbnails(): Thumbnails {
  const pool = createWorkerPool<{ outcome: 'ready'; bytes: ArrayBuffer } | { outcome: 'refused' }>({
    workers: 1,
    endsWhenIdle: true,
    make: () => new Worker(new URL('./thumbnail.worker.ts', import.meta.url), { type: 'module' }),
  });
  return {
    async of(file) {
      if (file.size > largestFile) return null;
      const answer = typeof OffscreenCanvas === 'undefined' ? 'unavailable' : await pool.run(file);
      if (answer === 'unavailable') return isHeic(file) ? null : file;
      if (answer === 'too-heavy' || answer.outcome === 'refused') return null;
      return new Blob([answer.bytes], { type: 'image/jpeg' });
    },
    dispose: pool.dispose,
  };
}

const isHeic = ({ type, name }: File) => /hei[cf]$/i.test(type) || /\.hei[cf]$/i.test(name);
