import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { seedAdmin, seedPerson, seedSession, seedSettings, testServices } from '~/testing/services';

let jpeg: Uint8Array;
beforeAll(async () => {
  jpeg = await testJpeg();
});
// In the future, so that no alarm rings by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 }));

/** An open try, and an admin who will do something with it. */
async function begin() {
  const seed = await seedClip({ jpeg });
  const generationId = await startGeneration(seed);
  const { adminId } = await seedAdmin();
  const act = { adminId, generationId, requestId: 'req_of_the_admin' };
  const {
    admin,
    credits: { ledger },
  } = testServices();
  return {
    ...{ ...seed, generationId, act, admin },
    balance: async () => (await ledger.balance(seed.userId)).balance,
    row: () =>
      env.DB.prepare('SELECT state, failure_reason AS reason, frame_x AS frameX FROM generations WHERE id = ?1')
        .bind(generationId)
        .first(),
    written: async () => (await admin.auditLog.list({ adminId, limit: 9 })).map(({ what, after }) => [what, after]),
  };
}

describe('an admin', () => {
  it('an admin’s poll wakes the generation’s object', async () => {
    const { admin, act, written, generationId } = await begin();
    expect(await admin.generationActions.poll(act)).toBe('polled');
    const alarm = await runInDurableObject(env.GENERATION_JOB.getByName(generationId), (_generation, { storage }) =>
      storage.getAlarm(),
    );
    expect(alarm).not.toBeNull();
    expect(await written()).toEqual([['job-polled', null]]);
  });

  it('an admin cancels a generation once', async () => {
    const { admin, act, balance, row, written } = await begin();
    expect(await balance()).toBe(0);
    expect(await admin.generationActions.cancel(act)).toBe('canceled');
    expect([await balance(), await row()]).toMatchObject([1, { state: 'canceled' }]);
    expect(await admin.generationActions.cancel(act)).toBe('too-late');
    expect(await admin.generationActions.fail({ ...act, reason: 'stopped' })).toBe('too-late');
    expect(await admin.generationActions.poll(act)).toBe('too-late');
    expect(await written()).toEqual([['job-canceled', 'canceled']]);
  });

  it('an admin fails a generation: its credit is refunded and the person reads the reason', async () => {
    const { admin, act, balance, row, userId, generationId } = await begin();
    expect(await admin.generationActions.fail({ ...act, reason: 'stopped' })).toBe('failed');
    expect([await balance(), await row()]).toMatchObject([1, { state: 'failed', reason: 'stopped' }]);
    const timeline = await testServices().generations.timeline({ userId, generationId });
    expect(timeline?.steps.at(-1)?.text).toBe('We ended this one ourselves, for it did not come on.');
  });

  it('an admin’s retry fails and refunds the open generation; the new one costs the person nothing', async () => {
    const { admin, act, balance, row, written, clipId } = await begin();
    await env.DB.prepare("UPDATE clips SET words = 'noted for later', frame_x = 0.1 WHERE id = ?1").bind(clipId).run();
    const wanted = { ...act, provider: 'luma', model: 'ray-2', requestKey: crypto.randomUUID() };
    const made = await admin.generationActions.retry(wanted);
    expect(made).toMatchObject({ outcome: 'retried' });
    expect([await balance(), await row()]).toMatchObject([1, { state: 'failed', reason: 'stopped' }]);
    expect(await written()).toEqual([
      ['job-retried', 'luma ray-2'],
      ['job-failed', 'failed: stopped'],
    ]);
    const second = await env.DB.prepare(
      'SELECT provider, words, frame_x AS frameX, (SELECT words FROM clips WHERE id = clip_id) AS noted FROM generations WHERE id = ?1',
    )
      .bind(made.generationId)
      .first();
    expect(second).toEqual({ provider: 'luma', words: '', frameX: 0.5, noted: 'noted for later' });
    expect(await admin.generationActions.retry(wanted)).toMatchObject({
      outcome: 'duplicate',
      generationId: made.generationId,
    });
    const given = await env.DB.prepare('SELECT count(*) AS count FROM credit_entries WHERE generation_id = ?1')
      .bind(made.generationId)
      .first('count');
    expect(given).toBe(0);
  });

  it('an admin’s retry that its person or an admin cancels, or that fails, gives nobody a credit', async () => {
    const { admin, act, balance, userId } = await begin();
    const there = { provider: 'luma', model: 'ray-2' };
    let generationId = act.generationId;
    for (const end of ['person', 'admin', 'fail'] as const) {
      const made = await admin.generationActions.retry({
        ...act,
        ...there,
        generationId,
        requestKey: crypto.randomUUID(),
      });
      expect(made).toMatchObject({ outcome: 'retried' });
      generationId = made.generationId ?? '';
      const ended = { ...act, generationId };
      if (end === 'person')
        expect(await testServices().generations.cancel({ userId, generationId })).toEqual({ outcome: 'canceled' });
      else if (end === 'admin') expect(await admin.generationActions.cancel(ended)).toBe('canceled');
      else expect(await admin.generationActions.fail({ ...ended, reason: 'stopped' })).toBe('failed');
      // Only the refund of the first generation, which credits paid.
      expect(await balance()).toBe(1);
    }
    const timeline = await testServices().generations.timeline({ userId, generationId });
    expect(timeline?.steps.map(({ text }) => text)).toContain('On us: it uses no credit');
    expect(timeline?.steps.map(({ text }) => text)).not.toContain('The free try of this clip is yours again');
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('an admin’s retries and adjustments count together against what one admin may give alone', async () => {
    const { admin, act, row } = await begin();
    await seedSettings({ secondAdminAbove: 2 });
    const again = (order: typeof act) =>
      admin.generationActions.retry({ ...order, provider: 'luma', model: 'ray-2', requestKey: crypto.randomUUID() });
    const made = await again(act);
    expect(made).toMatchObject({ outcome: 'retried' });
    const asked = { adminId: act.adminId, requestId: act.requestId, reason: 'For the trouble' };
    const other = await seedPerson();
    const given = { ...asked, userId: other, credits: 1, requestKey: crypto.randomUUID() };
    expect(await admin.adjustments.ask(given)).toEqual({ outcome: 'done' });
    expect(await again({ ...act, generationId: made.generationId ?? '' })).toEqual({ outcome: 'needs-another-admin' });
    expect(await admin.adjustments.ask({ ...given, requestKey: crypto.randomUUID() })).toEqual({ outcome: 'waiting' });
    expect(await row()).toMatchObject({ state: 'failed' });
    const state = await env.DB.prepare('SELECT state FROM generations WHERE id = ?1').bind(made.generationId).first();
    expect(state).toEqual({ state: 'queued' });
  });

  it('an admin gives no retry to a clip of their own', async () => {
    const { admin, act, userId, row } = await begin();
    const wanted = { ...act, provider: 'luma', model: 'ray-2', requestKey: crypto.randomUUID() };
    await seedSession(userId);
    await env.DB.prepare(
      'INSERT INTO admins (google_sub, granted_at) SELECT google_sub, 1 FROM profiles WHERE user_id = ?1',
    )
      .bind(userId)
      .run();
    expect(await admin.generationActions.retry({ ...wanted, adminId: userId })).toEqual({
      outcome: 'needs-another-admin',
    });
    expect(await row()).toMatchObject({ state: 'queued' });
  });

  it('an admin’s retry changes nothing where the provider cannot make it or another generation is open', async () => {
    const { admin, act, row, balance, written, userId, clipId } = await begin();
    const wanted = { ...act, provider: 'nobody', model: 'x', requestKey: crypto.randomUUID() };
    expect(await admin.generationActions.retry(wanted)).toEqual({ outcome: 'unavailable' });
    expect(await row()).toMatchObject({ state: 'queued' });
    await admin.generationActions.cancel(act);
    await startGeneration({ userId, clipId });
    const late = { ...wanted, provider: 'luma', model: 'ray-2' };
    expect(await admin.generationActions.retry(late)).toEqual({ outcome: 'already-open' });
    expect(await balance()).toBe(0);
    expect(await written()).toEqual([['job-canceled', 'canceled']]);
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM generations WHERE user_id = ?1').bind(userId).first('n'),
    ).toBe(2);
  });
});
