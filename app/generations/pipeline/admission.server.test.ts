// Whether a generation may be made, and by which provider: decided before it is paid, and shown the same by the offer.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { startInit } from '~/generations/start';
import type { Shape } from '~/photos/frame';
import { clearSettings, seedPerson, seedProject, seedSettings, testServices } from '~/testing/services';

const minute = 60_000;
const day = 24 * 60 * minute;
const now = 2_000_000_000_000;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  await clearSettings();
});

const set = seedSettings;
const pause = (provider: string, until: number) =>
  env.DB.prepare("INSERT INTO provider_breakers VALUES (?1, ?2, ?3, 'failures', 1)").bind(provider, now, until).run();

async function seed({ shape = '9:16' as Shape, clipSeconds = 5, clipCount = 1, credits = 9 } = {}) {
  const userId = await seedPerson({ credits });
  const { projectId, clipIds } = await seedProject({ userId, clipCount });
  await testServices().projects.update({ userId, projectId, change: { shape, clipSeconds } });
  return { userId, projectId, clipIds, clipId: clipIds[0] as string };
}
type Seed = Awaited<ReturnType<typeof seed>>;

const start = ({ userId, clipId }: Pick<Seed, 'userId' | 'clipId'>) =>
  testServices().generations.start({
    ...{ userId, clipId },
    ...{ requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' },
  });
const offerFor = async (userId: string, shape: Shape, seconds: number) =>
  (await testServices().generations.offers({ userId, lengths: [5, 6, 10] }))[shape][seconds];

async function chosenFor(of: Seed) {
  const started = await start(of);
  if (started.outcome !== 'started') return started.outcome;
  const row = await env.DB.prepare('SELECT provider, model FROM generations WHERE id = ?1')
    .bind(started.generationId)
    .first<{ provider: string; model: string }>();
  return `${row?.provider} ${row?.model}`;
}
const balanceOf = async (userId: string) => (await testServices().credits.ledger.balance(userId)).balance;

describe('the choice of a provider', () => {
  const veo = { provider: 'veo', model: 'veo-3.1-fast-generate-preview' };
  const luma = { provider: 'luma', model: 'ray-2' };

  it('the first provider in order that can make the length and shape is chosen', async () => {
    await set({ ...veo, fallbacks: [{ provider: 'nobody', model: 'x' }, luma] });
    expect(await chosenFor(await seed({ clipSeconds: 6 }))).toBe('veo veo-3.1-fast-generate-preview');
    expect(await chosenFor(await seed({ clipSeconds: 5 }))).toBe('luma ray-2');
    expect(await chosenFor(await seed({ clipSeconds: 10 }))).toBe('unavailable');
  });

  it('an offer exists exactly where a start is possible', async () => {
    await set(veo);
    const square = await seed({ shape: '1:1', clipSeconds: 6 });
    expect(await offerFor(square.userId, '1:1', 6)).toBeNull();
    expect(await chosenFor(square)).toBe('unavailable');
    expect(await offerFor(square.userId, '9:16', 6)).toMatchObject({ pausedUntil: null });
    expect(await chosenFor(await seed({ clipSeconds: 6 }))).toBe('veo veo-3.1-fast-generate-preview');
  });

  it('the next provider in order is chosen while the first rests', async () => {
    await set({ fallbacks: [luma] });
    await pause('runway', now + 5 * minute);
    expect(await chosenFor(await seed())).toBe('luma ray-2');
    // Only Runway makes ten seconds.
    const long = await seed({ clipSeconds: 10 });
    expect(await chosenFor(long)).toBe('paused');
    expect(await offerFor(long.userId, '9:16', 10)).toMatchObject({ pausedUntil: now + 5 * minute });
    expect(await offerFor(long.userId, '9:16', 5)).toMatchObject({ pausedUntil: null, atOnce: 10 });
  });

  it('a start while all providers rest charges nothing and says when the soonest is back', async () => {
    await set({ fallbacks: [luma] });
    await pause('runway', now + 5 * minute);
    await pause('luma', now + 2 * minute);
    const it = await seed();
    const answer = await start(it);
    expect(answer).toEqual({ outcome: 'paused', until: now + 2 * minute, retryAfterSeconds: 120 });
    expect(startInit(answer)).toEqual({ status: 503, headers: { 'Retry-After': '120' } });
    expect(await balanceOf(it.userId)).toBe(9);
    const rows = await env.DB.prepare('SELECT count(*) AS count FROM generations WHERE user_id = ?1').bind(it.userId);
    expect(await rows.first('count')).toBe(0);
    vi.setSystemTime(now + 2 * minute);
    expect(await chosenFor(it)).toBe('luma ray-2');
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('a repeated start during a pause returns the first result', async () => {
    const it = await seed();
    const request = { userId: it.userId, clipId: it.clipId, requestKey: 'request-1', presetId: 'gentle', words: '' };
    await testServices().generations.start(request);
    await pause('runway', now + 5 * minute);
    expect(await testServices().generations.start(request)).toMatchObject({ outcome: 'duplicate' });
  });
});

describe('the moderation limit', () => {
  const decline = async (of: Pick<Seed, 'userId' | 'clipId'>, reason = 'moderated') => {
    const started = await start(of);
    if (started.outcome !== 'started') throw new Error(started.outcome);
    await env.DB.prepare("UPDATE generations SET state = 'failed', failure_reason = ?2, state_at = ?3 WHERE id = ?1")
      .bind(started.generationId, reason, Date.now())
      .run();
    return started;
  };

  it('declined pictures count per person; the last one is announced, and then starts are refused', async () => {
    const it = await seed();
    expect(await decline(it)).not.toHaveProperty('refusalsLeft');
    await decline(it, 'retryable');
    vi.setSystemTime(now + 60 * minute);
    expect(await offerFor(it.userId, '9:16', 5)).toMatchObject({ refusalsLeft: null });
    await decline(it);
    expect(await offerFor(it.userId, '9:16', 5)).toMatchObject({ refusalsLeft: 1, refusedUntil: null });
    expect(await decline(it)).toMatchObject({ refusalsLeft: 1 });

    const answer = await start(it);
    expect(answer).toEqual({ outcome: 'too-many-refused', most: 3, until: now + day, retryAfterSeconds: 23 * 3600 });
    expect(startInit(answer)).toEqual({ status: 429, headers: { 'Retry-After': String(23 * 3600) } });
    expect(await offerFor(it.userId, '9:16', 5)).toMatchObject({ refusalsLeft: 0, refusedUntil: now + day });
    expect(await balanceOf(it.userId)).toBe(9);
    expect((await start(await seed())).outcome).toBe('started');

    vi.setSystemTime(now + day);
    expect((await start(it)).outcome).toBe('started');
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('the moderation limit is a setting and stops a project’s start', async () => {
    await set({ mostRefusalsPerDay: 1 });
    const it = await seed({ clipCount: 3 });
    await decline(it);
    const request = { ...it, requestKey: crypto.randomUUID(), clipIds: it.clipIds };
    expect(await testServices().generations.startMany(request)).toMatchObject({
      started: [],
      stopped: { outcome: 'too-many-refused', most: 1 },
    });
  });

  it('declined pictures are read by their own index', async () => {
    const it = await seed();
    await decline(it);
    const count = async () => {
      const { meta } = await env.DB.prepare(
        "SELECT state_at FROM generations WHERE user_id = ?1 AND failure_reason = 'moderated' AND state_at > ?2 ORDER BY state_at DESC LIMIT 3",
      )
        .bind(it.userId, now - day)
        .all();
      return meta.rows_read;
    };
    const before = await count();
    for (let turn = 0; turn < 6; turn += 1) await decline(it, 'retryable');
    expect(await count()).toBe(before);
    expect(before).toBeLessThanOrEqual(2);
  });
});
