import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { moveFor } from './camera.ts';

/** A clip to be rendered. `width` and `height` are even pixels; `image` is a JPEG, PNG or WebP file. */
export type ClipOrder = {
  image: Uint8Array;
  width: number;
  height: number;
  durationSeconds: number;
  prompt: string;
  fps?: number;
};

/** The worker's result. */
export type RenderAnswer = { ok: true; video: Uint8Array } | { ok: false; reason: string };

const rendersAtOnce = 2;
const clipsKept = 48;

/**
 * Renders an H.264 MP4 (yuv420p, moov first, no sound) of the requested size and length from a photo, with a slow camera
 * move named by the prompt and a slight change of light. Renders in two worker threads, and caches the last 48 clips.
 * Rejects where the photo cannot be decoded.
 */
export const renderClip = createRenderer();

/** `renderClip` at another frame rate: fewer frames take less time, at the same size and length. */
export function renderAt(framesPerSecond = 24): (order: ClipOrder) => Promise<Uint8Array> {
  return (order) => renderClip({ ...order, fps: framesPerSecond });
}

function createRenderer(): (order: ClipOrder) => Promise<Uint8Array> {
  const kept = new Map<string, Promise<Uint8Array>>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function inTurn(order: ClipOrder): Promise<Uint8Array> {
    if (busy >= rendersAtOnce) await new Promise<void>((go) => waiting.push(go));
    else busy += 1;
    try {
      return await renderInWorker(order);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  }

  return (order) => {
    const key = keyOf(order);
    const known = kept.get(key);
    if (known) return known;
    const rendering = inTurn(order);
    kept.set(key, rendering);
    rendering.catch(() => kept.delete(key));
    const oldest = kept.keys().next().value;
    if (kept.size > clipsKept && oldest !== undefined) kept.delete(oldest);
    return rendering;
  };
}

/** The cache key of a clip. Of the prompt, only the camera move counts. */
function keyOf({ image, prompt, ...rest }: ClipOrder): string {
  return createHash('sha256')
    .update(image)
    .update(JSON.stringify([moveFor(prompt), rest]))
    .digest('hex');
}

function renderInWorker(order: ClipOrder): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./render-worker.ts', import.meta.url), { workerData: order });
    worker.once('message', (answer: RenderAnswer) => {
      if (answer.ok) resolve(answer.video);
      else reject(new Error(answer.reason));
      void worker.terminate();
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The renderer stopped before it had finished')));
  });
}
