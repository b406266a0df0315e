// During a release, Workers and objects of two versions call each other, and an object wakes with the storage of the older
// version. So a method is added in one release and called in the next, an uncalled method is kept for one release, and a
// new stored field may be missing. A change of a table below is such a step.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Memo } from '~/generations/pipeline/effects';
import { deliver, seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { createWire, type Wire } from '~/testing/provider';
import { GenerationJob } from './generation-job';
import { LiveChannel } from './live-channel';
import { consumeQueue } from './queue';

const now = 2_000_000_000_000;
const minute = 60_000;
const endsAt = now + minute;
const id = 'gen_01HZXW0Q8W3V5K7M9N1P3R5T7V';
const session = 'a3f09c';
const headers = { Upgrade: 'websocket', 'X-Echoes-Session': session, 'X-Echoes-Session-Ends': `${endsAt}` };

/** The calls as the released version makes them: object, method, arguments. */
const calls = {
  GenerationJob: { start: [id], nudge: [id], hint: [id] },
  LiveChannel: {
    fetch: ['https://live.invalid/', { headers }],
    publish: [[{ type: 'balance', balance: 3, version: 7 }]],
    prolong: [session, endsAt + minute],
    signOut: [session],
  },
} as const;
/** Methods that only the platform calls. */
const events = {
  GenerationJob: ['alarm'],
  LiveChannel: ['webSocketMessage', 'webSocketClose', 'webSocketError'],
};
/** Messages of the queue; the last is of an earlier release. */
const messages = [
  { generationId: id, requestId: 'req_01HZXW0Q8W3V5K7M9N1P3R5T7V' },
  { generationId: id, requestId: null },
  { generationId: id },
];
/** The released version's stored fields of a job beside `generationId`; any of them may be missing. */
const memoOf = (taskId: string) =>
  ({
    nextPollAt: now + minute,
    earliestPollAt: now + 5_000,
    accepted: { nonce: 'nonce_1', taskId },
    refused: { nonce: 'nonce_0', kind: 'moderated' as const, message: 'declined' },
    provider: 'runway',
    tasks: ['task_before', taskId],
    copies: 1,
    badCopies: 1,
    cleanUps: 1,
    forgotten: 'gone',
  }) satisfies Required<Memo>;
/** The released version's session attachment of a socket. */
const attachment = { session, endsAt };
const more = { addedLater: { deep: [1] } };

let wire: Wire;
const jobOf = (name: string) => env.GENERATION_JOB.getByName(name);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  wire = createWire({ openImage: (url, method) => exports.default.fetch(new Request(url, { method })) });
  globalThis.fetch = wire.fetch as typeof globalThis.fetch;
});
afterEach(() => runInDurableObject(jobOf(id), (_job, { storage }) => storage.deleteAll()));

/** Calls a method by name, as a Worker of another version does, without this version's types. */
const call = (stub: object, method: string, args: readonly unknown[]) =>
  (stub as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[method]?.(...args);
const leave = (name: string, kept: object) =>
  runInDurableObject(jobOf(name), (_job, { storage }) => storage.put({ generationId: name, ...kept }));
const found = (name: string) =>
  runInDurableObject(jobOf(name), async (_job, { storage }) => ({
    alarm: await storage.getAlarm(),
    kept: Object.fromEntries(await storage.list()),
  }));

it.each([
  ['GenerationJob', GenerationJob],
  ['LiveChannel', LiveChannel],
] as const)('the object %s has the methods of the released version and no other', (name, { prototype }) => {
  const has = Object.getOwnPropertyNames(prototype).filter((method) => method !== 'constructor');
  expect(has.sort()).toEqual([...Object.keys(calls[name]), ...events[name]].sort());
});

describe('a generation’s object', () => {
  it.each(Object.entries(calls.GenerationJob))('a generation’s object is woken by %s', async (method, args) => {
    await call(jobOf(id), method, args);
    expect(await found(id)).toEqual({ alarm: now, kept: { generationId: id } });
  });

  it.each(messages)('a generation’s object is woken by the message %j, with further fields too', async (message) => {
    const { explicitAcks } = await deliver(consumeQueue, [message, { ...message, ...more }]);
    expect([explicitAcks, await found(id)]).toEqual([['0', '1'], { alarm: now, kept: { generationId: id } }]);
  });

  it('a hint brings the next poll of a generation forward', async () => {
    const memo = { ...memoOf('task'), ...more };
    await leave(id, { memo });
    await call(jobOf(id), 'hint', calls.GenerationJob.hint);
    expect((await found(id)).kept.memo).toEqual({ ...memo, nextPollAt: memo.earliestPollAt });
  });

  it.each([
    ['the released version’s memo', { memo: memoOf('task_1') }, ['task_1', 'task_before'], 0],
    ['a memo with unknown fields', { memo: { ...memoOf('task_2'), ...more }, ...more }, ['task_2'], 0],
    ['a memo of nothing', { memo: {} }, [], 1],
    ['no memo', {}, [], 1],
  ])('a generation’s object continues to the end with %s', async (_what, kept, running, submits) => {
    const name = await startGeneration(await seedClip({ jpeg: await testJpeg() }));
    // The provider had accepted the submit, but D1 had no task id yet at the release.
    const sent = "UPDATE generations SET state = 'submitting', submit_nonce = 'nonce_1', submits = 1 WHERE id = ?1";
    await env.DB.prepare(sent).bind(name).run();
    for (const task of running) wire.tasks.set(task, { id: task, request: {}, imageBytes: 0, body: {} });
    await leave(name, kept);
    await call(jobOf(name), 'nudge', [name]);
    for (let turn = 0; turn < 20 && (await runDurableObjectAlarm(jobOf(name))); turn += 1) {
      for (const task of wire.tasks.values()) wire.succeedWith(task);
      vi.setSystemTime(Date.now() + minute);
    }
    const state = await env.DB.prepare('SELECT state FROM generations WHERE id = ?1').bind(name).first('state');
    const posts = wire.requests.filter((request) => request.startsWith('POST'));
    expect([state, posts.length, [...wire.tasks.keys()]]).toEqual(['ready', submits, []]);
    expect(await found(name)).toEqual({ alarm: null, kept: {} });
  });
});

describe('a person’s live channel', () => {
  const { fetch, publish, prolong, signOut } = calls.LiveChannel;

  /** A live connection; `next` resolves with its next event. */
  async function open() {
    const channel = env.LIVE_CHANNEL.getByName(crypto.randomUUID());
    const { webSocket } = (await call(channel, 'fetch', fetch)) as Response;
    webSocket?.accept();
    const next = (type: 'message' | 'close') =>
      new Promise<MessageEvent & CloseEvent>((resolve) =>
        webSocket?.addEventListener(type, (event) => resolve(event as never), { once: true }),
      );
    return { channel, next };
  }

  it('a live channel passes frames on, also of an unknown type', async () => {
    const { channel, next } = await open();
    for (const frames of [publish[0], [{ type: 'added-later', ...more }]]) {
      const [received] = await Promise.all([next('message'), call(channel, 'publish', [frames])]);
      expect(JSON.parse(String(received.data))).toEqual(frames);
    }
  });

  it.each([
    ['the released version’s attachment', {}, signOut],
    ['unknown fields in the attachment', more, [null]],
  ])('a live channel knows a socket after hibernation and signs it out, with %s', async (_what, added, signedOut) => {
    const { channel, next } = await open();
    const left = await runInDurableObject(channel, (_channel, state) => {
      const [socket] = state.getWebSockets();
      const own = socket?.deserializeAttachment();
      socket?.serializeAttachment({ ...attachment, ...added });
      return own;
    });
    // The released version must be able to read the new attachment.
    expect(left).toMatchObject(attachment);
    await evictDurableObject(channel, { webSockets: 'hibernate' });
    await call(channel, 'prolong', prolong);
    vi.setSystemTime(endsAt + 1);
    const [received] = await Promise.all([next('message'), call(channel, 'publish', publish)]);
    expect(JSON.parse(String(received.data))).toEqual(publish[0]);
    const [end] = await Promise.all([next('close'), call(channel, 'signOut', signedOut)]);
    expect(end.code).toBe(4001);
  });
});
