// From the person's wish to the stored video, through real D1, R2, queue and objects. Runway's wire is spoken by a
// local function; the alarms are run by hand, and the clock stands in the future so that none of them rings by itself.
import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { clips } from '~/db/schema.server';
import type { LiveFrame } from '~/live/frames';
import { encodeJpeg } from '~/photos/jpeg-codec.server';
import { createWire, videoBytes, type Wire } from '~/testing/provider';
import { seedPerson, seedProject, seedSettings, testServices } from '~/testing/services';
import { consumeQueue } from './queue';
import { sweepAll } from './sweeper';

const minute = 60_000;
let wire: Wire;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 });
  wire = createWire({ openImage: (url, method) => exports.default.fetch(new Request(url, { method })) });
  globalThis.fetch = wire.fetch as typeof globalThis.fetch;
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const ring = (generationId: string) => runDurableObjectAlarm(env.GENERATION_JOB.getByName(generationId));
/** A person with credits and one clip whose photo is in R2. */
async function seedClip({ credits = 1, userId: known = '' } = {}) {
  const userId = known || (await seedPerson({ credits }));
  const { projectId, clipIds } = await seedProject({ userId });
  const clipId = clipIds[0] as string;
  const { db } = testServices();
  const [clip] = await db.select().from(clips).where(eq(clips.id, clipId));
  const data = new Uint8ClampedArray(108 * 144 * 4).fill(120);
  const jpeg = await encodeJpeg({ pixels: { data, width: 108, height: 144 }, quality: 80 });
  await env.MEDIA.put(`u/${userId}/p/${clip?.photoId}.jpg`, jpeg);
  return { userId, projectId, clipId };
}

async function begin(seed: { userId: string; clipId: string }) {
  const requestKey = crypto.randomUUID();
  const started = await testServices().generations.start({ ...seed, requestKey, presetId: 'gentle', words: '' });
  if (started.outcome !== 'started') throw new Error(started.outcome);
  const { generationId } = started;
  await deliver(generationId);
  return generationId;
}

async function deliver(body: unknown, queue = 'echoes-generations', messageId = '1') {
  const message = body === null || typeof body === 'object' ? body : { generationId: body };
  const batch = createMessageBatch(queue, [{ id: messageId, timestamp: new Date(), attempts: 1, body: message }]);
  await consumeQueue(batch, env);
  return getQueueResult(batch, createExecutionContext());
}

/** Lets five seconds pass and the alarm ring, until the generation has ended. */
async function untilEnd(generationId: string, seconds = 20) {
  for (let turn = 0; turn < 40; turn += 1) {
    if (!(await ring(generationId))) return;
    later(seconds * 1000);
  }
  throw new Error('it never ended');
}

const stateOf = async (generationId: string) =>
  await env.DB.prepare(
    'SELECT state, failure_reason AS reason, submits, media_key AS mediaKey FROM generations WHERE id = ?1',
  )
    .bind(generationId)
    .first<{ state: string; reason: string | null; submits: number; mediaKey: string | null }>();

const balanceOf = async (userId: string) => (await testServices().credits.ledger.balance(userId)).balance;
const stored = async (userId: string, folder: 'g' | 'f') =>
  (await env.MEDIA.list({ prefix: `u/${userId}/${folder}/` })).objects.map(({ key }) => key);

async function watch(userId: string): Promise<LiveFrame[]> {
  const endsAt = Date.now() + 24 * 60 * minute;
  const { webSocket } = await testServices().live.connect({ userId, session: 's', endsAt });
  const frames: LiveFrame[] = [];
  webSocket?.accept();
  webSocket?.addEventListener('message', ({ data }) => {
    frames.push(...(JSON.parse(String(data)) as LiveFrame[]));
  });
  return frames;
}

describe('a generation', () => {
  it('a generation goes from its start to a stored video, live on every page', async () => {
    const seed = await seedClip();
    const frames = await watch(seed.userId);
    const id = await begin(seed);
    expect(await balanceOf(seed.userId)).toBe(0);

    await ring(id);
    expect(await stateOf(id)).toMatchObject({ state: 'generating', submits: 1 });
    expect(wire.task.request).toMatchObject({ model: 'gen4_turbo', ratio: '720:1280', duration: 5 });
    expect(wire.task.imageBytes).toBeGreaterThan(1000);

    later(6_000);
    wire.run(0.4);
    await ring(id);
    later(6_000);
    wire.succeed();
    await ring(id);

    expect(await stateOf(id)).toMatchObject({ state: 'ready', mediaKey: `u/${seed.userId}/g/${id}.mp4` });
    const video = await env.MEDIA.get(`u/${seed.userId}/g/${id}.mp4`);
    expect(new Uint8Array((await video?.arrayBuffer()) as ArrayBuffer)).toEqual(videoBytes());
    expect(await stored(seed.userId, 'f')).toEqual([]);
    expect(wire.tasks.size).toBe(0);
    expect(await ring(id)).toBe(false);

    const progress = frames.flatMap((frame) =>
      frame.type === 'clip' ? [`${frame.clip.latest?.state} ${frame.clip.latest?.progress ?? ''}`.trim()] : [],
    );
    expect(progress).toEqual(['queued', 'submitting', 'generating', 'generating 0.4', 'copying', 'ready']);
    expect(frames.filter((frame) => frame.type === 'balance').map((frame) => frame.balance)).toEqual([0, 0]);
    const versions = frames.flatMap((frame) => (frame.type === 'clip' ? [frame.clip.version] : []));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));

    const timeline = await testServices().generations.timeline({ userId: seed.userId, generationId: id });
    expect(timeline?.steps.map(({ what }) => what)).toEqual([
      'queued',
      'submitting',
      'sent',
      'generating',
      'at-provider',
      'copying',
      'ready',
    ]);
    expect(timeline?.credits.map(({ text }) => text)).toEqual(['1 credit used']);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('a failed generation returns its credit at once and tells every page', async () => {
    const seed = await seedClip();
    const frames = await watch(seed.userId);
    const id = await begin(seed);
    await ring(id);
    wire.fail('SAFETY.INPUT.IMAGE');
    later(6_000);
    await ring(id);
    expect(await stateOf(id)).toMatchObject({ state: 'failed', reason: 'moderated', mediaKey: null });
    expect(await balanceOf(seed.userId)).toBe(1);
    expect(frames.filter((frame) => frame.type === 'balance').at(-1)).toMatchObject({ balance: 1 });
    const timeline = await testServices().generations.timeline({ userId: seed.userId, generationId: id });
    expect(timeline?.credits.map(({ text }) => text)).toEqual(['1 credit used', '1 credit back']);
    expect(JSON.stringify(timeline)).not.toContain('SAFETY');
    expect(wire.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  it('a picture’s fetch proves that a submit with a lost answer arrived', async () => {
    const seed = await seedClip();
    const id = await begin(seed);
    const steps = async () =>
      (
        await env.DB.prepare('SELECT what, detail FROM generation_steps WHERE generation_id = ?1 ORDER BY id')
          .bind(id)
          .all<{ what: string; detail: string }>()
      ).results;
    const nonces = async (wanted: string) =>
      (await steps()).filter(({ what }) => what === wanted).map((one) => one.detail);
    // The first request is taken and never answered; the second never arrives; the third is taken.
    wire.after = async ({ method }) => {
      if (method === 'POST') throw new TypeError('connection reset');
    };
    await ring(id);
    const [first] = await nonces('sent');
    expect(await nonces('fetched')).toEqual([first]);
    expect(await nonces('lost')).toEqual([]);
    later(minute);
    wire.after = null;
    wire.before = async ({ method }) => {
      if (method === 'POST') throw new TypeError('no route to host');
      return null;
    };
    await ring(id);
    expect(await nonces('lost')).toEqual([first]);
    later(minute);
    wire.before = null;
    await ring(id);
    expect(await stateOf(id)).toMatchObject({ state: 'generating', submits: 3 });
    expect(await nonces('lost')).toEqual([first]);
    expect((await nonces('fetched')).length).toBe(2);
    wire.succeed();
    await untilEnd(id);
    const { generations } = testServices();
    const timeline = await generations.timeline({ userId: seed.userId, generationId: id });
    expect(timeline?.steps.map(({ what }) => what)).not.toEqual(expect.arrayContaining(['lost']));
    const { handovers = [] } = (await generations.privacy({ userId: seed.userId, clipId: seed.clipId })) ?? {};
    expect(handovers).toMatchObject([{ end: 'deleted' }]);
  });

  it('a queued generation is not sent after the moderation limit is reached and returns its credit', async () => {
    await seedSettings({ mostRefusalsPerDay: 1 });
    const first = await seedClip({ credits: 2 });
    const ids = [await begin(first), await begin(await seedClip({ userId: first.userId }))];
    await ring(ids[0] as string);
    wire.fail('SAFETY.INPUT.IMAGE');
    later(6_000);
    await ring(ids[0] as string);
    await untilEnd(ids[1] as string);
    await seedSettings({ mostRefusalsPerDay: 3 });
    expect(await stateOf(ids[1] as string)).toMatchObject({ state: 'failed', reason: 'photo-kept-back', submits: 0 });
    expect(wire.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
    expect(await balanceOf(first.userId)).toBe(2);
  });

  it('the privacy log says that a picture was never fetched', async () => {
    const seed = await seedClip();
    const id = await begin(seed);
    wire.before = async () => {
      throw new TypeError('no route to host');
    };
    await untilEnd(id, 70);
    expect(await stateOf(id)).toMatchObject({ state: 'failed', reason: 'lost', submits: 3 });
    const { handovers } = (await testServices().generations.privacy(seed)) ?? {};
    expect(handovers).toMatchObject([{ end: 'never' }]);
    expect(await balanceOf(seed.userId)).toBe(1);
  });

  it('polls keep the provider’s limit, however often the object is nudged', async () => {
    const id = await begin(await seedClip());
    await ring(id);
    later(6_000);
    await ring(id);
    for (let count = 0; count < 3; count += 1) {
      await env.GENERATION_JOB.getByName(id).nudge(id);
      await ring(id);
    }
    expect(wire.requests.filter((request) => request.startsWith('GET /v1/tasks'))).toHaveLength(1);
  });

  it('a cancel returns the credit at once and stops the task at the provider', async () => {
    const seed = await seedClip({ credits: 2 });
    const { generations } = testServices();
    const waiting = await begin(seed);
    expect(await generations.cancel({ userId: seed.userId, generationId: waiting })).toEqual({ outcome: 'canceled' });
    expect(await balanceOf(seed.userId)).toBe(2);
    await untilEnd(waiting);
    expect(wire.requests).toEqual([]);

    const running = await begin(seed);
    await ring(running);
    expect(wire.tasks.size).toBe(1);
    expect(await generations.cancel({ userId: 'usr_other', generationId: running })).toEqual({ outcome: 'not-found' });
    expect(await generations.cancel({ userId: seed.userId, generationId: running })).toEqual({ outcome: 'canceled' });
    await ring(running);
    expect(wire.tasks.size).toBe(0);
    expect(await balanceOf(seed.userId)).toBe(2);
    expect(await stored(seed.userId, 'g')).toEqual([]);
    expect(await generations.cancel({ userId: seed.userId, generationId: running })).toEqual({ outcome: 'canceled' });
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('a film that is being copied can no longer be stopped: its clip arrives and its credit stays spent', async () => {
    const seed = await seedClip();
    const cancellations: unknown[] = [];
    const id = await begin(seed);
    await ring(id);
    wire.succeed();
    wire.before = async (request) => {
      if (request.url.includes('output'))
        cancellations.push(await testServices().generations.cancel({ userId: seed.userId, generationId: id }));
      return null;
    };
    await untilEnd(id);
    expect(cancellations).toEqual([{ outcome: 'too-late', state: 'copying', open: true }]);
    expect(await stateOf(id)).toMatchObject({ state: 'ready' });
    expect(await stored(seed.userId, 'g')).toHaveLength(1);
    expect(await balanceOf(seed.userId)).toBe(0);
  });

  it('a generation that an admin ends during its copy leaves no video in R2', async () => {
    const seed = await seedClip();
    const id = await begin(seed);
    await ring(id);
    wire.succeed();
    wire.before = async (request) => {
      const ending = { userId: seed.userId, generationId: id, reason: 'stopped', detail: 'x' } as const;
      if (request.url.includes('output')) await testServices().generations.fail(ending);
      return null;
    };
    await untilEnd(id);
    expect(await stateOf(id)).toMatchObject({ state: 'failed', mediaKey: null });
    expect(await stored(seed.userId, 'g')).toEqual([]);
    expect(await balanceOf(seed.userId)).toBe(1);
  });
});

describe('a finished video', () => {
  const mp4 = (body: BodyInit, length?: string) =>
    new Response(body, { headers: { 'Content-Type': 'video/mp4', ...(length ? { 'Content-Length': length } : {}) } });
  it('a video whose stream breaks off is copied again', async () => {
    const seed = await seedClip();
    const id = await begin(seed);
    await ring(id);
    wire.succeed();
    let count = 0;
    const cut = () =>
      new ReadableStream({
        start: (controller) => controller.enqueue(videoBytes(400)),
        pull: (controller) => controller.error(new Error('cut')),
      });
    wire.output = () => (++count > 5 ? mp4(videoBytes()) : mp4(cut(), '2000'));
    await untilEnd(id, 60);
    expect(count).toBe(6);
    expect(await stateOf(id)).toMatchObject({ state: 'ready' });
  });

  it('a video without Content-Length is stored', async () => {
    const seed = await seedClip();
    const id = await begin(seed);
    await ring(id);
    wire.succeed();
    wire.output = () => mp4(new Blob([videoBytes()]).stream());
    await untilEnd(id);
    expect(await stateOf(id)).toMatchObject({ state: 'ready' });
  });
});

describe('the queue', () => {
  it('a message is acknowledged once its object is started, or if it is invalid', async () => {
    const id = await begin(await seedClip());
    expect((await deliver(id)).explicitAcks).toEqual(['1']);
    expect((await deliver(id, 'echoes-generations-dead')).explicitAcks).toEqual(['1']);
    expect((await deliver({ generationId: '../x' })).explicitAcks).toEqual(['1']);
    expect((await deliver(null)).explicitAcks).toEqual(['1']);
    await ring(id);
    expect(wire.tasks.size).toBe(1);
  });

  it('each dead letter is stored once', async () => {
    const id = await begin(await seedClip());
    for (let time = 0; time < 2; time += 1) await deliver(id, 'echoes-generations-dead', 'dead');
    const { results } = await env.DB.prepare("SELECT generation_id AS id FROM dead_letters WHERE id = 'dead'").all();
    expect(results).toEqual([{ id }]);
  });
});

describe('the sweeper', () => {
  const sweep = () => sweepAll({ scheduledTime: Math.floor(Date.now() / (10 * minute)) * 10 * minute }, env);

  it('the sweep starts a generation whose hint was lost', async () => {
    const seed = await seedClip();
    const requestKey = crypto.randomUUID();
    const started = await testServices().generations.start({ ...seed, requestKey, presetId: 'gentle', words: '' });
    const id = started.outcome === 'started' ? started.generationId : '';
    later(12 * minute);
    await sweep();
    await sweep();
    await ring(id);
    expect(await stateOf(id)).toMatchObject({ state: 'generating', submits: 1 });
  });

  it('the sweep starts an ended generation until it is cleaned up', async () => {
    const seed = await seedClip();
    const id = await begin(seed);
    await ring(id);
    // Canceled, while the nudge and the alarm got lost.
    const job = env.GENERATION_JOB.getByName(id);
    await runInDurableObject(job, (_job, { storage }) => storage.deleteAlarm());
    await env.DB.prepare("UPDATE generations SET state = 'canceled', state_at = ?2 WHERE id = ?1")
      .bind(id, Date.now())
      .run();
    const { sweep: steps } = testServices().pipeline;
    expect(await steps.ended(Date.now())).toBe(0);
    later(6 * minute);
    expect(await steps.ended(Date.now())).toBe(1);
    await ring(id);
    expect(wire.tasks.size).toBe(0);
    expect(await steps.ended(Date.now())).toBe(0);
    expect(await ring(id)).toBe(false);
  });

  it('the sweep fails and refunds a generation past its deadline once', async () => {
    const seed = await seedClip();
    const id = await begin(seed);
    await ring(id);
    later(51 * minute);
    await Promise.all([sweep(), sweep()]);
    expect(await stateOf(id)).toMatchObject({ state: 'failed', reason: 'deadline' });
    expect(await balanceOf(seed.userId)).toBe(1);
    await ring(id);
    expect(wire.tasks.size).toBe(0);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('the sweep deletes videos of no ready generation and no other object', async () => {
    const seed = await seedClip();
    const id = await begin(seed);
    await ring(id);
    wire.succeed();
    await untilEnd(id);
    const orphan = `u/${seed.userId}/g/gen_${'0'.repeat(26)}.mp4`;
    await env.MEDIA.put(orphan, videoBytes());
    const { sweep: steps } = testServices().pipeline;
    await steps.media(Date.now());
    expect(await stored(seed.userId, 'g')).toEqual([`u/${seed.userId}/g/${id}.mp4`]);
    expect((await env.MEDIA.list({ prefix: `u/${seed.userId}/p/` })).objects).toHaveLength(1);
  });

  it('the sweep deletes expired sessions and sign-in attempts', async () => {
    const userId = await seedPerson();
    await env.DB.prepare(
      "INSERT INTO sessions (id_hash, user_id, user_agent, created_at, seen_at, expires_at) VALUES ('h', ?1, '', 1, 1, 2)",
    )
      .bind(userId)
      .run();
    await sweep();
    const left = await env.DB.prepare("SELECT count(*) AS count FROM sessions WHERE id_hash = 'h'").first('count');
    expect(left).toBe(0);
  });
});
