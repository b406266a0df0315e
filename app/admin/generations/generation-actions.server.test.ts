import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { seedAdmin, testServices } from '~/testing/services';

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
    const told = await testServices().generations.timeline({ userId, generationId });
    expect(told?.steps.at(-1)?.text).toBe('We ended this one ourselves, for it did not come on.');
  });

  it('an admin’s retry fails and refunds the open generation; the new one costs the person nothing', async () => {
    const { admin, act, balance, row, written, userId, clipId } = await begin();
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
    const given = await env.DB.prepare(
      "SELECT count(*) AS count FROM adjustments WHERE user_id = ?1 AND state = 'done'",
    )
      .bind(userId)
      .first('count');
    expect(given).toBe(1);
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
      await env.DB.prepare('SELECT count(*) AS n FROM adjustments WHERE user_id = ?1').bind(userId).first('n'),
    ).toBe(0);
  });
});
