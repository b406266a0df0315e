import { setTimeout as wait } from 'node:timers/promises';
import { createAccount } from './account.ts';
import { createForce, type Forced, namesOf } from './force.ts';
import type { Exchange } from './http.ts';
import { createOutputs } from './outputs.ts';
import { renderAt } from './renderer.ts';
import { type Asset, inline, pictureOr } from './runway-assets.ts';
import { createTasks, type Task } from './tasks.ts';

export type FilmsOptions = {
  /** The URL above `/outputs`. */
  base: string;
  seconds?: { min: number; max: number } | undefined;
  outputTtlSeconds?: number | undefined;
  /** Frame rate of the films; 24 by default. */
  framesPerSecond?: number | undefined;
  /** Fetches pictures; tests replace it. */
  fetchAsset?: typeof fetch | undefined;
  now?: (() => number) | undefined;
};

export type FilmOrder = {
  model: string;
  prompt: string;
  image: Asset;
  /** Even numbers of pixels. Without it: the picture's own ratio, with 720 pixels on the shorter side. */
  size?: { width: number; height: number };
  durationSeconds: number;
  /** The list price, which is charged for a film that is made. */
  cents: number;
};

export type Films = ReturnType<typeof createFilms>;

export const sizes: Readonly<Record<string, { width: number; height: number }>> = {
  '9:16': { width: 720, height: 1280 },
  '16:9': { width: 1280, height: 720 },
  '1:1': { width: 960, height: 960 },
};

/** The part that film services share behind their wire protocols: tasks, rendering, output links, forced answers. */
export function createFilms({
  base,
  seconds = { min: 10, max: 40 },
  outputTtlSeconds = 86_400,
  framesPerSecond,
  fetchAsset = fetch,
  now = Date.now,
}: FilmsOptions) {
  const outputs = createOutputs({ base, ttlSeconds: outputTtlSeconds, now });
  const account = createAccount();
  const tasks = createTasks({
    seconds,
    concurrency: 5,
    render: renderAt(framesPerSecond),
    charge: (_model, cents) => account.spend(cents),
    now,
  });
  const force = createForce();
  const stopped = new Map<string, Task>();
  const find = (id: string) => tasks.find(id) ?? stopped.get(id) ?? null;

  return {
    now,
    find,
    account,
    linkTo: outputs.linkTo,
    begun: tasks.begun,
    settled: tasks.settled,
    forceNext: force.next,
    close: tasks.close,

    /** The picture at an https URL (http on loopback alone), or in a data URI of at most `mostInline` characters. */
    async picture(uri: string, mostInline: number): Promise<Asset> {
      if (uri.startsWith('data:'))
        return uri.length <= mostInline ? inline(uri) : { ok: false, reason: 'The data URI is too large' };
      if (!/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?\/)/.test(uri))
        return { ok: false, reason: 'Invalid URL' };
      const answer = await fetchAsset(uri, { redirect: 'error', signal: AbortSignal.timeout(10_000) }).catch(
        () => null,
      );
      if (answer?.status !== 200) return { ok: false, reason: 'Failed to fetch the image' };
      return pictureOr(new Uint8Array(await answer.arrayBuffer()), 'The image could not be loaded');
    },

    /**
     * Creates a task. A picture that cannot be read fails the task with ASSET.INVALID, because the services read it later.
     * Returns null where the request was answered: by a force word of the prompt, or, with status 402, because the account
     * does not hold the price. Each service says that in its own form.
     */
    begin(
      { response, note }: Exchange,
      { model, prompt, image, size, durationSeconds, cents }: FilmOrder,
      refuse: (status: number, message: string) => void,
    ): Task | null {
      const forced: Forced = force.forcedBy(prompt);
      if (namesOf(forced)) note(`forced: ${namesOf(forced)}`);
      const isBroke = cents > account.balance();
      const refusal = refusals[isBroke ? 'no-credits' : (forced.create ?? '')];
      if (refusal) {
        refuse(refusal.status, refusal.message);
        return null;
      }
      const bytes = image.ok ? image.bytes : new Uint8Array();
      const { width, height } = size ?? ownSize(bytes);
      const order = { model, promptText: prompt, images: [], width, height, durationSeconds, credits: cents };
      const task = tasks.create(order, bytes, image.ok ? forced : { failureCode: 'ASSET.INVALID', ...forced });
      note(`task ${task.id.slice(0, 8)}`);
      if (forced.create !== 'lose-answer') return task;
      response.destroy();
      return null;
    },

    /** Stops a task that has not ended, and keeps its record. */
    stop(id: string): Task | null {
      const task = tasks.find(id);
      if (!task || !tasks.remove(id)) return null;
      stopped.set(id, task);
      return task;
    },

    /** Removes a task and its film. */
    forget: (id: string) => tasks.remove(id) || stopped.delete(id),

    /** Serves a path below `/outputs`; returns false for any other path. */
    serve(exchange: Exchange): boolean {
      const [, area, name = ''] = exchange.path.split('/');
      if (area === 'outputs') outputs.serve(exchange, tasks.find(name.replace(/\.mp4$/, '')));
      return area === 'outputs';
    },

    /** Posts a webhook until the answer is 200: at most four attempts of five seconds each. */
    async tell(url: string, message: () => { body: string; headers: Record<string, string> }): Promise<void> {
      for (const _ of [1, 2, 3, 4]) {
        const { body, headers } = message();
        const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
        const answer = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(5_000) }).catch(
          () => null,
        );
        if (answer?.status === 200) return;
        await wait(100);
      }
    },
  };
}

const refusals: Readonly<Record<string, { status: number; message: string }>> = {
  refuse: { status: 400, message: 'The request was blocked by our content policy.' },
  'no-credits': { status: 402, message: 'You have insufficient credits.' },
  'daily-quota': { status: 429, message: 'You have reached your daily quota.' },
  overloaded: { status: 503, message: 'The service is overloaded.' },
};

/** The size of a PNG or JPEG, scaled to 720 pixels on the shorter side. */
function ownSize(image: Uint8Array): { width: number; height: number } {
  const { width, height } = pixelsOf(Buffer.from(image)) ?? { width: 16, height: 9 };
  const scale = 720 / Math.min(width, height);
  return { width: Math.round((width * scale) / 2) * 2, height: Math.round((height * scale) / 2) * 2 };
}

function pixelsOf(image: Buffer): { width: number; height: number } | null {
  if (image.length > 24 && image[0] === 0x89) return { width: image.readUInt32BE(16), height: image.readUInt32BE(20) };
  for (let at = 2; at + 9 < image.length && image[at] === 0xff; at += 2 + image.readUInt16BE(at + 2)) {
    const marker = image[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc3)
      return { width: image.readUInt16BE(at + 7), height: image.readUInt16BE(at + 5) };
  }
  return null;
}
