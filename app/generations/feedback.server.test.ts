import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { generations, settings } from '~/db/schema.server';
import { finishGeneration } from '~/testing/generation';
import { clearSettings, seedPerson, seedProject, seedSettings, testServices } from '~/testing/services';

const services = testServices({ clock: () => Date.now() });
// The clock is set to the future, so that no object's alarm moves a generation.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 }));

/** A person with a clip whose generation is ready, and `credits` left. */
async function seedReady({ credits = 0, clipCount = 1 } = {}) {
  const userId = await seedPerson({ credits: credits + clipCount });
  const { projectId, clipIds } = await seedProject({ userId, clipCount });
  const ids: string[] = [];
  for (const clipId of clipIds) ids.push(await makeReady({ userId, clipId }));
  return { userId, projectId, clipIds, clipId: clipIds[0] as string, generationId: ids[0] as string, ids };
}

async function makeReady({ userId, clipId }: { userId: string; clipId: string }): Promise<string> {
  const request = { userId, clipId, requestKey: crypto.randomUUID(), presetId: 'gentle', words: 'softly' };
  const started = await services.generations.start(request);
  if (started.outcome !== 'started') throw new Error(started.outcome);
  await finishGeneration(started.generationId);
  return started.generationId;
}

const complaint = (of: { userId: string; generationId: string }, requestKey: string = crypto.randomUUID()) => ({
  ...{ userId: of.userId, generationId: of.generationId, requestKey },
  ...{ reason: 'wrong-face' as const, words: 'That is not her.' },
});

const answers = async (userId: string) =>
  (
    await env.DB.prepare('SELECT generation_id, reason, words FROM generation_feedback WHERE user_id = ?1')
      .bind(userId)
      .all()
  ).results;
const generationsOf = async (userId: string) =>
  (await env.DB.prepare('SELECT id, cost, state FROM generations WHERE user_id = ?1 ORDER BY id').bind(userId).all())
    .results;
const lastEntry = (userId: string) =>
  env.DB.prepare('SELECT key, delta FROM credit_entries WHERE user_id = ?1 ORDER BY seq DESC LIMIT 1')
    .bind(userId)
    .first();
const balance = async (userId: string) => (await services.credits.ledger.balance(userId)).balance;

afterEach(async () => {
  await clearSettings();
  expect(await auditLedger(env.DB)).toEqual([]);
});

describe('a complaint about a clip', () => {
  it('the first complaint starts a free generation that uses no credit, as its timeline says', async () => {
    const it = await seedReady();
    expect(await services.generations.feedback.secondTry(it)).toEqual({ isFree: true });
    const told = await services.generations.feedback.complain(complaint(it));
    expect(told).toMatchObject({ outcome: 'started' });
    expect(await balance(it.userId)).toBe(0);
    expect(await answers(it.userId)).toEqual([
      { generation_id: it.generationId, reason: 'wrong-face', words: 'That is not her.' },
    ]);
    // No entry belongs to it: a gift moves no credit.
    expect(await lastEntry(it.userId)).toEqual({ key: `generation:${it.generationId}`, delta: -1 });
    const story = await services.generations.timeline({
      userId: it.userId,
      generationId: 'generationId' in told ? told.generationId : '',
    });
    expect(story?.credits).toEqual([]);
    expect(story?.steps.map(({ text }) => text)).toEqual(['In line', 'On us: it uses no credit']);
    expect(story).toMatchObject({ ahead: 0, readAt: 2_000_000_000_000 });
    // Preset and words of the clip are used again.
    const [, second] = await services.db.select().from(generations).where(eq(generations.userId, it.userId));
    expect(second).toMatchObject({ presetId: 'gentle', words: 'softly', cost: 1 });
  });

  it('fifty concurrent complaints make one free generation', async () => {
    const it = await seedReady({ credits: 3 });
    const same = complaint(it);
    const told = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        services.generations.feedback.complain(index % 2 ? same : complaint(it)),
      ),
    );
    expect(told.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
    const ids = new Set(told.map((one) => ('generationId' in one ? one.generationId : one.outcome)));
    expect(ids.size).toBe(1);
    expect(await balance(it.userId)).toBe(3);
    expect(await generationsOf(it.userId)).toHaveLength(2);
    expect(await answers(it.userId)).toHaveLength(1);
  }, 60_000);

  it('a repeated complaint returns the same generation, also after its end', async () => {
    const it = await seedReady();
    const request = complaint(it);
    const first = await services.generations.feedback.complain(request);
    const generationId = 'generationId' in first ? first.generationId : '';
    expect(await services.generations.feedback.complain(request)).toEqual({
      outcome: 'duplicate',
      generationId,
      state: 'queued',
    });
    await finishGeneration(generationId);
    expect(await services.generations.feedback.complain(complaint(it))).toEqual({
      outcome: 'duplicate',
      generationId,
      state: 'ready',
    });
  });

  it('a complaint after the free generation is stored, and the next one is paid', async () => {
    const it = await seedReady({ credits: 2 });
    const first = await services.generations.feedback.complain(complaint(it));
    const second = 'generationId' in first ? first.generationId : '';
    await finishGeneration(second);
    expect(await services.generations.feedback.secondTry(it)).toEqual({ isFree: false });
    const about = complaint({ userId: it.userId, generationId: second });
    expect(await services.generations.feedback.complain(about)).toEqual({ outcome: 'noted', cost: 1 });
    expect(await services.generations.feedback.complain({ ...about, words: 'Once more.' })).toEqual({
      outcome: 'noted',
      cost: 1,
    });
    expect(await answers(it.userId)).toMatchObject([{ generation_id: it.generationId }, { words: 'That is not her.' }]);
    expect([await balance(it.userId), (await generationsOf(it.userId)).length]).toEqual([2, 2]);
  });

  it('each clip has one free generation', async () => {
    const it = await seedReady({ clipCount: 3 });
    for (const generationId of it.ids)
      expect(
        (await services.generations.feedback.complain(complaint({ userId: it.userId, generationId }))).outcome,
      ).toBe('started');
    expect([await balance(it.userId), (await generationsOf(it.userId)).length]).toEqual([0, 6]);
  });

  it('a complaint with the setting off is stored and starts nothing', async () => {
    const it = await seedReady();
    await seedSettings({ freeSecondTry: false });
    const { feedback } = testServices().generations;
    expect(await feedback.secondTry(it)).toEqual({ isFree: false });
    expect(await feedback.complain(complaint(it))).toEqual({ outcome: 'noted', cost: 1 });
    await clearSettings();
    // With the setting on again, the clip still has its free generation.
    expect(await services.generations.feedback.complain(complaint(it))).toMatchObject({ outcome: 'started' });
    expect(await answers(it.userId)).toHaveLength(1);
  });

  it('the second generation is free also after the price has changed', async () => {
    for (const creditsPerClip of [3, 1]) {
      const it = await seedReady();
      await seedSettings({ creditsPerClip });
      expect(await testServices().generations.feedback.complain(complaint(it))).toMatchObject({ outcome: 'started' });
      expect([await balance(it.userId), (await generationsOf(it.userId)).length]).toEqual([0, 2]);
      await clearSettings();
    }
  });

  it('a complaint changes nothing while the clip has an open generation or no provider can make one', async () => {
    const it = await seedReady({ credits: 1 });
    const request = { ...it, requestKey: crypto.randomUUID(), presetId: 'gentle', words: '' };
    const other = await services.generations.start(request);
    expect(await services.generations.feedback.complain(complaint(it))).toEqual({ outcome: 'already-open' });
    expect([await answers(it.userId), await balance(it.userId)]).toEqual([[], 0]);
    await services.generations.cancel({
      userId: it.userId,
      generationId: 'generationId' in other ? other.generationId : '',
    });
    await services.db.insert(settings).values({ key: 'provider', value: '"nobody"', updatedAt: 1 });
    expect((await testServices().generations.feedback.complain(complaint(it))).outcome).toBe('unavailable');
    expect(await answers(it.userId)).toEqual([]);
  });

  it('a free generation that fails or is stopped returns as a gift, which can be used again', async () => {
    const it = await seedReady();
    const first = await services.generations.feedback.complain(complaint(it));
    const failed = 'generationId' in first ? first.generationId : '';
    const end = { state: 'failed', failureReason: 'unknown', stateAt: 2_000_000_000_001 } as const;
    await services.db.update(generations).set(end).where(eq(generations.id, failed));
    expect(await balance(it.userId)).toBe(0);
    const story = await services.generations.timeline({ userId: it.userId, generationId: failed });
    expect(story?.steps.at(-1)?.text).toBe('The free try of this clip is yours again');
    // It stays usable when the owner switches second tries off.
    await seedSettings({ freeSecondTry: false });
    const { feedback } = testServices().generations;
    expect(await feedback.secondTry(it)).toEqual({ isFree: true });
    const again = await feedback.complain(complaint(it));
    const second = { userId: it.userId, generationId: 'generationId' in again ? again.generationId : '' };
    expect([again.outcome, second.generationId === failed]).toEqual(['started', false]);
    expect(await services.generations.cancel(second)).toEqual({ outcome: 'canceled' });
    const third = await feedback.complain(complaint(it));
    expect(third).toMatchObject({ outcome: 'started' });
    expect(await balance(it.userId)).toBe(0);
    await finishGeneration('generationId' in third ? third.generationId : '');
    expect(await feedback.secondTry(it)).toEqual({ isFree: false });
    expect(await feedback.complain(complaint(it))).toMatchObject({ outcome: 'duplicate', state: 'ready' });
  });

  it('a repeated request of a free generation that was stopped does not use the gift again', async () => {
    const it = await seedReady();
    const request = complaint(it);
    const first = await services.generations.feedback.complain(request);
    const generationId = 'generationId' in first ? first.generationId : '';
    await services.generations.cancel({ userId: it.userId, generationId });
    const repeated = await services.generations.feedback.complain(request);
    expect(repeated).toEqual({ outcome: 'duplicate', generationId, state: 'canceled' });
    expect(await generationsOf(it.userId)).toHaveLength(2);
  });

  it('a complaint is possible about one’s own ready generations only', async () => {
    const it = await seedReady();
    const stranger = await seedPerson({ credits: 1 });
    expect(await services.generations.feedback.complain(complaint({ ...it, userId: stranger }))).toEqual({
      outcome: 'not-found',
    });
    const told = await services.generations.feedback.complain(complaint(it));
    const open = { userId: it.userId, generationId: 'generationId' in told ? told.generationId : '' };
    expect(await services.generations.feedback.complain(complaint(open))).toEqual({ outcome: 'not-ready' });
    await services.projects.clips.setDeleted({ ...it, deleted: true });
    expect(await services.generations.feedback.complain(complaint(it))).toEqual({ outcome: 'not-found' });
  });
});

describe('stopping a whole project', () => {
  it('a project stop cancels the open generations, returns their credits and counts those already sent', async () => {
    const userId = await seedPerson({ credits: 5 });
    const { projectId, clipIds } = await seedProject({ userId, clipCount: 4 });
    const request = { userId, projectId, requestKey: crypto.randomUUID(), clipIds };
    const { started } = await services.generations.startMany(request);
    await finishGeneration(started[0] as string);
    await services.db
      .update(generations)
      .set({ state: 'submitting', submits: 1, submitNonce: 'req_1' })
      .where(eq(generations.id, started[1] as string));
    expect(await balance(userId)).toBe(1);
    expect(await services.generations.cancelProject({ userId, projectId })).toEqual({
      outcome: 'canceled',
      canceled: 3,
      sent: 1,
      goesOn: 0,
      tooLate: 0,
      credits: 3,
      gifts: 0,
    });
    expect(await balance(userId)).toBe(4);
    expect((await generationsOf(userId)).map(({ state }) => state)).toEqual([
      'ready',
      'canceled',
      'canceled',
      'canceled',
    ]);
    expect(await services.generations.cancelProject({ userId, projectId })).toMatchObject({ canceled: 0, credits: 0 });
  });

  it('a project stop returns a gift as a gift', async () => {
    const it = await seedReady();
    expect(await services.generations.feedback.complain(complaint(it))).toMatchObject({ outcome: 'started' });
    const stopped = await services.generations.cancelProject(it);
    expect(stopped).toMatchObject({ canceled: 1, credits: 0, gifts: 1 });
    expect(await balance(it.userId)).toBe(0);
    expect(await services.generations.feedback.secondTry(it)).toEqual({ isFree: true });
  });

  it('concurrent stops of a project return each credit once', async () => {
    const userId = await seedPerson({ credits: 3 });
    const { projectId, clipIds } = await seedProject({ userId, clipCount: 3 });
    await services.generations.startMany({ userId, projectId, requestKey: crypto.randomUUID(), clipIds });
    await Promise.all(Array.from({ length: 10 }, () => services.generations.cancelProject({ userId, projectId })));
    expect(await balance(userId)).toBe(3);
  });

  it('a project stop touches no other project and none of another person', async () => {
    const userId = await seedPerson({ credits: 2 });
    const [one, other] = [await seedProject({ userId }), await seedProject({ userId })];
    for (const { projectId, clipIds } of [one, other])
      await services.generations.startMany({ userId, projectId, requestKey: crypto.randomUUID(), clipIds });
    expect(await services.generations.cancelProject({ userId, projectId: one.projectId })).toMatchObject({
      canceled: 1,
    });
    expect((await generationsOf(userId)).map(({ state }) => state)).toEqual(['canceled', 'queued']);
    const stranger = await seedPerson();
    const foreign = { userId: stranger, projectId: other.projectId };
    expect(await services.generations.cancelProject(foreign)).toEqual({ outcome: 'not-found' });
  });
});

describe('the privacy log of a photo', () => {
  const step = (id: string, what: string, detail: string | null, at: number) =>
    env.DB.prepare('INSERT INTO generation_steps (generation_id, at, what, detail) VALUES (?1, ?2, ?3, ?4)')
      .bind(id, at, what, detail)
      .run();

  it('a handover has the provider, the time of the submit and the time of the deletion', async () => {
    const it = await seedReady();
    expect((await services.generations.privacy(it))?.handovers).toEqual([]);
    await step(it.generationId, 'sent', 'nonce', 100);
    expect((await services.generations.privacy(it))?.handovers).toMatchObject([
      { service: 'Runway', sentAt: 100, end: 'open', endedAt: null },
    ]);
    await step(it.generationId, 'forgotten', 'canceled', 200);
    expect((await services.generations.privacy(it))?.handovers).toMatchObject([
      { service: 'Runway', sentAt: 100, end: 'deleted', endedAt: 200, text: 'Runway has deleted its copy.' },
    ]);
    expect(await services.generations.privacy({ ...it, userId: await seedPerson() })).toBeNull();
  });
});
