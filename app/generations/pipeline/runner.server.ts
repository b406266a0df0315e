import { eq } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { clips, generations, providerBreakers } from '~/db/schema.server';
import { batch } from '~/db/statement';
import { moderationLimit } from '~/generations/moderation-limit.server';
import type { Live } from '~/live/channel.server';
import { followThread, log } from '~/log';
import { pictureKey, videoKey } from '~/media/keys';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Photos } from '~/photos/framed.server';
import type { Noted } from '~/providers/breaker';
import type { Breaker } from '~/providers/breaker.server';
import type { Callbacks } from '~/providers/callbacks.server';
import type { Providers } from '~/providers/registry.server';
import type { VideoProvider } from '~/providers/video-provider';
import { concurrencyLimit } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { beginStatements } from './admission-queue';
import type { AdmissionQueue } from './admission-queue.server';
import type { AnswerTo, Effect, EffectKind, EffectOf, GenerationRecord, Memo } from './effects';
import { drive, generationLife } from './machine';
import { createPictures } from './picture.server';
import { createProviderCalls, type Order } from './provider-calls.server';
import { readStatement, statementsFor, type WriteEffect } from './statements';
import { measuredWork } from './waits.server';

/** What the Durable Object lends to a run: its alarm and its small memory. */
export interface Job {
  arm(at: number): Promise<void>;
  recall(): Promise<Memo>;
  remember(memo: Memo): Promise<void>;
  done(): Promise<void>;
}

/** Performs the machine's effects for real: D1, R2, the provider, the open pages. */
export function createPipeline({
  db,
  bucket,
  providers,
  photos,
  links,
  clips: clipPages,
  ledger,
  live,
  settings,
  admissionQueue,
  breaker,
  callbacks,
  appOrigin,
  clock,
  newId,
}: {
  db: Database;
  bucket: R2Bucket;
  providers: Providers;
  photos: Pick<Photos, 'framedJpeg'>;
  links: MediaLinks;
  clips: { publish(userId: string, clipId: string): Promise<unknown> };
  ledger: Pick<Ledger, 'balance'>;
  live: Live;
  settings: SettingsReader;
  admissionQueue: Pick<AdmissionQueue, 'wakeNext'>;
  breaker: Pick<Breaker, 'note'>;
  callbacks: Pick<Callbacks, 'addressOf'>;
  appOrigin: string;
  clock: Clock;
  newId: NewId;
}) {
  const layOut = createPictures({ bucket, photos, links, appOrigin });

  async function findOrder(id: string): Promise<Order | null> {
    const [row] = await db
      .select({
        generation: generations,
        projectId: clips.projectId,
        photoId: clips.photoId,
        restingUntil: providerBreakers.openUntil,
      })
      .from(generations)
      .innerJoin(clips, eq(clips.id, generations.clipId))
      .leftJoin(providerBreakers, eq(providerBreakers.provider, generations.provider))
      .where(eq(generations.id, id));
    if (!row) return null;
    const { generation, ...beside } = row;
    return { ...generation, ...beside };
  }

  function effectsOf({ id, job, news }: { id: string; job: Job; news: Noted[] }) {
    type Found = {
      order: Order;
      provider: VideoProvider | null;
      providerCalls: ReturnType<typeof createProviderCalls>;
    };
    const read: { it: Found | null } = { it: null };
    const found = (): Found => {
      if (!read.it) throw new Error('an effect before the first read');
      return read.it;
    };

    async function write(effect: WriteEffect | EffectOf<'begin'>): Promise<GenerationRecord> {
      const { userId, projectId, clipId, provider } = found().order;
      const now = clock();
      const writes =
        effect.kind === 'begin'
          ? beginStatements({ id, provider, now, slots: concurrencyLimit(await settings.read(), provider) })
          : statementsFor({ effect, id, userId, now });
      const [record] = (await batch<GenerationRecord>(db, [...writes, readStatement(id)])).at(-1) ?? [];
      if (!record) throw new Error(`generation ${id} has no row`);
      const what = `${effect.kind}: ${record.state}`;
      const detail = 'detail' in effect && effect.detail ? { detail: effect.detail } : {};
      log({ event: 'generation-step', generationId: id, userId, projectId, clipId, what, ...detail });
      return record;
    }

    const effects: { [Kind in EffectKind]: (effect: EffectOf<Kind>) => Promise<AnswerTo<Kind>> } = {
      arm: async ({ at }) => void (await job.arm(at)),
      read: async () => {
        const order = await findOrder(id);
        if (!order) return { record: null, memo: await job.recall(), minPollSeconds: 60 };
        followThread(order);
        const provider = providers.find(order.provider);
        const providerCalls = createProviderCalls({ order, provider, news, bucket, settings, callbacks, clock });
        read.it = { order, provider, providerCalls };
        return { record: order, memo: await job.recall(), minPollSeconds: provider?.minPollSeconds ?? 60 };
      },
      remember: async ({ memo }) => void (await job.remember(memo)),
      begin: write,
      'wake-next': async () => void (await admissionQueue.wakeNext(found().order.provider)),
      picture: async ({ nonce }) => {
        const { userId, photoId, shape, frameX, frameY, frameZoom } = found().order;
        const { mostRefusalsPerDay: most } = await settings.read();
        // Counted again before each order: fifty may wait in line, and must not all be declined.
        const { left } = await moderationLimit(db, { userId, most, now: clock() });
        if (left === 0) return { outcome: 'kept-back' };
        const frame = { x: frameX, y: frameY, zoom: frameZoom };
        const sources = found().provider?.imageSources ?? { url: true, mostBytes: 0 };
        return layOut({ id, nonce, userId, photoId, shape, frame, sources });
      },
      'record-attempt': write,
      submit: ({ image }) => found().providerCalls.submit(image),
      'hold-back': write,
      'note-unknown': write,
      bind: write,
      waits: () => measuredWork(db, found().order),
      poll: ({ taskId }) => found().providerCalls.poll(taskId),
      progress: write,
      retry: write,
      finish: write,
      copy: ({ url }) => found().providerCalls.copy(url),
      commit: write,
      fail: (effect) => {
        if (effect.reason === 'deadline') found().providerCalls.hearOfDeadline();
        return write(effect);
      },
      'cancel-task': async ({ provider, taskId }) =>
        read.it
          ? read.it.providerCalls.cancel(taskId)
          : ((await providers.find(provider)?.cancel(taskId)) ?? 'unreachable'),
      'find-media': async () => {
        const stored = await bucket.head(videoKey({ userId: found().order.userId, id }));
        return stored && { bytes: stored.size };
      },
      'delete-media': async () => void (await bucket.delete(videoKey({ userId: found().order.userId, id }))),
      'delete-picture': async () => void (await bucket.delete(pictureKey({ userId: found().order.userId, id }))),
      publish: async ({ balance }) => {
        const { userId, clipId } = found().order;
        await clipPages.publish(userId, clipId);
        if (balance) await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
      },
      done: async () => void (await job.done()),
      cleaned: (effect) => {
        const { provider, providerTaskId: taskId } = found().order;
        if (effect.forgotten === 'unreachable')
          log({ event: 'provider-unreachable', generationId: id, provider, taskId });
        return write(effect);
      },
    };
    return (effect: Effect) => (effects[effect.kind] as (effect: Effect) => Promise<unknown>)(effect);
  }

  return {
    /** One run of a generation's machine, from what is true now to its next wait. */
    async run({ generationId, job }: { generationId: string; job: Job }): Promise<void> {
      const random = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
      const life = generationLife({ clock, newNonce: () => newId('req'), random });
      const news: Noted[] = [];
      try {
        await drive(life, effectsOf({ id: generationId, job, news }));
      } finally {
        for (const noted of news)
          if ((await breaker.note(noted)) === 'closed')
            await admissionQueue.wakeNext(noted.provider).catch(() => undefined);
      }
    },
  };
}
