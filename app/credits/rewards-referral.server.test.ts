// Referrals from the link's cookie through the sign-in to the credits, on real rows, and every way to cheat them.
import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { creditEntries, generations, projects, purchases, referrals, reversals } from '~/db/schema.server';
import { run } from '~/db/statement';
import { finishGeneration } from '~/testing/generation';
import { createIssuer } from '~/testing/issuer';
import {
  clearSettings,
  closeAccount,
  seedPerson,
  seedProject,
  seedSettings,
  testConfig,
  testServices,
} from '~/testing/services';
import { auditLedger } from './audit.server';
import { codeLetters, newCode, readCode } from './invitation';
import { referralStatement } from './rewards';

const { APP_ORIGIN: origin } = testConfig();
const { db } = testServices();
let issuer: Awaited<ReturnType<typeof createIssuer>>;
let host: { id: string; code: string };
let serial = 0;
const unique = () => `${++serial}`.padStart(26, '0');

beforeAll(async () => {
  issuer = await createIssuer();
});
beforeEach(async () => {
  const id = await seedPerson();
  host = { id, code: await testServices().credits.rewards.code(id) };
  await clearSettings();
});

/** Signs in with Google as `sub` in a browser with these cookies; returns the person. */
async function signIn({ sub = `sub-${unique()}`, cookie = '' }: { sub?: string; cookie?: string } = {}) {
  const account = { sub, email: `${sub}@example.com`, email_verified: true, name: 'Friend' };
  const post = new Request(`${origin}/auth/google`, {
    method: 'POST',
    body: new URLSearchParams({ returnTo: '/projects' }),
    headers: { Cookie: cookie },
  });
  const fetch = issuer.fetchFor({ redirect: new URL(origin), account });
  const begun = await testServices({ fetch }).auth.signIn({ request: post, requestId: 'req' });
  const redirect = new URL(begun.headers.get('Location') ?? '');
  const params = new URLSearchParams({ code: 'good', state: redirect.searchParams.get('state') ?? '' });
  const cookies = [cookie, begun.headers.get('Set-Cookie')?.split(';')[0]].filter(Boolean).join('; ');
  const request = new Request(`${origin}/auth/google/callback?${params}`, { headers: { Cookie: cookies } });
  const back = testServices({ fetch: issuer.fetchFor({ redirect, account }) });
  const response = await back.auth.signIn({ request, requestId: 'req' });
  const session = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const user = await testServices().auth.findUser(new Request(origin, { headers: { Cookie: session } }));
  if (!user) throw new Error('not signed in');
  return { id: user.id, sub, setCookies: response.headers.getSetCookie() };
}
const invited = (code: string) => `__Host-echoes-invite=${code}`;
const joinBy = (code: string) => signIn({ cookie: invited(code) });

async function seedGeneration({ userId, clipId, cost = 1 }: { userId: string; clipId: string; cost?: number }) {
  const id = `gen_${unique()}`;
  const made = { provider: 'p', model: 'm', presetId: 'gentle', words: '', prompt: 'x', shape: '9:16' } as const;
  const frame = { frameX: 0.5, frameY: 0.5, frameZoom: 1 };
  const at = { stateAt: 1, deadlineAt: 2, createdAt: 1, durationSeconds: 5 };
  await db.insert(generations).values({ id, userId, clipId, requestKey: id, cost, ...made, ...frame, ...at });
  await finishGeneration(id);
  return id;
}

/** A completed project of this person with one paid and approved clip. */
async function completeProject(userId: string): Promise<string> {
  const { projectId, clipIds } = await seedProject({ userId });
  const clipId = clipIds[0] as string;
  const generationId = await seedGeneration({ userId, clipId });
  await testServices().projects.clips.approve({ userId, clipId, generationId });
  await db.update(projects).set({ status: 'completed' }).where(eq(projects.id, projectId));
  return projectId;
}

async function buy(userId: string) {
  const id = `pur_${unique()}`;
  const bought = { packId: 'small', credits: 10, amount: 500, currency: 'eur', returnTo: '/', requestKey: id };
  await db.insert(purchases).values({ id, userId, ...bought, stateAt: 1, createdAt: 1 });
  const paid = { state: 'paid', checkoutSessionId: `cs_${id}`, stateAt: 2 } as const;
  await db.update(purchases).set(paid).where(eq(purchases.id, id));
}

const referralOf = async (friendId: string) =>
  (await db.select().from(referrals).where(eq(referrals.referredUserId, friendId)))[0];
/** Stores a referral as the sign-up of a new person does. */
const refer = (referral: { code: string; userId: string }) =>
  run(testServices().db, referralStatement({ ...referral, now: Date.now() }));

/** The sum of this person's referral entries. */
const earned = async (userId: string) =>
  (await db.select().from(creditEntries).where(eq(creditEntries.userId, userId)))
    .filter(({ kind }) => kind === 'referral')
    .reduce((sum, { delta }) => sum + delta, 0);
const expectNothingEarned = async (...userIds: string[]) => {
  expect(await Promise.all([host.id, ...userIds].map(earned))).toEqual([0, ...userIds.map(() => 0)]);
  expect(await auditLedger(env.DB)).toEqual([]);
};

describe('an invitation', () => {
  it('concurrent requests for an invitation code get the same code', async () => {
    const userId = await seedPerson();
    const codes = await Promise.all(Array.from({ length: 20 }, () => testServices().credits.rewards.code(userId)));
    expect(new Set(codes).size).toBe(1);
    expect(readCode(codes[0])).toBe(codes[0]);
    expect(await testServices().credits.rewards.invitations(userId)).toEqual({
      code: codes[0],
      joined: 0,
      rewarded: 0,
    });
  });

  it('an invitation code has no look-alike letters, and each letter is equally likely', () => {
    expect(codeLetters).not.toMatch(/[0o1il]/);
    // 248 is the last multiple of 31 letters in a byte; the eight values from there on are dropped.
    const bytes = [255, 0, 248, 1, 30, 31, 247, 250, 2, 33, 61, 62];
    expect(newCode(() => Uint8Array.from(bytes))).toBe(
      [0, 1, 30, 0, 30, 2, 2, 30].map((index) => codeLetters[index]).join(''),
    );
  });

  it('a friend’s first completed film rewards both people, and a later purchase does not', async () => {
    await seedSettings({ referrerCredits: 3, referredCredits: 2 });
    const friend = await joinBy(host.code);
    expect(friend.setCookies.join()).toContain(
      '__Host-echoes-invite=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
    );
    expect(await referralOf(friend.id)).toMatchObject({ referrerUserId: host.id, rewardedAt: null });
    const projectId = await completeProject(friend.id);
    const { rewards } = testServices().credits;
    expect(await rewards.afterCompletedProject(friend.id, projectId)).toBe(true);
    await buy(friend.id);
    expect(await rewards.afterPurchase(friend.id)).toBe(false);
    expect([await earned(host.id), await earned(friend.id)]).toEqual([3, 2]);
    expect(await rewards.invitations(host.id)).toMatchObject({ joined: 1, rewarded: 1 });
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('a friend’s first purchase rewards both people', async () => {
    const friend = await joinBy(host.code);
    await buy(friend.id);
    expect(await testServices().credits.rewards.afterPurchase(friend.id)).toBe(true);
    expect([await earned(host.id), await earned(friend.id)]).toEqual([1, 1]);
  });

  it('an invitation code in upper case survives the sign-in with Google', async () => {
    const friend = await joinBy(host.code.toUpperCase());
    expect(await referralOf(friend.id)).toMatchObject({ referrerUserId: host.id });
  });

  it('an invitation promises nothing once the cap is reached', async () => {
    const ask = () => testServices().credits.rewards.invitation(host.code);
    expect((await ask())?.promise).toEqual({ referrerCredits: 1, referredCredits: 1, referralRewardFor: 'either' });
    await seedSettings({ referralCap: 0 });
    expect(await ask()).toEqual({ referrerId: host.id, promise: null });
  });
});

describe('a referral without a reward', () => {
  it('an invitation of oneself earns nothing', async () => {
    const me = await signIn();
    const code = await testServices().credits.rewards.code(me.id);
    await signIn({ sub: me.sub, cookie: invited(code) });
    expect(await referralOf(me.id)).toBeUndefined();
    // The statement refuses it too.
    await refer({ code, userId: me.id });
    expect(await referralOf(me.id)).toBeUndefined();
    await buy(me.id);
    expect(await testServices().credits.rewards.afterPurchase(me.id)).toBe(false);
    await expectNothingEarned(me.id);
  });

  it('two people who invite each other earn nothing', async () => {
    const friend = await joinBy(host.code);
    const code = await testServices().credits.rewards.code(friend.id);
    await refer({ code, userId: host.id });
    expect(await referralOf(host.id)).toBeUndefined();
    await buy(host.id);
    expect(await testServices().credits.rewards.afterPurchase(host.id)).toBe(false);
    await expectNothingEarned(friend.id);
  });

  it('a friend with an older account earns nothing', async () => {
    const known = await signIn();
    await signIn({ sub: known.sub, cookie: invited(host.code) });
    expect(await referralOf(known.id)).toBeUndefined();
    await completeProject(known.id);
    await expectNothingEarned(known.id);
  });

  it('only the first referrer of a friend is rewarded', async () => {
    const friend = await joinBy(host.code);
    const second = await seedPerson();
    const code = await testServices().credits.rewards.code(second);
    await signIn({ sub: friend.sub, cookie: invited(code) });
    await refer({ code, userId: friend.id });
    expect(await referralOf(friend.id)).toMatchObject({ referrerUserId: host.id });
    await buy(friend.id);
    await testServices().credits.rewards.afterPurchase(friend.id);
    expect([await earned(second), await earned(host.id)]).toEqual([0, 1]);
  });

  it('a friend who deletes the account and signs up again earns nothing', async () => {
    const before = await signIn();
    await closeAccount(before.id);
    const again = await signIn({ sub: before.sub, cookie: invited(host.code) });
    expect(again.id).not.toBe(before.id);
    expect(await referralOf(again.id)).toBeUndefined();
    await buy(again.id);
    expect(await testServices().credits.rewards.afterPurchase(again.id)).toBe(false);
    await expectNothingEarned(again.id);
  });

  it('a deleted referrer and their friends earn nothing', async () => {
    const early = await joinBy(host.code);
    await closeAccount(host.id);
    const late = await joinBy(host.code);
    expect(await referralOf(late.id)).toBeUndefined();
    expect(await testServices().credits.rewards.invitation(host.code)).toBeNull();
    await buy(early.id);
    expect(await testServices().credits.rewards.afterPurchase(early.id)).toBe(false);
    await expectNothingEarned(early.id, late.id);
  });

  it('concurrent purchases of many friends earn no more rewards than the cap', async () => {
    await seedSettings({ referralCap: 3 });
    const friends = await Promise.all(Array.from({ length: 8 }, () => joinBy(host.code)));
    await Promise.all(friends.map(({ id }) => buy(id)));
    const won = await Promise.all(friends.map(({ id }) => testServices().credits.rewards.afterPurchase(id)));
    expect(won.filter(Boolean)).toHaveLength(3);
    expect(await earned(host.id)).toBe(3);
    const each = await Promise.all(friends.map(({ id }) => earned(id)));
    expect(each.reduce((sum, credits) => sum + credits)).toBe(3);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('a friend with an older generation earns nothing', async () => {
    const friend = await seedPerson({ credits: 1, createdAt: Date.now() + 1 });
    const { clipIds } = await seedProject({ userId: friend });
    await seedGeneration({ userId: friend, clipId: clipIds[0] as string });
    await refer({ code: host.code, userId: friend });
    expect(await referralOf(friend)).toBeUndefined();
    await expectNothingEarned(friend);
  });

  it('repeated and concurrent rewards for one film or purchase are booked once', async () => {
    const friend = await joinBy(host.code);
    const projectId = await completeProject(friend.id);
    await buy(friend.id);
    const many = Array.from({ length: 10 }, () => testServices().credits.rewards);
    const won = await Promise.all(
      many.flatMap((rewards) => [
        rewards.afterCompletedProject(friend.id, projectId),
        rewards.afterPurchase(friend.id),
      ]),
    );
    expect(won.some(Boolean)).toBe(true);
    expect(await testServices().credits.rewards.afterCompletedProject(friend.id, projectId)).toBe(false);
    expect([await earned(host.id), await earned(friend.id)]).toEqual([1, 1]);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('no film, an unpaid, unfinished or foreign film, and no purchase earn nothing', async () => {
    const friend = await joinBy(host.code);
    const { rewards } = testServices().credits;
    expect(await rewards.afterPurchase(friend.id)).toBe(false);
    expect(await rewards.afterCompletedProject(friend.id, 'prj_none')).toBe(false);
    const { projectId } = await seedProject({ userId: friend.id });
    await db.update(projects).set({ status: 'completed' }).where(eq(projects.id, projectId));
    expect(await rewards.afterCompletedProject(friend.id, projectId)).toBe(false);
    const real = await completeProject(friend.id);
    await db.update(projects).set({ status: 'in_progress' }).where(eq(projects.id, real));
    expect(await rewards.afterCompletedProject(friend.id, real)).toBe(false);
    const stranger = await seedPerson({ credits: 1 });
    expect(await rewards.afterCompletedProject(friend.id, await completeProject(stranger))).toBe(false);
    await expectNothingEarned(friend.id);
  });

  it('a purchase refunded before its reward earns nothing', async () => {
    const friend = await joinBy(host.code);
    await buy(friend.id);
    // A full refund with its reversal, as the reconciliation writes them.
    const [bought] = await db.select().from(purchases).where(eq(purchases.userId, friend.id));
    await db.batch([
      db.update(purchases).set({ refundedAmount: 500 }).where(eq(purchases.userId, friend.id)),
      db.insert(reversals).values({
        ...{ id: `rev_${unique()}`, userId: friend.id, purchaseId: bought?.id ?? '', seq: 1, credits: 10, moved: 10 },
        ...{ reason: 'refund', reference: 're_1', createdAt: 3 },
      }),
    ]);
    expect(await testServices().credits.rewards.afterPurchase(friend.id)).toBe(false);
    await expectNothingEarned(friend.id);
  });

  it('a film or purchase that the settings do not reward earns nothing', async () => {
    await seedSettings({ referralRewardFor: 'purchase' });
    const friend = await joinBy(host.code);
    expect(
      await testServices().credits.rewards.afterCompletedProject(friend.id, await completeProject(friend.id)),
    ).toBe(false);
    await clearSettings();
    await seedSettings({ referralRewardFor: 'film' });
    await buy(friend.id);
    expect(await testServices().credits.rewards.afterPurchase(friend.id)).toBe(false);
    await expectNothingEarned(friend.id);
  });

  it.each(["'; DROP TABLE referrals; --", 'aaaaaaaa', 'A', '%00', 'abcdefgh.sig', 'usr_01M82V7TQ5YR65W53FM7XKSQJ3'])(
    'a cookie without a known code earns nothing: %s',
    async (value) => {
      const friend = await signIn({ cookie: invited(value) });
      expect(await referralOf(friend.id)).toBeUndefined();
      await expectNothingEarned(friend.id);
    },
  );
});
