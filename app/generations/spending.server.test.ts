import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRunReports } from '~/db/run-reports.server';
import type { Statement } from '~/db/statement';
import { pictureFetchedStatement, statementsFor, type WriteEffect } from '~/generations/pipeline/statements';
import { createRunway } from '~/providers/runway.server';
import type { Days, ToldAmount, VideoProvider } from '~/providers/video-provider';
import { seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { testServices } from '~/testing/services';
import { createSpending } from './spending.server';

const hour = 3_600_000;
const day = 24 * hour;
/** Four in the morning; each test uses another month. */
let now = Date.UTC(2031, 0, 10, 4);
let jpeg: Uint8Array;

beforeAll(async () => {
  jpeg = await testJpeg();
});
beforeEach(() => {
  now += 30 * day;
});

type Course =
  | 'ready'
  | 'failed free of charge'
  | 'canceled'
  | 'without an answer, then ready'
  | 'never arrived, then ready'
  | 'waiting';

/** A generation of five seconds at Runway (25 cents), sent at this moment. */
async function seedGeneration(at: number, course: Course): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: at });
  const seed = await seedClip({ jpeg });
  const id = await startGeneration(seed);
  const batch = (statements: readonly Statement[]) =>
    env.DB.batch(statements.map(({ sql, params }) => env.DB.prepare(sql).bind(...params)));
  const run = (effect: WriteEffect) => batch(statementsFor({ effect, id, userId: seed.userId, now: at }));
  const attempt = async (nonce: string, previous: string | null, isFetched = true) => {
    await run({ kind: 'record-attempt', nonce, previous, free: false, carried: false });
    if (isFetched) await batch([pictureFetchedStatement({ id, nonce, now: at })]);
  };
  const move = (state: string) =>
    env.DB.prepare(`UPDATE generations SET state = ?2 WHERE id = ?1`).bind(id, state).run();
  if (course === 'waiting') return;
  await move('submitting');
  const taskId = `task-${id}`;
  const nonce = `req-${id}`;
  const isSecond = course === 'without an answer, then ready' || course === 'never arrived, then ready';
  if (isSecond) await attempt('first', null, course !== 'never arrived, then ready');
  await attempt(nonce, isSecond ? 'first' : null);
  await run({ kind: 'bind', nonce, taskId });
  if (course === 'canceled') return void (await move('canceled'));
  if (course === 'failed free of charge')
    return void (await run({ kind: 'fail', reason: 'retryable', detail: null, costCents: 0, refused: null }));
  await run({ kind: 'finish', taskId, costCents: 25 });
  await run({ kind: 'commit', taskId, bytes: 1 });
}

/** Compares with a Runway of this charge. Returns the days it was asked for and the differences. */
async function compared(charged: ToldAmount) {
  const asked: Days[] = [];
  const runway = {
    ...createRunway({ baseUrl: 'https://runway.test', secret: 'x', outputHosts: [], fetch }),
    charged: async (days: Days) => {
      asked.push(days);
      return charged;
    },
  } satisfies VideoProvider;
  const { db } = testServices();
  const reports = createRunReports({ db, clock: () => now });
  const spending = createSpending({ db, providers: { all: () => [runway] }, reports });
  return { asked, spending, ...(await spending.compare(now)) };
}
const told = (cents: number) => compared({ outcome: 'told', cents });

describe('the comparison with a provider’s charge', () => {
  it('a charge within the possible cost of the generations is no difference', async () => {
    await seedGeneration(now - day, 'ready');
    await seedGeneration(now - day, 'ready');
    await seedGeneration(now - 2 * day, 'failed free of charge');
    await seedGeneration(now - 2 * day, 'canceled');
    await seedGeneration(now - 3 * day, 'without an answer, then ready');
    await seedGeneration(now - day, 'waiting');
    await seedGeneration(now - 3 * day, 'never arrived, then ready');
    // Four clips cost for certain, the stopped one and the one with a lost answer perhaps, the one that never arrived nothing.
    for (const cents of [100, 125, 150]) expect(await told(cents)).toMatchObject({ ok: true, differences: [] });
    const { asked, ok, differences } = await told(152);
    expect(ok).toBe(false);
    expect(differences).toMatchObject([{ provider: 'runway', charged: 152, least: 100, most: 150 }]);
    expect(asked).toEqual([{ from: dateOf(now - 3 * day), before: dateOf(now) }]);
    expect(await told(98)).toMatchObject({ ok: false, differences: [{ detail: 'less than our clips have cost' }] });
    expect(await told(0)).toMatchObject({ ok: false });
  });

  it('a generation near a day border may be charged on either side of it', async () => {
    await seedGeneration(now - 4 * hour - 1_000, 'ready');
    await seedGeneration(now - 3 * day - 4 * hour - 1_000, 'ready');
    for (const cents of [0, 25, 50]) expect(await told(cents)).toMatchObject({ ok: true });
    expect(await told(75)).toMatchObject({ ok: false });
  });

  it('a comparison that the provider does not answer is repeated in the same night and reported once', async () => {
    const refusal = { kind: 'retryable', code: null, message: 'busy' } as const;
    await expect(compared({ outcome: 'unreachable', error: refusal })).rejects.toThrow('busy');
    const night = Math.floor(now / day) * day + 3 * hour;
    const { spending } = await told(0);
    expect(await spending.nightly(night)).toBe('done');
    expect(await spending.nightly(night + 60_000)).toBe('not-now');
    const { results } = await env.DB.prepare(
      "SELECT ok, differences FROM house_reports WHERE kind = 'spending' AND at = ?1",
    )
      .bind(night)
      .all();
    expect(results).toEqual([{ ok: 1, differences: '[]' }]);
  });

  it('a difference is shown on the admin’s overview, money and health pages and raises an alert', async () => {
    for (let film = 0; film < 6; film += 1) await seedGeneration(now - day, 'ready');
    now = Math.floor(now / day) * day + 3 * hour;
    await (await told(0)).spending.nightly(now);
    const { admin } = testServices({ clock: () => now, fetch: async () => new Response() });
    const said = `runway charged $0.00 from ${dateOf(now - 3 * day)} until ${dateOf(now)}; our clips can have cost $1.50.`;
    const { systemStatus } = await admin.overview();
    expect(systemStatus.reports.spending).toMatchObject({ at: now, ok: false, differences: [said] });
    expect((await admin.money.charges())[0]).toMatchObject({
      at: now,
      ok: false,
      differences: [{ charged: 0, most: 150 }],
    });
    expect((await admin.checks()).parts).toContainEqual({
      what: 'Charges last compared',
      state: 'trouble',
      detail: '0 seconds ago, with 1 found',
    });
    await admin.alerts.watch(now, []);
    expect(await admin.alerts.list(9)).toContainEqual(
      expect.objectContaining({ kind: 'spending', subject: 'charges', detail: said, closedAt: null }),
    );
  });
});

const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);
