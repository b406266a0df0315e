import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { settings as settingsTable } from '~/db/schema.server';
import { testServices } from '~/testing/services';
import { type SignalKind, signalOfUnreachable } from './breaker';
import { createBreaker } from './breaker.server';
import type { ProviderFailure } from './video-provider';

const minute = 60_000;
const start = 1_900_000_000_000;
let now = start;

beforeEach(async () => {
  now = start;
  await env.DB.batch(
    ['provider_minutes', 'provider_breakers', 'settings'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
});

/** Notes these signals, a second apart; returns how the breaker changed each time. */
async function note(kinds: readonly SignalKind[], more: { since?: number; retryAfterSeconds?: number } = {}) {
  const { db, settings } = testServices();
  const breaker = createBreaker({ db, settings });
  const changes: ('opened' | 'closed' | null)[] = [];
  for (const one of kinds) {
    now += 1_000;
    changes.push(await breaker.note({ provider: 'runway', kind: one, since: now, now, ...more }));
  }
  return changes;
}
const row = () =>
  env.DB.prepare('SELECT open_until AS until, reason, openings FROM provider_breakers').first<{
    until: number;
    reason: string;
    openings: number;
  }>();
const many = (count: number, news: SignalKind) => Array<SignalKind>(count).fill(news);

describe('the breaker of a provider', () => {
  it('the breaker stays closed below the number of failures and below their share', async () => {
    expect(await note(many(4, 'failed'))).toEqual([null, null, null, null]);
    expect(await note(many(12, 'accepted'))).not.toContain('closed');
    expect(await note(many(3, 'failed'))).not.toContain('opened');
    expect(await row()).toBeNull();
    const minutes = await env.DB.prepare('SELECT sum(calls) AS calls, sum(failures) AS failures FROM provider_minutes');
    expect(await minutes.first()).toEqual({ calls: 19, failures: 7 });
  });

  it('the breaker opens once at number and share, for this provider only', async () => {
    expect(await note(many(6, 'failed'))).toEqual([null, null, null, null, 'opened', null]);
    expect(await row()).toEqual({ until: start + 5_000 + 5 * minute, reason: 'failures', openings: 1 });
    const { db, settings } = testServices();
    const breaker = createBreaker({ db, settings });
    const resting = await breaker.resting(now);
    expect([resting.until('runway', 25), resting.until('luma', 25)]).toEqual([start + 5_000 + 5 * minute, null]);
    expect((await breaker.resting(now + 6 * minute)).until('runway', 25)).toBeNull();
  });

  it('failures before the window do not count', async () => {
    await note(many(4, 'failed'));
    now += 11 * minute;
    expect(await note(many(4, 'failed'))).not.toContain('opened');
  });

  it('slow tasks open the breaker, and a task in time closes it', async () => {
    await note(many(5, 'accepted'));
    expect(await note(many(5, 'slow'))).toEqual([null, null, null, null, 'opened']);
    expect(await row()).toMatchObject({ reason: 'slow' });
    now += 6 * minute;
    expect(await note(['accepted', 'finished'])).toEqual([null, 'closed']);
  });

  it('a refused key or an empty account opens the breaker at once, a quota for as long as the provider says', async () => {
    expect(await note(['auth'])).toEqual(['opened']);
    expect(await row()).toMatchObject({ reason: 'auth', until: now + 5 * minute });
    await env.DB.prepare('DELETE FROM provider_breakers').run();
    expect(await note(['out-of-funds'])).toEqual(['opened']);
    expect(await row()).toMatchObject({ reason: 'out-of-funds', until: now + 5 * minute });
    await env.DB.prepare('DELETE FROM provider_breakers').run();
    expect(await note(['quota'], { retryAfterSeconds: 90 })).toEqual(['opened']);
    expect(await row()).toMatchObject({ reason: 'quota', until: now + 90_000 });
  });

  it('only a call from after the pause closes the breaker', async () => {
    await note(['auth']);
    expect(await note(['accepted'])).toEqual([null]);
    now += 6 * minute;
    expect(await note(['accepted'], { since: start })).toEqual([null]);
    expect(await note(['accepted'])).toEqual(['closed']);
    expect(await row()).toBeNull();
  });

  it('each failure after a pause doubles the next pause, up to an hour', async () => {
    await note(['auth']);
    const pauses: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      now += 2 * 60 * minute;
      expect(await note(['failed'], { since: start })).toEqual([null]);
      expect(await note(['failed', 'failed'])).toEqual(['opened', null]);
      pauses.push((((await row())?.until ?? 0) - now + 1_000) / minute);
    }
    expect(pauses).toEqual([10, 20, 40, 60, 60, 60]);
    expect(await row()).toMatchObject({ reason: 'failures', openings: 7 });
  });

  it('the breaker follows its settings', async () => {
    await testServices()
      .db.insert(settingsTable)
      .values([
        { key: 'breakerFailures', value: '2', updatedAt: 1 },
        { key: 'breakerRate', value: '100', updatedAt: 1 },
        { key: 'breakerPauseMinutes', value: '120', updatedAt: 1 },
      ]);
    expect(await note(['accepted', 'failed', 'failed'])).toEqual([null, null, null]);
    now += 11 * minute;
    expect(await note(['failed', 'failed'])).toEqual([null, 'opened']);
    expect(await row()).toMatchObject({ until: now + 120 * minute });
    now += 121 * minute;
    await note(['failed']);
    expect(await row()).toMatchObject({ until: now + 120 * minute });
  });

  it('a signal costs one batch of a few rows', async () => {
    await note([...many(3, 'accepted'), ...many(3, 'failed')]);
    const { countStatement, breakerStatement } = await import('./breaker');
    const { settings } = testServices();
    const signal = { provider: 'runway', kind: 'failed' as const, since: now, now };
    const statements = [countStatement(signal), breakerStatement(signal, await settings.read())];
    const results = await env.DB.batch(statements.map(({ sql, params }) => env.DB.prepare(sql).bind(...params)));
    const read = results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
    expect(read).toBeLessThanOrEqual(12);
  });
});

describe('a poll without a result', () => {
  const settings = { breakerFailures: 5, breakerWindowMinutes: 10 };
  const silence = (error: Partial<ProviderFailure>) => ({
    outcome: 'unreachable' as const,
    error: { kind: 'retryable' as const, code: null, message: '', ...error },
  });
  const overloaded = silence({ httpStatus: 503 });
  const seconds = (from: number, to: number) => ({ from: from * 1000, to: to * 1000 });

  it('unanswered polls of one task count once in four minutes, first after two', () => {
    const counted = Array.from({ length: 120 }, (_, index) => index * 5).filter(
      (from) => signalOfUnreachable(overloaded, seconds(from, from + 5), settings) === 'failed',
    );
    expect(counted).toEqual([115, 355, 595]);
  });

  it.each([3, 5, 10, 20])(
    'one task’s unanswered polls never reach the %i failures that open the breaker',
    (breakerFailures) => {
      for (const breakerWindowMinutes of [1, 5, 10, 60])
        for (const lasts of [0, 30]) {
          const minutes: number[] = [];
          for (let from = 5, to = 0; from < 3_600; from = to) {
            to = from + Math.max(lasts, from < 180 ? 5 : from < 600 ? 15 : 60);
            const news = signalOfUnreachable(overloaded, seconds(from, to), { breakerFailures, breakerWindowMinutes });
            if (news) minutes.push(Math.floor((from + lasts) / 60));
          }
          const within = (last: number) =>
            minutes.filter((one) => one <= last && one > last - breakerWindowMinutes).length;
          expect(Math.max(...minutes.map(within))).toBeLessThan(breakerFailures);
        }
    },
  );

  it('a refused key counts at each poll, a 429 or missing video never', () => {
    const news = (error: Partial<ProviderFailure>) => signalOfUnreachable(silence(error), seconds(115, 120), settings);
    expect(news({ kind: 'auth', httpStatus: 401 })).toBe('auth');
    expect(signalOfUnreachable(silence({ kind: 'auth' }), seconds(5, 10), settings)).toBe('auth');
    expect(news({ httpStatus: 429 })).toBeNull();
    expect(news({ kind: 'bad-output', httpStatus: 200 })).toBeNull();
    expect(news({})).toBe('failed');
  });
});
