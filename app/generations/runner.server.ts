import { eq } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { clips, generations } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import { log } from '~/log';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Photos } from '~/photos/framed.server';
import type { Callbacks } from '~/providers/callbacks.server';
import type { Providers } from '~/providers/registry.server';
import type { ProviderFailure, SubmitRequest, VideoProvider } from '~/providers/video-provider';
import { copyOutput } from './copy.server';
import type { AnswerTo, Effect, EffectKind, EffectOf, GenerationRecord, Memo, PictureOutcome } from './effects';
import { drive, generationLife } from './machine';
import { pictureKey, readStatement, type Statement, statementsFor, videoKey, type WriteEffect } from './statements';
import { measuredWaits } from './waits.server';

/** What the Durable Object lends to a run: its alarm and its small memory. */
export interface Job {
  arm(at: number): Promise<void>;
  recall(): Promise<Memo>;
  remember(memo: Memo): Promise<void>;
  done(): Promise<void>;
}

/** What a generation was asked for; never changes. */
type Order = typeof generations.$inferSelect & { photoId: string };

const notSetUp: ProviderFailure = { kind: 'auth', code: null, message: 'the provider is not set up' };

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
  callbacks: Pick<Callbacks, 'addressOf'>;
  appOrigin: string;
  clock: Clock;
  newId: NewId;
}) {
  const prepared = ({ sql, params }: Statement) => db.$client.prepare(sql).bind(...params);

  async function findOrder(id: string): Promise<Order | null> {
    const [row] = await db
      .select({ generation: generations, photoId: clips.photoId })
      .from(generations)
      .innerJoin(clips, eq(clips.id, generations.clipId))
      .where(eq(generations.id, id));
    return row ? { ...row.generation, photoId: row.photoId } : null;
  }

  function effectsOf({ id, job }: { id: string; job: Job }) {
    const found: { order: Order | null; provider: VideoProvider | null } = { order: null, provider: null };
    const order = () => {
      if (!found.order) throw new Error('an effect before the first read');
      return found.order;
    };

    async function write(effect: WriteEffect): Promise<GenerationRecord> {
      const { userId, clipId } = order();
      const writes = statementsFor({ effect, id, userId, now: clock() });
      const results = await db.$client.batch<GenerationRecord>([...writes, readStatement(id)].map(prepared));
      const record = results.at(-1)?.results[0];
      if (!record) throw new Error(`generation ${id} has no row`);
      log({
        event: 'generation-step',
        generationId: id,
        userId,
        clipId,
        what: `${effect.kind}: ${record.state}`,
        ...('detail' in effect && effect.detail ? { detail: effect.detail } : {}),
      });
      return record;
    }

    /** Calls the provider and says in the log how long it took and what came of it. */
    async function call<Result extends { outcome: string; error?: ProviderFailure }>(
      name: string,
      work: (provider: VideoProvider) => Promise<Result>,
      otherwise: Result,
    ): Promise<Result> {
      const began = clock();
      const answer = found.provider ? await work(found.provider) : otherwise;
      log({
        event: 'provider-call',
        generationId: id,
        provider: order().provider,
        call: name,
        outcome: answer.outcome,
        milliseconds: clock() - began,
        ...(answer.error?.httpStatus === undefined ? {} : { status: answer.error.httpStatus }),
        ...(answer.error ? { detail: `${answer.error.kind} ${answer.error.code ?? ''}: ${answer.error.message}` } : {}),
      });
      return answer;
    }

    async function picture(): Promise<PictureOutcome> {
      const { userId, photoId, shape, frameX, frameY, frameZoom } = order();
      const frame = { x: frameX, y: frameY, zoom: frameZoom };
      const framed = await photos.framedJpeg({ userId, photoId, shape, frame });
      if (framed.outcome === 'refused') return { outcome: framed.reason === 'not-found' ? 'missing' : 'unreadable' };
      const contentType = 'image/jpeg';
      // A provider can only fetch from a public https address; elsewhere the bytes travel with the request, if they may.
      const { url, mostBytes } = found.provider?.imageSources ?? { url: true, mostBytes: 0 };
      if (!url || (!appOrigin.startsWith('https://') && framed.bytes.byteLength <= mostBytes))
        return { outcome: 'ok', image: { kind: 'bytes', bytes: framed.bytes, contentType } };
      const key = pictureKey({ userId, id });
      await bucket.put(key, framed.bytes, { httpMetadata: { contentType } });
      return { outcome: 'ok', image: { kind: 'url', url: `${appOrigin}${links.providerPath({ key, userId })}` } };
    }

    async function submit(image: SubmitRequest['image']) {
      const { model, prompt, durationSeconds, shape, provider: name } = order();
      const webhookUrl = callbacks.addressOf({ provider: name, generationId: id });
      const request = { model, image, prompt, durationSeconds, shape, webhookUrl };
      return await call('submit', (provider) => provider.submit(request), { outcome: 'refused', error: notSetUp });
    }

    const effects: { [Kind in EffectKind]: (effect: EffectOf<Kind>) => Promise<AnswerTo<Kind>> } = {
      arm: async ({ at }) => void (await job.arm(at)),
      read: async () => {
        found.order = await findOrder(id);
        if (!found.order) return null;
        found.provider = providers.find(found.order.provider);
        return { record: found.order, memo: await job.recall(), minPollSeconds: found.provider?.minPollSeconds ?? 60 };
      },
      remember: async ({ memo }) => void (await job.remember(memo)),
      begin: write,
      picture,
      'record-attempt': write,
      submit: ({ image }) => submit(image),
      'hold-back': write,
      'note-unknown': write,
      bind: write,
      waits: () => measuredWaits(db, order()),
      poll: ({ taskId }) =>
        call('poll', (provider) => provider.poll(taskId), { outcome: 'unreachable', error: notSetUp }),
      progress: write,
      retry: write,
      finish: write,
      copy: ({ url }) =>
        call(
          'copy',
          (provider) => copyOutput({ bucket, provider, url, key: videoKey({ userId: order().userId, id }) }),
          { outcome: 'unreachable', detail: notSetUp.message },
        ),
      commit: write,
      fail: write,
      'cancel-task': async ({ taskId }) => {
        type Canceled = { outcome: AnswerTo<'cancel-task'> };
        const work = async (provider: VideoProvider): Promise<Canceled> => ({ outcome: await provider.cancel(taskId) });
        return (await call<Canceled>('cancel', work, { outcome: 'gone' })).outcome;
      },
      'delete-media': async () => void (await bucket.delete(videoKey({ userId: order().userId, id }))),
      'delete-picture': async () => void (await bucket.delete(pictureKey({ userId: order().userId, id }))),
      publish: async ({ balance }) => {
        const { userId, clipId } = order();
        await clipPages.publish(userId, clipId);
        if (balance) await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
      },
      done: async () => void (await job.done()),
      cleaned: write,
    };
    return (effect: Effect) => (effects[effect.kind] as (effect: Effect) => Promise<unknown>)(effect);
  }

  return {
    /** One run of a generation's machine, from what is true now to its next wait. */
    async run({ generationId, job }: { generationId: string; job: Job }): Promise<void> {
      const random = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
      const life = generationLife({ clock, newNonce: () => newId('req'), random });
      await drive(life, effectsOf({ id: generationId, job }));
    },
  };
}

export type Pipeline = ReturnType<typeof createPipeline>;
