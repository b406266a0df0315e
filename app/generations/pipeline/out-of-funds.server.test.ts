// An empty account at the first provider, through the real runner, on D1 and R2: what happens to those who wait.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { clearSettings, seedSettings, testServices } from '~/testing/services';
import type { Memo } from './effects';

const day = 86_400_000;
const minute = 60_000;
let now = 0;
let days = 25_000;
let jpeg: Uint8Array;

const luma = { provider: 'luma', model: 'ray-2' };
/** What the two services answer: Runway's account is empty or not. */
const world = { isEmpty: true, asked: [] as string[] };

beforeEach(async () => {
  jpeg ??= await testJpeg();
  now = ++days * day;
  vi.useFakeTimers({ toFake: ['Date'], now });
  await clearSettings();
  await env.DB.batch(['provider_minutes', 'provider_breakers'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  Object.assign(world, { isEmpty: true, asked: [] });
});

const fetch: typeof globalThis.fetch = async (input, init) => {
  const { method, url } = new Request(input as RequestInfo, init);
  const { host, pathname } = new URL(url);
  world.asked.push(`${method} ${host}${pathname}`);
  const id = crypto.randomUUID();
  if (host === 'luma.test') return Response.json({ id, state: 'queued' }, { status: 201 });
  if (world.isEmpty)
    return Response.json({ error: 'You do not have enough credits to run this task.' }, { status: 400 });
  return Response.json({ id, estimatedCost: { credits: 25 } });
};

/** One run of the machine, as its object's alarm makes it. Returns when it wants to run again. */
async function ring(generationId: string, memo: { kept: Memo } = { kept: {} }): Promise<number> {
  let next = 0;
  const storage = {
    arm: async (at: number) => {
      next = at;
    },
    recall: async () => memo.kept,
    remember: async (kept: Memo) => {
      memo.kept = kept;
    },
    done: async () => undefined,
  };
  await testServices({ clock: () => Date.now(), fetch }).pipeline.run({ generationId, storage });
  return next;
}
const row = (id: string) =>
  env.DB.prepare(
    'SELECT state, provider, failure_reason AS reason, list_cents AS listCents FROM generations WHERE id = ?1',
  )
    .bind(id)
    .first();
const costs = async (id: string) =>
  (
    await env.DB.prepare(
      'SELECT provider, cents, is_estimate AS isEstimate FROM submit_costs WHERE generation_id = ?1 ORDER BY rowid',
    )
      .bind(id)
      .all()
  ).results;
const breaker = () => env.DB.prepare("SELECT reason FROM provider_breakers WHERE provider = 'runway'").first('reason');
const submits = () => world.asked.filter((one) => one === 'POST runway.test/v1/image_to_video');

describe('an empty account', () => {
  it('an empty account costs one submit; its generation and all that wait go to the next service', async () => {
    await seedSettings({ fallbacks: [luma] });
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push(await startGeneration(await seedClip({ jpeg })));
    const [first = '', ...others] = ids;
    const memo = { kept: {} };
    await ring(first, memo);
    expect([await row(first), await breaker()]).toEqual([
      { state: 'queued', provider: 'luma', reason: null, listCents: 71 },
      'out-of-funds',
    ]);
    for (const id of others) {
      await ring(id);
      expect(await row(id)).toMatchObject({ state: 'queued', provider: 'luma' });
    }
    await ring(first, memo);
    expect(await row(first)).toMatchObject({ state: 'generating', provider: 'luma' });
    expect(submits()).toHaveLength(1);
    expect(await costs(first)).toEqual([
      { provider: 'runway', cents: 0, isEstimate: 0 },
      { provider: 'luma', cents: 71, isEstimate: 1 },
    ]);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('without another service the credit comes back, the rest waits, and one of them is the probe', async () => {
    const people = [];
    for (let count = 0; count < 4; count += 1) people.push(await seedClip({ jpeg }));
    const ids = [];
    for (const person of people) ids.push(await startGeneration(person));
    const [first = '', ...others] = ids;
    await ring(first);
    expect(await row(first)).toMatchObject({ state: 'failed', reason: 'out-of-funds' });
    expect((await testServices().credits.ledger.balance(people[0]?.userId ?? '')).balance).toBe(1);
    const waits = await Promise.all(others.map((id) => ring(id)));
    expect(waits.every((at) => at > now && at <= now + 2 * minute + 1)).toBe(true);
    expect(submits()).toHaveLength(1);
    const timeline = await testServices().generations.timeline({
      userId: people[1]?.userId ?? '',
      generationId: others[0] ?? '',
    });
    expect(timeline?.steps.at(-1)?.text).toContain('which is our fault');
    const again = await testServices().generations.start({
      ...{ userId: people[0]?.userId ?? '', clipId: people[0]?.clipId ?? '' },
      ...{ requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' },
    });
    expect(again).toMatchObject({ outcome: 'paused', until: expect.any(Number) });

    vi.setSystemTime(now + 6 * minute);
    for (const id of others) await ring(id);
    expect(submits()).toHaveLength(2);
    expect(await breaker()).toBe('out-of-funds');
    world.isEmpty = false;
    vi.setSystemTime(now + 20 * minute);
    for (const id of others.slice(1)) await ring(id);
    expect(submits()).toHaveLength(4);
    expect(await breaker()).toBeNull();
    expect(await auditLedger(env.DB)).toEqual([]);
  });
});

describe('a budget of the day', () => {
  const budgets = (runway: number) => ({ runway, luma: 0, fal: 0, replicate: 0, veo: 0 });

  it('a used-up budget sends new starts to the next service, and what waits too', async () => {
    world.isEmpty = false;
    await seedSettings({ budgetAtProvider: budgets(1), fallbacks: [luma] });
    const ids = [];
    for (let count = 0; count < 6; count += 1) ids.push(await startGeneration(await seedClip({ jpeg })));
    for (const id of ids) await ring(id);
    expect(submits()).toHaveLength(4);
    const late = await startGeneration(await seedClip({ jpeg }));
    expect((await Promise.all([...ids.slice(4), late].map(row))).map((one) => one?.provider)).toEqual(
      Array(3).fill('luma'),
    );
  });

  it('with all budgets used up a start is refused until midnight, nothing is charged, and the next day takes it', async () => {
    world.isEmpty = false;
    await seedSettings({ budgetPerDay: 1 });
    for (let count = 0; count < 4; count += 1) await ring(await startGeneration(await seedClip({ jpeg })));
    const { userId, clipId } = await seedClip({ jpeg });
    const start = () =>
      testServices().generations.start({
        ...{ userId, clipId, requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' },
      });
    expect(await start()).toMatchObject({ outcome: 'paused', until: now + day });
    expect((await testServices().credits.ledger.balance(userId)).balance).toBe(1);
    vi.setSystemTime(now + day);
    expect(await start()).toMatchObject({ outcome: 'started' });
    days += 1;
  });
});
