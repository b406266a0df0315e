import { type DrawnJpeg, drawJpeg, openPicture } from './draw-jpeg.client';
import { findExif, takenAtOf } from './exif';
import { photoLimits, readJpeg } from './jpeg';
import { pictureKind } from './picture-kind';
import type { PrepareAnswer, PrepareOrder } from './prepare.worker';
import type { UploadReason } from './upload-reasons';

/** A photo ready to travel: an upright JPEG that carries nothing but the picture, and its date read before. */
export type Prepared =
  | { outcome: 'ready'; bytes: ArrayBuffer; width: number; height: number; takenAt: number | null }
  | { outcome: 'refused'; reason: UploadReason };

export interface Preparer {
  prepare(file: File): Promise<Prepared>;
  dispose(): void;
}

/** Originals above this are not opened on a phone, in bytes. */
const largestOriginal = 80_000_000;

/** Prepares photos in at most `workers` workers; where the browser has no canvas for them, on the page itself. */
export function createPreparer({ workers }: { workers: number }): Preparer {
  const draw = typeof OffscreenCanvas === 'undefined' ? drawOnPage : createDrawers(workers);

  return {
    async prepare(file) {
      if (file.size === 0) return { outcome: 'refused', reason: 'empty' };
      if (file.size > largestOriginal) return { outcome: 'refused', reason: 'too-many-bytes' };
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(await file.arrayBuffer());
      } catch {
        // The file was moved, or lies on a drive that has gone.
        return { outcome: 'refused', reason: 'unreadable' };
      }
      const kind = pictureKind(bytes);
      if (kind === null) return { outcome: 'refused', reason: 'not-a-photo' };
      const read = kind === 'jpeg' ? readJpeg(bytes) : null;
      // Browsers open half a photo without a word; its structure tells.
      if (read?.outcome === 'refused') {
        const { reason } = read;
        if (reason === 'damaged') return { outcome: 'refused', reason: 'unreadable' };
        if (reason !== 'unsupported') return { outcome: 'refused', reason };
      }
      const facts = read?.outcome === 'whole' ? read.facts : null;
      const taken = facts ? facts.taken : (findExif(bytes)?.taken ?? null);
      const takenAt = taken ? takenAtOf(taken, zoneOf) : file.lastModified || null;
      let answer = await draw.draw({ picture: file, size: facts });
      if (answer.outcome === 'unreadable' && kind === 'heic') answer = await drawHeic(file, draw);
      if (answer.outcome === 'unreadable') return { outcome: 'refused', reason: 'unreadable' };
      const { jpeg } = answer;
      if (Math.min(jpeg.width, jpeg.height) < photoLimits.shortSide) return { outcome: 'refused', reason: 'too-small' };
      return { outcome: 'ready', ...jpeg, takenAt };
    },
    dispose: () => draw.dispose(),
  };
}

type Drawers = { draw(order: PrepareOrder): Promise<PrepareAnswer>; dispose(): void };

/** Minutes this device's clock was ahead of UTC at that local time: the best guess for a camera that did not say. */
const zoneOf = (localMs: number) => -new Date(localMs).getTimezoneOffset();

/** Where the browser does not know HEIC: a decoder of 700 kB, fetched only then. */
async function drawHeic(file: File, { draw }: Drawers): Promise<PrepareAnswer> {
  try {
    const { heicTo } = await import('heic-to/csp');
    return await draw({ picture: await heicTo({ blob: file, type: 'bitmap' }), size: null });
  } catch {
    return { outcome: 'unreadable' };
  }
}

/** Workers made when needed, each with one photo at a time. */
function createDrawers(limit: number): Drawers {
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
    async draw(order) {
      const worker = await take();
      const answer = await new Promise<PrepareAnswer>((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<PrepareAnswer>) => resolve(data);
        worker.onerror = () => resolve({ outcome: 'unreadable' });
        // A worker that is ended never answers; who waits for it must not wait for ever.
        disposed.signal.addEventListener('abort', () => resolve({ outcome: 'unreadable' }), { once: true });
        worker.postMessage(order, order.picture instanceof ImageBitmap ? [order.picture] : []);
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

const drawOnPage: Drawers = {
  async draw({ picture, size }) {
    try {
      const opened = picture instanceof Blob ? await openPicture(picture, size) : picture;
      const jpeg: DrawnJpeg = await drawJpeg({
        picture: opened,
        surfaceOf: (surface) => {
          const canvas = Object.assign(document.createElement('canvas'), surface);
          const toJpeg = (quality: number) =>
            new Promise<Blob>((resolve, reject) =>
              canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no memory'))), 'image/jpeg', quality),
            );
          return { canvas, toJpeg };
        },
      });
      return { outcome: 'drawn', jpeg };
    } catch {
      return { outcome: 'unreadable' };
    }
  },
  dispose() {},
};
