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

/** What the worker sends back. */
export type RenderAnswer = { ok: true; video: Uint8Array } | { ok: false; reason: string };

const rendersAtOnce = 2;
const clipsKept = 48;

/**
 * Renders a real H.264 MP4 (yuv420p, moov first, no sound) from a photo, at exactly the size and length asked for,
 * with a slow camera move chosen by words of the prompt and a slight change of light.
 * Work happens in worker threads, two at once; the same clip is rendered once and remembered.
 * Rejects when the photo cannot be decoded.
 */
export const renderClip = createRenderer();

/** Renders with this many frames per second: fewer are made in less time, at the same size and length. */
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

/** All that a clip depends on: of the prompt that is the move, not the wording. */
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
