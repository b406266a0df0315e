// The alarm of a generation's object, on which the pipeline relies: it survives every failure, is set again after a loss,
// and never runs twice at once. Most tests fire it by hand.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { safetyMilliseconds } from '~/generations/pipeline/machine';
import { seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { createWire, type Wire } from '~/testing/provider';
import { testServices } from '~/testing/services';
import type { GenerationJob } from './generation-job';

/** In the future, so that no alarm rings by itself. */
const now = 2_000_000_000_000;
const hour = 3_600_000;
let jpeg: Uint8Array;
let wire: Wire;

beforeAll(async () => {
  jpeg = await testJpeg();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  wire = createWire({ openImage: (url, method) => exports.default.fetch(new Request(url, { method })) });
  globalThis.fetch = wire.fetch as typeof globalThis.fetch;
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const jobOf = (id: string) => env.GENERATION_JOB.getByName(id);
const ring = (id: string) => runDurableObjectAlarm(jobOf(id));
const alarmOf = (id: string) => runInDurableObject(jobOf(id), (_job, { storage }) => storage.getAlarm());
const balanceOf = async (userId: string) => (await testServices().credits.ledger.balance(userId)).balance;
const requests = () => wire.requests.filter((request) => request.startsWith('POST')).length;
const rowOf = async (id: string) =>
  (await env.DB.prepare(
    `SELECT state, failure_reason AS reason, submits, progress, state_at AS stateAt, deadline_at AS deadlineAt
     FROM generations WHERE id = ?1`,
  )
    .bind(id)
    .first()) as { state: string; reason: string | null; submits: number; stateAt: number; deadlineAt: number };

/** A try whose object knows of it, and has not worked yet. */
async function begin() {
  const seed = await seedClip({ jpeg });
  const id = await startGeneration(seed);
  await jobOf(id).start(id);
  return { id, userId: seed.userId };
}

/** Gives the object, and it alone, other bindings. */
const lend = (id: string, bindings: object) =>
  runInDurableObject(jobOf(id), (job) => {
    Object.defineProperty(job, 'env', { value: { ...env, ...bindings }, configurable: true });
  });

/** Something that is waited for, and given once. */
function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** Every film works out; the alarm rings again and again, until nothing is left to do. */
async function untilEnd(id: string, seconds = 20) {
  for (let turn = 0; turn < 20; turn += 1) {
    for (const task of wire.tasks.values()) wire.succeedWith(task);
    if (!(await ring(id))) return;
    later(seconds * 1000);
  }
  throw new Error('it never ended');
}

function unreachable(): never {
  throw new Error('Network connection lost.');
}

describe('an alarm whose work fails', () => {
  it.each([
    ['the database cannot be reached', { DB: { prepare: unreachable, batch: unreachable } }],
    ['a secret is missing', { RUNWAYML_API_SECRET: '' }],
  ])(
    'an alarm that fails up to seven times in a row since %s is set again each time, and the generation continues',
    async (_why, trouble) => {
      const { id, userId } = await begin();
      for (const times of [1, 2, 3, 4, 5, 6, 7]) {
        const before = await rowOf(id);
        await lend(id, trouble);
        for (let failure = 0; failure < times; failure += 1) {
          // Nothing is thrown on either: the platform gives up an alarm that throws seven times.
          expect(await ring(id)).toBe(true);
          expect(await alarmOf(id)).toBe(Date.now() + safetyMilliseconds);
          expect(await rowOf(id)).toEqual(before);
          later(20_000);
        }
        await lend(id, {});
        if (times > 1) wire.run(times / 10);
        await ring(id);
        expect(await rowOf(id)).toMatchObject({ state: 'generating', progress: times > 1 ? times / 10 : null });
      }
      await untilEnd(id);
      expect(await rowOf(id)).toMatchObject({ state: 'ready', submits: 1 });
      expect(await balanceOf(userId)).toBe(0);
    },
  );
});

describe('an alarm that was set and never rang', () => {
  const job = jobOf('gen_lost');
  const set = (at: number | null) =>
    runInDurableObject(job, (_job, { storage }) => (at === null ? storage.deleteAlarm() : storage.setAlarm(at)));

  it.each([
    ['in the future', now + hour, now + hour],
    ['due', now, now],
    ['30 seconds overdue', now - 30_000, now - 30_000],
    ['more than 30 seconds overdue', now - 30_001, now],
    ['missing', null, now],
  ])(
    'a start keeps or resets an alarm that never fired, and a nudge sets it to now: %s',
    async (_name, at, expected) => {
      await set(at);
      await job.start('gen_lost');
      expect(await alarmOf('gen_lost')).toBe(expected);
      await set(at);
      await job.nudge('gen_lost');
      expect(await alarmOf('gen_lost')).toBe(now);
    },
  );
});

describe('a step that takes longer than the safety alarm', () => {
  /** Counts the runs of this object, how many there are at once, and what it asks the database. */
  async function watch(id: string) {
    const counts = { runs: 0, open: 0, mostAtOnce: 0, questions: 0, end: signal() };
    const counted = <Result>(result: Result) => {
      counts.questions += 1;
      return result;
    };
    const prepare = (sql: string) => counted(env.DB.prepare(sql));
    await lend(id, { DB: { prepare, batch: (all: D1PreparedStatement[]) => counted(env.DB.batch(all)) } });
    await runInDurableObject(jobOf(id), (job: GenerationJob, { storage }) => {
      const alarm = job.alarm.bind(job);
      job.alarm = async () => {
        counts.runs += 1;
        counts.open += 1;
        counts.mostAtOnce = Math.max(counts.mostAtOnce, counts.open);
        // Each run comes later than the one before.
        later(6_000);
        await alarm();
        counts.open -= 1;
        if ((await storage.list()).size === 0) counts.end.give();
      };
    });
    return counts;
  }

  /** Holds the request for a film until it is let go. */
  function holdSubmit() {
    const [arrived, held] = [signal(), signal()];
    wire.before = async ({ method }) => {
      if (method === 'GET') wire.succeed();
      if (method !== 'POST') return null;
      arrived.give();
      await held.given;
      return null;
    };
    return { arrived: arrived.given, letGo: held.give };
  }

  it('an alarm that is due during a long step rings after it', async () => {
    // For the platform, which has a clock of its own, every alarm is due here in the moment it is set.
    vi.setSystemTime(1_000_000_000_000);
    const { arrived, letGo } = holdSubmit();
    const id = await startGeneration(await seedClip({ jpeg }));
    const counts = await watch(id);
    await jobOf(id).start(id);
    await arrived;
    // The object takes calls, and none of them works: the alarm that is due waits.
    const { questions } = counts;
    for (let call = 0; call < 10; call += 1) {
      await jobOf(id).start(id);
      await jobOf(id).nudge(id);
      await jobOf(id).hint(id);
      expect(await alarmOf(id)).not.toBeNull();
    }
    expect(counts).toMatchObject({ runs: 1, open: 1, questions });
    letGo();
    await counts.end.given;
    expect(await rowOf(id)).toMatchObject({ state: 'ready', submits: 1 });
    expect(counts.runs).toBeGreaterThan(1);
    expect(counts.mostAtOnce).toBe(1);
    expect(requests()).toBe(1);
  });

  it('a second run beside a long step sends no second submit', async () => {
    const { arrived, letGo } = holdSubmit();
    const { id, userId } = await begin();
    const counts = await watch(id);
    const first = ring(id);
    await arrived;
    later(safetyMilliseconds);
    expect(await ring(id)).toBe(true);
    expect(counts).toMatchObject({ runs: 2, mostAtOnce: 2 });
    expect(await alarmOf(id)).toBeGreaterThan(Date.now());
    letGo();
    await first;
    await untilEnd(id);
    expect(await rowOf(id)).toMatchObject({ state: 'ready', submits: 1 });
    expect(requests()).toBe(1);
    expect(await balanceOf(userId)).toBe(0);
  });
});

describe('clocks that differ', () => {
  it('a generation past its deadline at its first run sends nothing and returns the credit', async () => {
    const { id, userId } = await begin();
    vi.setSystemTime((await rowOf(id)).deadlineAt);
    await untilEnd(id);
    expect(await rowOf(id)).toMatchObject({ state: 'failed', reason: 'deadline', submits: 0 });
    expect(wire.requests).toEqual([]);
    expect(await balanceOf(userId)).toBe(1);
  });

  const noAnswer: Wire['after'] = async ({ method }) => {
    if (method === 'POST') throw new TypeError('connection reset');
  };
  const neverSays: Wire['before'] = async ({ method }) => (method === 'GET' ? new Response('', { status: 503 }) : null);
  it.each([
    ['before its first run', { runs: 0 }, { state: 'ready', submits: 1 }],
    ['while an answer is missing', { runs: 1, after: noAnswer }, { state: 'ready', submits: 2 }],
    ['and no film ever comes', { runs: 1, before: neverSays }, { state: 'failed', reason: 'deadline', submits: 1 }],
  ])(
    'an object whose clock is an hour behind, %s, still polls and ends in time',
    async (_when, { runs, ...provider }, end) => {
      Object.assign(wire, provider);
      const { id, userId } = await begin();
      for (let run = 0; run < runs; run += 1) await ring(id);
      wire.after = null;
      later(-hour);
      await untilEnd(id, 360);
      const row = await rowOf(id);
      expect(row).toMatchObject(end);
      expect(row.stateAt).toBeLessThanOrEqual(row.deadlineAt + 360_000);
      expect(await balanceOf(userId)).toBe(end.state === 'ready' ? 0 : 1);
    },
  );

  it('a generation that ends before its start by another clock counts no time', async () => {
    const { id, userId } = await begin();
    later(-hour);
    await ring(id);
    // Only a webhook has it asked about so early.
    await jobOf(id).hint(id);
    later(6_000);
    await untilEnd(id);
    expect(await rowOf(id)).toMatchObject({ state: 'ready', submits: 1 });
    expect((await rowOf(id)).stateAt).toBeLessThan(now);
    expect(await balanceOf(userId)).toBe(0);
    const { results } = await env.DB.prepare(
      `SELECT figure FROM day_figures WHERE figure LIKE 'wait:-%'
       UNION ALL SELECT bucket_seconds FROM generation_waits WHERE bucket_seconds < 0
       UNION ALL SELECT bucket_seconds FROM provider_waits WHERE bucket_seconds < 0`,
    ).all();
    expect(results).toEqual([]);
  });
});
