// Repeated, late and disordered messages, webhooks and alarms at every door of the pipeline take effect once.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallbacks } from '~/providers/callbacks.server';
import { deliver, seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { createWire, type Wire } from '~/testing/provider';
import { testConfig, testServices } from '~/testing/services';
import { consumeQueue } from './queue';
import { sweepAll } from './sweeper';

const minute = 60_000;
let wire: Wire;
let jpeg: Uint8Array;

beforeAll(async () => {
  jpeg = await testJpeg();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 });
  wire = createWire({ openImage: (url, method) => exports.default.fetch(new Request(url, { method })) });
  globalThis.fetch = wire.fetch as typeof globalThis.fetch;
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const jobOf = (id: string) => env.GENERATION_JOB.getByName(id);
const ring = (id: string) => runDurableObjectAlarm(jobOf(id));
const isAwake = (id: string) =>
  runInDurableObject(jobOf(id), async (_job, { storage }) => (await storage.getAlarm()) !== null);
const sweep = () => sweepAll({ scheduledTime: Math.floor(Date.now() / (10 * minute)) * 10 * minute }, env);
async function sweepTwiceLater(): Promise<void> {
  later(60 * minute);
  await Promise.all([sweep(), sweep()]);
}
const deadLetters = 'echoes-generations-dead';
/** The number of submits; the nightly sweep calls the provider for other reasons too. */
const submits = () => wire.requests.filter((request) => request === 'POST /v1/image_to_video').length;

/** All rows and media of a generation and its person, as one text. */
async function snapshot({ id, userId }: { id: string; userId: string }): Promise<string> {
  const found = await env.DB.batch([
    env.DB.prepare('SELECT * FROM generations WHERE id = ?1').bind(id),
    env.DB.prepare('SELECT * FROM generation_steps WHERE generation_id = ?1 ORDER BY id').bind(id),
    env.DB.prepare('SELECT * FROM credit_entries WHERE user_id = ?1 ORDER BY seq').bind(userId),
    env.DB.prepare('SELECT * FROM clips WHERE user_id = ?1').bind(userId),
  ]);
  const media = await env.MEDIA.list({ prefix: `u/${userId}/` });
  const objects = media.objects.map(({ key, etag }) => [key, etag]);
  return JSON.stringify([found.map(({ results }) => results), objects]);
}

/** A generation that has reached this final state and is cleaned up. */
async function endedGeneration(how: 'ready' | 'failed' | 'canceled') {
  const seed = await seedClip({ jpeg });
  const id = await startGeneration(seed);
  await jobOf(id).start(id);
  await ring(id);
  if (how === 'ready') wire.succeed();
  if (how === 'failed') wire.fail('SAFETY.INPUT.IMAGE');
  if (how === 'canceled') await testServices().generations.cancel({ userId: seed.userId, generationId: id });
  for (let turn = 0; turn < 10 && (await ring(id)); turn += 1) later(20_000);
  const state = await env.DB.prepare('SELECT state FROM generations WHERE id = ?1').bind(id).first('state');
  expect(state).toBe(how);
  // Makes the small sizes of the photo, which would be news later.
  await sweep();
  return { ...seed, id };
}

describe('a generation that has ended', () => {
  const deliveries: [string, (id: string) => Promise<unknown>][] = [
    ['a late message', (id) => deliver(consumeQueue, [{ generationId: id }])],
    ['the same message three times at once', (id) => deliver(consumeQueue, Array(3).fill({ generationId: id }))],
    ['a dead letter', (id) => deliver(consumeQueue, [{ generationId: id }], deadLetters)],
    ['a nudge', (id) => jobOf(id).nudge(id)],
    ['a hint of a late webhook', (id) => jobOf(id).hint(id)],
    ['one more alarm', (id) => ring(id)],
    ['two concurrent sweeps an hour later', () => sweepTwiceLater()],
  ];

  it.each(['ready', 'failed', 'canceled'] as const)(
    'no message, webhook or alarm changes a generation that is %s',
    async (how) => {
      const one = await endedGeneration(how);
      const before = await snapshot(one);
      const requestCount = wire.requests.length;
      for (const [name, deliver] of deliveries) {
        await deliver(one.id);
        for (let turn = 0; turn < 5 && (await ring(one.id)); turn += 1) later(20_000);
        expect(await isAwake(one.id), name).toBe(false);
        expect(await snapshot(one), name).toBe(before);
        expect(wire.requests.length, name).toBe(requestCount);
      }
      const { generations } = testServices();
      const canceled = await generations.cancel({ userId: one.userId, generationId: one.id });
      expect(canceled.outcome).toBe(how === 'canceled' ? 'canceled' : 'too-late');
      await ring(one.id);
      expect(await snapshot(one)).toBe(before);
    },
  );
});

describe('an open generation', () => {
  it('an open generation is submitted once, in any number and order of deliveries', async () => {
    const seed = await seedClip({ jpeg });
    const id = await startGeneration(seed);
    const body = { generationId: id };
    const { explicitAcks } = await deliver(consumeQueue, [body, body, { generationId: 'gen_?' }, body]);
    expect([...explicitAcks].sort()).toEqual(['0', '1', '2', '3']);
    await Promise.all([ring(id), ring(id), deliver(consumeQueue, [body]), jobOf(id).nudge(id), jobOf(id).start(id)]);
    expect(submits()).toBe(1);
    // Repeated messages and dead letters do not bring the first poll forward.
    for (const queue of ['echoes-generations', deadLetters, 'echoes-generations']) {
      await deliver(consumeQueue, [body, body], queue);
      await ring(id);
    }
    await Promise.all([sweep(), sweep()]);
    await ring(id);
    expect(submits()).toBe(1);
    expect(wire.requests.filter((request) => request.startsWith('GET /v1/tasks'))).toEqual([]);
    later(6_000);
    wire.succeed();
    await Promise.all([ring(id), jobOf(id).hint(id), deliver(consumeQueue, [body])]);
    for (let turn = 0; turn < 5 && (await ring(id)); turn += 1) later(20_000);
    const rows = await env.DB.prepare('SELECT state, submits FROM generations WHERE id = ?1').bind(id).first();
    expect(rows).toEqual({ state: 'ready', submits: 1 });
    expect(wire.requests.filter((request) => request.endsWith('.mp4'))).toHaveLength(1);
    expect(await testServices().credits.ledger.balance(seed.userId)).toMatchObject({ balance: 0 });
  });

  it('a dead letter alone starts an open generation', async () => {
    const seed = await seedClip({ jpeg });
    const id = await startGeneration(seed);
    expect((await deliver(consumeQueue, [{ generationId: id }], deadLetters)).explicitAcks).toEqual(['0']);
    await ring(id);
    expect(submits()).toBe(1);
  });

  it('a message about an unknown generation leaves nothing behind', async () => {
    const id = `gen_${'0'.repeat(26)}`;
    await deliver(consumeQueue, [{ generationId: id }, { generationId: id }]);
    expect(await ring(id)).toBe(true);
    expect(await isAwake(id)).toBe(false);
    expect(await runInDurableObject(jobOf(id), async (_job, { storage }) => (await storage.list()).size)).toBe(0);
    expect(wire.requests).toEqual([]);
  });
});

describe('a webhook', () => {
  const callbacks = createCallbacks({ secrets: testConfig().MEDIA_SIGNING_SECRET, appOrigin: env.APP_ORIGIN });
  const call = async (generationId: string, taskId: string) => {
    const url = callbacks.addressOf({ provider: 'luma', generationId });
    const body = JSON.stringify({ id: taskId, state: 'completed' });
    return (await exports.default.fetch(new Request(url, { method: 'POST', body }))).status;
  };
  const move = (id: string, set: string, ...values: unknown[]) =>
    env.DB.prepare(`UPDATE generations SET ${set} WHERE id = ?1`)
      .bind(id, ...values)
      .run();

  it('a webhook gets 404 before its task is known, then wakes the object, and after the end does not', async () => {
    const id = await startGeneration(await seedClip({ jpeg }));
    await env.DB.prepare("UPDATE generations SET provider = 'luma' WHERE id = ?1").bind(id).run();
    await move(id, "state = 'submitting'");
    expect(await call(id, 'luma-task-7')).toBe(404);
    expect(await isAwake(id)).toBe(false);
    await move(id, "state = 'generating', provider_task_id = ?2", 'luma-task-7');
    expect(await Promise.all([1, 2, 3].map(() => call(id, 'luma-task-7')))).toEqual([200, 200, 200]);
    expect(await isAwake(id)).toBe(true);
    await runInDurableObject(jobOf(id), (_job, { storage }) => storage.deleteAll());
    await move(id, "state = 'copying'");
    await move(id, "state = 'ready', media_key = 'u/x/g/' || id || '.mp4', media_bytes = 1");
    const before = await env.DB.prepare('SELECT * FROM generations WHERE id = ?1').bind(id).first();
    expect(await Promise.all([1, 2].map(() => call(id, 'luma-task-7')))).toEqual([200, 200]);
    expect(await isAwake(id)).toBe(false);
    expect(await env.DB.prepare('SELECT * FROM generations WHERE id = ?1').bind(id).first()).toEqual(before);
  });
});
