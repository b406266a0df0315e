import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { createIds } from '~/db/ids';
import { balanceAt } from '~/providers/balance';
import { untilWoken } from '~/providers/rest';
import { verifyStandardWebhook } from '~/providers/webhook-signatures';
import { createServices } from '~/services.server';
import { seedPerson, seedProject, seedSettings, testConfig, testServices } from '~/testing/services';
import type { AlertView } from './alerts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const minute = 60_000;
const address = 'https://owner.example/hook';

/** Echoes with the owner's address at this point of time; `answer` is the receiver's. */
function watchman(now: number, answer: (request: Request) => Response | Promise<Response>) {
  const received: { id: string; body: string; headers: Headers }[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input as string, init as RequestInit);
    const body = await request.clone().text();
    received.push({ id: request.headers.get('webhook-id') ?? '', body, headers: request.headers });
    return answer(request);
  };
  const config = { ...testConfig(), ALERT_WEBHOOK_SECRET: secret };
  const { alerts } = createServices({ env, config, clock: () => now, fetch }).admin;
  return { alerts, received };
}

const well = () => new Response(null, { status: 204 });
const set = (key: string, value: unknown) =>
  env.DB.batch([
    env.DB.prepare('DELETE FROM settings WHERE key = ?1').bind(key),
    env.DB.prepare('INSERT INTO settings (key, value, updated_at) VALUES (?1, ?2, 1)').bind(key, JSON.stringify(value)),
  ]);
const letter = (id: string, at: number) =>
  env.DB.prepare("INSERT INTO dead_letters (id, body, attempts, received_at) VALUES (?1, '{}', 5, ?2)")
    .bind(id, at)
    .run();
const rows = async () => (await env.DB.prepare('SELECT * FROM alerts ORDER BY id').all()).results;

describe('an alert', () => {
  it('an alert is one row and one message while it lasts, even with several sweeps at once, and its end is sent', async () => {
    await set('alertUrl', address);
    const now = Date.UTC(2030, 0, 1);
    await letter('a', now - minute);
    const [one, other] = [watchman(now, well), watchman(now, well)];
    await Promise.all([one.alerts.watch(now, []), other.alerts.watch(now, [])]);
    await Promise.all([one.alerts.tell(now), other.alerts.tell(now)]);
    const received = [...one.received, ...other.received];
    expect(received).toHaveLength(1);
    const [message] = received;
    const { id, body, headers } = message as (typeof received)[number];
    expect(await verifyStandardWebhook({ headers, body: new TextEncoder().encode(body), now, secret })).toBe('ok');
    const forged = new TextEncoder().encode(body.replace('queue', 'queux'));
    expect(await verifyStandardWebhook({ headers, body: forged, now, secret })).toBe('forged');
    expect(id).toMatch(/^alr_\w{26}_opened$/);
    expect(await rows()).toMatchObject([
      { kind: 'dead-letters', closed_at: null, delivered_at: now, next_try_at: null },
    ]);

    const later = now + 25 * 60 * minute;
    const third = watchman(later, well);
    for (const at of [now + minute, later, later + minute]) {
      await third.alerts.watch(at, []);
      await third.alerts.tell(at);
    }
    expect(third.received.map((message) => JSON.parse(message.body).type)).toEqual(['alert.closed']);
    expect(await rows()).toMatchObject([{ closed_at: later, delivered_at: later, next_try_at: null }]);
  });

  it('an alert that is not accepted is sent again under one id with growing pauses for a day', async () => {
    await set('alertUrl', address);
    const now = Date.UTC(2031, 0, 1);
    const { alerts, received } = watchman(now, () => new Response('no', { status: 500 }));
    // It does not end: a new letter comes each day.
    await letter('b', now - minute);
    await letter('c', now + 23 * 60 * minute);
    await alerts.watch(now, []);
    const sentAfter: number[] = [];
    for (let next: number | null = now; next !== null && sentAfter.length < 50; ) {
      const at = next;
      await alerts.tell(at - 1);
      expect(received).toHaveLength(sentAfter.length);
      await alerts.tell(at);
      sentAfter.push((at - now) / minute);
      expect(received).toHaveLength(sentAfter.length);
      next = (await rows()).at(-1)?.next_try_at as number | null;
    }
    expect(sentAfter.slice(0, 9)).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 247]);
    expect(sentAfter.at(-1)).toBeLessThan(24 * 60);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    expect((await rows()).at(-1)).toMatchObject({ closed_at: null, delivered_at: null, next_try_at: null });
  });

  it.each<[string, () => Response | Promise<Response>, string]>([
    [
      'an endless one',
      () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65_536)) })),
      'told',
    ],
    ['a redirect', () => Response.redirect('https://10.0.0.1/', 307), 'answered 307'],
    ['a broken one', () => Promise.reject(new Error('cut off')), 'cut off'],
  ])('an alert survives every answer of its receiver: %s', async (_name, answer, outcome) => {
    await set('alertUrl', address);
    const { alerts, received } = watchman(Date.now(), answer);
    const sent = await alerts.test({ adminId: await seedPerson(), requestId: 'req_1' });
    expect('detail' in sent ? sent.detail : sent.outcome).toBe(outcome);
    expect(received).toHaveLength(1);
  });

  it('an alert is never sent to a private address', async () => {
    for (const bad of ['https://10.0.0.1/', 'http://localhost:1/']) {
      await set('alertUrl', bad);
      const { alerts, received } = watchman(Date.now(), well);
      expect((await alerts.test({ adminId: await seedPerson(), requestId: 'req_1' })).outcome).toBe('not-told');
      expect(received).toEqual([]);
    }
  });

  it('the alert on failures counts the last hour, without declined pictures', async () => {
    await set('alertUrl', '');
    await seedSettings({ mostRefusalsPerDay: 13 });
    const now = Date.UTC(2032, 0, 1);
    const userId = await seedPerson({ credits: 60 });
    const { clipIds } = await seedProject({ userId, clipCount: 44 });
    const end = async (clipId: string, at: number, reason: string) => {
      const id = createIds({ clock: () => at })('gen');
      await env.DB.batch([
        env.DB.prepare(
          `INSERT INTO generations (id, user_id, clip_id, request_key, cost, state_at, deadline_at, provider, model, preset_id,
             words, prompt, shape, duration_seconds, frame_x, frame_y, frame_zoom, created_at)
           VALUES (?1, ?2, ?3, ?1, 1, ?4, ?4, 'runway', 'gen4_turbo', 'gentle', '', '', '9:16', 5, 0.5, 0.5, 1, ?4)`,
        ).bind(id, userId, clipId, at),
        env.DB.prepare("UPDATE generations SET state = 'failed', failure_reason = ?2 WHERE id = ?1").bind(id, reason),
      ]);
    };
    const kinds = async () => {
      const { alerts } = watchman(now, well);
      await alerts.watch(now, []);
      const open = (await alerts.list(10)).filter(({ closedAt }: AlertView) => closedAt === null);
      return open.map(({ kind }) => kind);
    };
    for (const clipId of clipIds.slice(0, 12)) await end(clipId, now - 61 * minute, 'provider');
    for (const clipId of clipIds.slice(12, 24)) await end(clipId, now - minute, 'moderated');
    for (const clipId of clipIds.slice(24, 33)) await end(clipId, now - minute, 'provider');
    expect(await kinds()).toEqual([]);
    await end(clipIds[33] ?? '', now - minute, 'provider');
    expect(await kinds()).toEqual(['failures']);
    expect((await testServices().admin.alerts.list(1))[0]).toMatchObject({ nextTryAt: null });
  });

  it('an alert closes only after its trouble has been away for its window, and says the latest', async () => {
    const now = Date.UTC(2033, 0, 1, 12);
    const { alerts } = watchman(now, well);
    const breaker = (reason: string, until: number) =>
      env.DB.batch([
        env.DB.prepare('DELETE FROM provider_breakers'),
        env.DB.prepare(
          "INSERT INTO provider_breakers (provider, opened_at, open_until, reason, openings) VALUES ('runway', 1, ?1, ?2, 1)",
        ).bind(until, reason),
      ]);
    const state = async (at: number) => {
      await alerts.watch(at, []);
      const all = await alerts.list(50);
      const { closedAt = null, detail = '' } = all.find(({ kind }) => kind === 'breaker') ?? {};
      return { isOpen: closedAt === null, detail };
    };
    await breaker('slow', now + minute);
    expect(await state(now)).toMatchObject({ isOpen: true, detail: expect.stringContaining('late or never') });
    // The pause is over, and nothing has been tried yet.
    expect(await state(now + 2 * minute)).toMatchObject({ detail: expect.stringContaining('no call has shown') });
    await env.DB.prepare('DELETE FROM provider_breakers').run();
    expect(await state(now + 11 * minute)).toMatchObject({ isOpen: true });
    await breaker('auth', now + 60 * minute);
    expect(await state(now + 11.5 * minute)).toMatchObject({
      isOpen: true,
      detail: expect.stringContaining('our key'),
    });
    await env.DB.prepare('DELETE FROM provider_breakers').run();
    expect(await state(now + 21 * minute)).toMatchObject({ isOpen: true });
    expect(await state(now + 21.5 * minute)).toMatchObject({ isOpen: false });
    expect((await alerts.list(50)).filter(({ kind }) => kind === 'breaker')).toHaveLength(1);
  });

  it('the alert of an empty account carries its balance, and stands without one where the provider does not answer', async () => {
    const now = Date.UTC(2034, 0, 1, 12);
    await env.DB.prepare(
      "INSERT INTO provider_breakers VALUES ('runway', 1, ?1, 'out-of-funds', 1), ('fal', 1, ?1, 'out-of-funds', 1)",
    )
      .bind(now + 5 * minute)
      .run();
    const details = async (answer: () => Response | Promise<Response>) => {
      const { alerts } = watchman(now, answer);
      await alerts.watch(now, []);
      const open = (await alerts.list(50)).filter(({ kind, openedAt }) => kind === 'breaker' && openedAt === now);
      return Object.fromEntries(open.map(({ subject, detail }) => [subject, detail]));
    };
    const rests = 'Our account there is empty, until 2034-01-01 12:05 UTC.';
    expect(await details(() => Response.json({ creditBalance: 12 }))).toEqual({
      runway: `${rests} The account holds $0.12.`,
      fal: rests,
    });
    const unread = `${rests} What the account holds could not be read.`;
    const lost: (() => Response | Promise<Response>)[] = [
      () => Promise.reject(new Error('cut off')),
      () => new Response('<html>', { status: 502 }),
      () => Response.json({ creditBalance: 'much' }),
    ];
    for (const answer of lost) expect(await details(answer)).toMatchObject({ runway: unread });
  });

  it('a provider that never answers holds the alert of its empty account up for four seconds, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = balanceAt({ balance: () => new Promise(() => undefined) });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await asked).toEqual({ outcome: 'unreachable' });
    vi.useRealTimers();
  });

  it('health says of a film service what its breaker says, and of one that does not rest whether it answers', async () => {
    const now = Date.UTC(2035, 0, 1, 12);
    await env.DB.prepare("INSERT INTO provider_breakers VALUES ('runway', 1, ?1, 'by-hand', 1)").bind(untilWoken).run();
    const checks = async () => {
      const { outside } = await testServices({
        clock: () => now,
        fetch: async () => new Response(null),
      }).admin.checks();
      return Object.fromEntries(outside.map(({ what, state, detail }) => [what, `${state}: ${detail}`]));
    };
    expect(await checks()).toMatchObject({
      Runway: 'trouble: An admin put it to rest, until it is woken.',
      Luma: expect.stringMatching(/^well: luma\.test answers/),
    });
    await env.DB.prepare('DELETE FROM provider_breakers').run();
    expect(await checks()).toMatchObject({ Runway: expect.stringMatching(/^well: /) });
  });

  it('the alerts of a budget open at 80 % and when it is spent, and close by their own windows after it is raised', async () => {
    const now = Date.UTC(2036, 0, 1, 12);
    const book = (cents: number) =>
      env.DB.prepare("INSERT INTO day_figures (day, figure, value) VALUES (?1, 'provider-cents', ?2)")
        .bind(now / 86_400_000 - 0.5, cents)
        .run();
    const open = async (at: number) => {
      const { alerts } = watchman(at, well);
      await alerts.watch(at, []);
      const all = await alerts.list(50);
      return all.filter(({ kind, closedAt }) => kind.startsWith('budget') && closedAt === null).map(({ kind }) => kind);
    };
    await seedSettings({ budgetPerDay: 10 });
    expect(await open(now)).toEqual([]);
    await book(980);
    expect((await open(now)).sort()).toEqual(['budget-near', 'budget-spent']);
    expect((await watchman(now, well).alerts.list(50)).find(({ kind }) => kind === 'budget-spent')?.detail).toBe(
      '$9.80 of $10.00 are booked today (UTC). No further clip fits.',
    );
    await seedSettings({ budgetPerDay: 20 });
    expect((await open(now + 9 * minute)).sort()).toEqual(['budget-near', 'budget-spent']);
    expect(await open(now + 11 * minute)).toEqual(['budget-near']);
    expect(await open(now + 31 * minute)).toEqual([]);
  });
});
