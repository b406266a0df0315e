import type { Base } from '~/db/base';
import { batch } from '~/db/statement';
import { moderationLimit } from '~/generations/moderation-limit.server';
import { type OpenPages, publishBalance } from '~/generations/open-pages.server';
import { followThread, log } from '~/log';
import { pictureKey, videoKey } from '~/media/keys';
import { frameOf } from '~/photos/frame';
import type { ProviderSignal } from '~/providers/breaker';
import type { Breaker } from '~/providers/breaker.server';
import type { Callbacks } from '~/providers/callbacks.server';
import type { Providers } from '~/providers/registry.server';
import type { VideoProvider } from '~/providers/video-provider';
import { concurrencyLimit } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { beginStatements } from './admission-queue';
import type { AdmissionQueue } from './admission-queue.server';
import { findDestination } from './destination.server';
import type { AnswerTo, Effect, EffectKind, EffectOf, GenerationRecord, Memo } from './effects';
import { load } from './load.server';
import { drive, generationLife } from './machine';
import { framePicture, type PictureSource } from './picture.server';
import { createProviderCalls, type LoadedGeneration } from './provider-calls.server';
import { readStatement, statementsFor, type WriteEffect } from './statements';
import { measuredWork } from './waits.server';

/** The alarm and the storage that a Durable Object lends to a run. `arm` in ms since 1970. */
export interface RunStorage {
  arm(at: number): Promise<void>;
  recall(): Promise<Memo>;
  remember(memo: Memo): Promise<void>;
  done(): Promise<void>;
}

interface Options {
  base: Pick<Base, 'db' | 'bucket' | 'clock' | 'newId'>;
  upstream: {
    providers: Pick<Providers, 'find' | 'choose'>;
    breaker: Pick<Breaker, 'note' | 'resting'>;
    callbacks: Pick<Callbacks, 'addressOf'>;
  };
  pictures: PictureSource;
  openPages: OpenPages;
  settings: SettingsReader;
  admissionQueue: Pick<AdmissionQueue, 'wakeNext' | 'wakeWaiting'>;
}

/** One run of a generation: its effects, and the signals about its provider that they gather. */
interface Run {
  id: string;
  storage: RunStorage;
  signals: ProviderSignal[];
}

/** Runs a generation's machine from its present state to its next wait, on D1, R2, the provider and the open pages. */
export async function runGeneration(
  options: Options,
  { generationId, storage }: { generationId: string; storage: RunStorage },
): Promise<void> {
  const { base, upstream, admissionQueue } = options;
  const random = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
  const life = generationLife({ clock: base.clock, newNonce: () => base.newId('req'), random });
  const signals: ProviderSignal[] = [];
  try {
    await drive(life, performer(options, { id: generationId, storage, signals }));
  } finally {
    for (const signal of signals) {
      const change = await upstream.breaker.note(signal);
      const isEmpty = change === 'opened' && signal.kind === 'out-of-funds';
      const wake = change === 'closed' ? 'wakeNext' : isEmpty ? 'wakeWaiting' : null;
      if (wake) await admissionQueue[wake](signal.provider).catch(() => undefined);
    }
  }
}

function performer(
  { base, upstream, pictures, openPages, settings, admissionQueue }: Options,
  { id, storage, signals }: Run,
): (effect: Effect) => Promise<unknown> {
  const { db, bucket, clock } = base;
  const { providers, callbacks } = upstream;
  interface Loaded {
    generation: LoadedGeneration;
    provider: VideoProvider | null;
    calls: ReturnType<typeof createProviderCalls>;
  }
  const read: { loaded: Loaded | null } = { loaded: null };
  const loaded = (): Loaded => {
    if (!read.loaded) throw new Error('an effect before the first read');
    return read.loaded;
  };
  const video = () => videoKey({ userId: loaded().generation.userId, id });

  async function write(effect: WriteEffect | EffectOf<'begin'>): Promise<GenerationRecord> {
    const { userId, projectId, clipId, provider } = loaded().generation;
    const now = clock();
    const writes =
      effect.kind === 'begin'
        ? beginStatements({ id, provider, now, slots: concurrencyLimit(await settings.read(), provider) })
        : statementsFor({ effect, id, userId, now });
    const [record] = (await batch<GenerationRecord>(db, [...writes, readStatement(id, now)])).at(-1) ?? [];
    if (!record) throw new Error(`generation ${id} has no row`);
    const what = `${effect.kind}: ${record.state}`;
    const detail = 'detail' in effect && effect.detail ? { detail: effect.detail } : {};
    log({ event: 'generation-step', generationId: id, userId, projectId, clipId, what, ...detail });
    return record;
  }

  const effects: { [Kind in EffectKind]: (effect: EffectOf<Kind>) => Promise<AnswerTo<Kind>> } = {
    arm: async ({ at }) => void (await storage.arm(at)),
    read: async () => {
      const generation = await load(db, id, clock());
      if (!generation) return { record: null, memo: await storage.recall(), minPollSeconds: 60 };
      followThread(generation);
      const provider = providers.find(generation.provider);
      const calls = createProviderCalls({
        generation,
        provider,
        signals,
        callbacks,
        settings,
        base: { bucket, clock },
      });
      read.loaded = { generation, provider, calls };
      return { record: generation, memo: await storage.recall(), minPollSeconds: provider?.minPollSeconds ?? 60 };
    },
    remember: async ({ memo }) => void (await storage.remember(memo)),
    begin: write,
    'wake-next': async () => void (await admissionQueue.wakeNext(loaded().generation.provider)),
    picture: async ({ nonce }) => {
      const { userId, photoId, shape, ...generation } = loaded().generation;
      const { mostRefusalsPerDay: most } = await settings.read();
      // Checked again before each submit: many queued generations may have been started before the limit was reached.
      const { left } = await moderationLimit(db, { userId, most, now: clock() });
      if (left === 0) return { outcome: 'kept-back' };
      const frame = frameOf(generation);
      const sources = loaded().provider?.imageSources ?? { url: true, mostBytes: 0 };
      return framePicture({ ...pictures, bucket }, { id, nonce, userId, photoId, shape, frame, sources });
    },
    'record-attempt': write,
    submit: ({ image }) => loaded().calls.submit(image),
    'hold-back': write,
    'note-unknown': write,
    bind: write,
    waits: () => measuredWork(db, loaded().generation),
    poll: ({ taskId }) => loaded().calls.poll(taskId),
    progress: write,
    retry: write,
    move: async (effect) =>
      write({ ...effect, to: await findDestination({ upstream, settings, now: clock() }, loaded().generation) }),
    finish: write,
    copy: ({ url }) => loaded().calls.copy(url),
    commit: write,
    fail: (effect) => {
      if (effect.reason === 'deadline') loaded().calls.noteDeadline();
      return write(effect);
    },
    'cancel-task': async ({ provider, taskId }) =>
      read.loaded
        ? read.loaded.calls.cancel(taskId)
        : ((await providers.find(provider)?.cancel(taskId)) ?? 'unreachable'),
    'find-media': async () => {
      const stored = await bucket.head(video());
      return stored && { bytes: stored.size };
    },
    'delete-media': async () => void (await bucket.delete(video())),
    'delete-picture': async () => void (await bucket.delete(pictureKey({ userId: loaded().generation.userId, id }))),
    publish: async ({ balance }) => {
      const { userId, clipId } = loaded().generation;
      await openPages.clips.publish(userId, clipId);
      if (balance) await publishBalance(openPages, userId);
    },
    done: async () => void (await storage.done()),
    cleaned: (effect) => {
      const { provider, providerTaskId: taskId } = loaded().generation;
      if (effect.forgotten === 'unreachable')
        log({ event: 'provider-unreachable', generationId: id, provider, taskId });
      return write(effect);
    },
  };
  return (effect) => (effects[effect.kind] as (effect: Effect) => Promise<unknown>)(effect);
}
