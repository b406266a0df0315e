// Maintenance mode through the product's own fronts, on D1 and R2: what begins is refused, what has begun goes on.
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it } from 'vitest';
import { seedClip, startGeneration, testJpeg } from '~/testing/generation';
import { clearSettings, seedAdmin, seedPerson, seedProject, seedSettings, testServices } from '~/testing/services';

afterEach(clearSettings);

const closed = () => seedSettings({ maintenance: 'We move to a new house. Back at noon.' });
const start = (owned: { userId: string; clipId: string }, requestKey: string = crypto.randomUUID()) =>
  testServices().generations.start({ ...owned, requestKey, presetId: 'gentle', words: 'slowly' });
const balance = async (userId: string) => (await testServices().credits.ledger.balance(userId)).balance;

describe('maintenance mode', () => {
  it('a start is refused without a charge and without a trace, and the same request starts it afterwards', async () => {
    const { userId, clipId } = await seedClip({ jpeg: await testJpeg() });
    const requestKey = crypto.randomUUID();
    await closed();
    expect(await start({ userId, clipId }, requestKey)).toEqual({
      outcome: 'maintenance',
      notice: 'We move to a new house. Back at noon.',
    });
    expect(await balance(userId)).toBe(1);
    await seedSettings({ maintenance: '' });
    expect(await start({ userId, clipId }, requestKey)).toMatchObject({ outcome: 'started' });
    expect(await balance(userId)).toBe(0);
  });

  it('a request that started before its answer was lost finds its generation', async () => {
    const { userId, clipId } = await seedClip({ jpeg: await testJpeg() });
    const requestKey = crypto.randomUUID();
    expect(await start({ userId, clipId }, requestKey)).toMatchObject({ outcome: 'started' });
    await closed();
    expect(await start({ userId, clipId }, requestKey)).toMatchObject({ outcome: 'duplicate' });
  });

  it('a generation that was started before can be stopped, and its credit comes back', async () => {
    const { userId, clipId } = await seedClip({ jpeg: await testJpeg() });
    const generationId = await startGeneration({ userId, clipId });
    await closed();
    expect(await testServices().generations.cancel({ userId, generationId })).toMatchObject({ outcome: 'canceled' });
    expect(await balance(userId)).toBe(1);
  });

  it('an admin starts clips of their own', async () => {
    const { adminId: userId } = await seedAdmin();
    const key = `adjustment:${userId}`;
    await testServices().credits.ledger.grant({ key, userId, credits: 1, kind: 'adjustment', reference: 'test' });
    const { clipIds } = await seedProject({ userId });
    await closed();
    expect(await start({ userId, clipId: clipIds[0] ?? '' })).toMatchObject({ outcome: 'started' });
  });

  it('a new photo is refused, and one that is on its way arrives', async () => {
    const userId = await seedPerson();
    const { projectId } = await seedProject({ userId });
    const { uploads } = testServices().photos;
    const metadata = (requestKey: string) => ({ projectId, requestKey, fileName: 'a.jpg', takenAt: null });
    const begin = (key: string) => uploads.begin({ userId, lengthBytes: 5_000, metadata: metadata(key) });
    const before = await begin('request-before');
    if (before.outcome !== 'at') throw new Error(before.reason);
    await closed();
    expect(await begin('request-during')).toEqual({ outcome: 'refused', reason: 'maintenance' });
    const body = new Response(new Uint8Array(5_000)).body;
    const part = { userId, uploadId: before.upload.id, offset: 0, body, declared: 5_000, checksum: null };
    // All of it came: it is looked at, and refused for what it is.
    expect(await uploads.append(part)).toMatchObject({ outcome: 'refused', reason: 'not-a-photo' });
  });

  it('a purchase is not begun, and nothing is asked of Stripe', async () => {
    const userId = await seedPerson();
    await closed();
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      return new Response(null, { status: 500 });
    };
    const answer = await testServices({ fetch }).billing.checkout({
      ...{ userId, email: 'a@example.com', packId: 'film', requestKey: crypto.randomUUID(), returnTo: '/credits' },
    });
    expect([answer, asked]).toEqual([{ outcome: 'maintenance' }, 0]);
    expect(await env.DB.prepare('SELECT count(*) AS n FROM purchases WHERE user_id = ?1').bind(userId).first('n')).toBe(
      0,
    );
  });
});
