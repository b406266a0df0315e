import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { creditEntries, generations, projects, purchases, referrals, reversals, settings } from '~/db/schema.server';
import { run } from '~/db/statement';
import type { Settings } from '~/settings/settings';
import { createIssuer } from '~/testing/issuer';
import { seedPerson, seedProject, testConfig, testServices } from '~/testing/services';
import { auditLedger } from './audit.server';
import { codeLetters, newCode, readCode } from './invitation';
import { referralStatement } from './rewards';

// Inviting, from the link's cookie through the sign-in to the credits, on real rows; and everything a person may try to
// be rewarded for what did not happen.

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
  await db.delete(settings);
});

const turn = (changed: Partial<Settings>) =>
  db.insert(settings).values(
    Object.entries(changed).map(([key, value]) => ({
      key,
      value: JSON.stringify(value),
      updatedAt: 1,
      updatedBy: host.id,
    })),
  );

/** Signs in with Google as `sub` in a browser that has these cookies; gives the person. */
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
  for (const step of [
    { state: 'submitting', submitNonce: 'n', submits: 1 },
    { state: 'generating', providerTaskId: id },
    { state: 'copying' },
    { state: 'ready', mediaKey: `u/${userId}/g/${id}.mp4`, mediaBytes: 4 },
  ] as const)
    await db.update(generations).set(step).where(eq(generations.id, id));
  return id;
}

/** A film of this person with one clip that was paid for and approved, played to its end. */
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
  run(testServices().db, referralStatement({ ...referral, signupKey: 'signup:x', now: Date.now() }));

/** What this person has earned by inviting or being invited. */
const earned = async (userId: string) =>
  (await db.select().from(creditEntries).where(eq(creditEntries.userId, userId)))
    .filter(({ kind }) => kind === 'referral')
    .reduce((sum, { delta }) => sum + delta, 0);
const nobodyEarned = async (...userIds: string[]) => {
  expect(await Promise.all([host.id, ...userIds].map(earned))).toEqual([0, ...userIds.map(() => 0)]);
  expect(await auditLedger(env.DB)).toEqual([]);
};

describe('an invitation', () => {
  it('is a code that is made once, also when asked for by many at once', async () => {
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

  it('has letters that nobody mixes up, each as likely as the next', () => {
    expect(codeLetters).not.toMatch(/[0o1il]/);
    // Of 256 values eight are one too many for 31 letters: they count for none.
    const bytes = [255, 0, 248, 1, 30, 31, 247, 250, 2, 33, 61, 62];
    expect(newCode(() => Uint8Array.from(bytes))).toBe(
      [0, 1, 30, 0, 30, 2, 2, 30].map((index) => codeLetters[index]).join(''),
    );
  });

  it('rewards both once the friend has finished a film, whatever comes later', async () => {
    await turn({ referrerCredits: 3, referredCredits: 2 });
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

  it('rewards both for the first credits bought', async () => {
    const friend = await joinBy(host.code);
    await buy(friend.id);
    expect(await testServices().credits.rewards.afterPurchase(friend.id)).toBe(true);
    expect([await earned(host.id), await earned(friend.id)]).toEqual([1, 1]);
  });

  it('is read whatever case its letters have, and survives the way through Google', async () => {
    const friend = await joinBy(host.code.toUpperCase());
    expect(await referralOf(friend.id)).toMatchObject({ referrerUserId: host.id });
  });

  it('promises nothing any more once it is used up, or where the settings give nothing', async () => {
    const ask = () => testServices().credits.rewards.invitation(host.code);
    expect((await ask())?.promise).toEqual({ referrerCredits: 1, referredCredits: 1, referralRewardFor: 'either' });
    await turn({ referralCap: 0 });
    expect(await ask()).toEqual({ referrerId: host.id, promise: null });
  });
});

describe('nothing is earned by', () => {
  it('inviting oneself: whoever has a code has an account', async () => {
    const me = await signIn();
    const code = await testServices().credits.rewards.code(me.id);
    await signIn({ sub: me.sub, cookie: invited(code) });
    expect(await referralOf(me.id)).toBeUndefined();
    // Not even by the statement itself.
    await refer({ code, userId: me.id });
    expect(await referralOf(me.id)).toBeUndefined();
    await buy(me.id);
    expect(await testServices().credits.rewards.afterPurchase(me.id)).toBe(false);
    await nobodyEarned(me.id);
  });

  it('two who invite each other', async () => {
    const friend = await joinBy(host.code);
    const code = await testServices().credits.rewards.code(friend.id);
    await refer({ code, userId: host.id });
    expect(await referralOf(host.id)).toBeUndefined();
    await buy(host.id);
    expect(await testServices().credits.rewards.afterPurchase(host.id)).toBe(false);
    await nobodyEarned(friend.id);
  });

  it('a friend who was there before the link', async () => {
    const known = await signIn();
    await signIn({ sub: known.sub, cookie: invited(host.code) });
    expect(await referralOf(known.id)).toBeUndefined();
    await completeProject(known.id);
    await nobodyEarned(known.id);
  });

  it('a second one who invites the same friend', async () => {
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

  it('deleting the account and coming back as a new friend', async () => {
    const before = await signIn();
    await testServices().auth.deleteAccount(before.id);
    const again = await signIn({ sub: before.sub, cookie: invited(host.code) });
    expect(again.id).not.toBe(before.id);
    expect(await referralOf(again.id)).toBeUndefined();
    await buy(again.id);
    expect(await testServices().credits.rewards.afterPurchase(again.id)).toBe(false);
    await nobodyEarned(again.id);
  });

  it('one who invited and has left, and the friend of one who left meanwhile', async () => {
    const early = await joinBy(host.code);
    await testServices().auth.deleteAccount(host.id);
    const late = await joinBy(host.code);
    expect(await referralOf(late.id)).toBeUndefined();
    expect(await testServices().credits.rewards.invitation(host.code)).toBeNull();
    await buy(early.id);
    expect(await testServices().credits.rewards.afterPurchase(early.id)).toBe(false);
    await nobodyEarned(early.id, late.id);
  });

  it('more friends than the settings allow, all finishing at the same moment', async () => {
    await turn({ referralCap: 3 });
    const friends = await Promise.all(Array.from({ length: 8 }, () => joinBy(host.code)));
    await Promise.all(friends.map(({ id }) => buy(id)));
    const won = await Promise.all(friends.map(({ id }) => testServices().credits.rewards.afterPurchase(id)));
    expect(won.filter(Boolean)).toHaveLength(3);
    expect(await earned(host.id)).toBe(3);
    const each = await Promise.all(friends.map(({ id }) => earned(id)));
    expect(each.reduce((sum, credits) => sum + credits)).toBe(3);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('a friend who had done something before', async () => {
    const friend = await seedPerson({ credits: 1, createdAt: Date.now() + 1 });
    const { clipIds } = await seedProject({ userId: friend });
    await seedGeneration({ userId: friend, clipId: clipIds[0] as string });
    await refer({ code: host.code, userId: friend });
    expect(await referralOf(friend)).toBeUndefined();
    await nobodyEarned(friend);
  });

  it('the same film or purchase again, or by many at once', async () => {
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

  it('saying so: no film, one without a clip that was paid for, one not finished, somebody else’s, no purchase', async () => {
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
    await nobodyEarned(friend.id);
  });

  it('buying, and having the money back before anybody saw', async () => {
    const friend = await joinBy(host.code);
    await buy(friend.id);
    // As the bank's answer is written down: all of it has gone back, and the credits with it.
    const [bought] = await db.select().from(purchases).where(eq(purchases.userId, friend.id));
    await db.batch([
      db.update(purchases).set({ refundedAmount: 500 }).where(eq(purchases.userId, friend.id)),
      db.insert(reversals).values({
        ...{ id: `rev_${unique()}`, userId: friend.id, purchaseId: bought?.id ?? '', seq: 1, credits: 10, moved: 10 },
        ...{ reason: 'refund', reference: 're_1', createdAt: 3 },
      }),
    ]);
    expect(await testServices().credits.rewards.afterPurchase(friend.id)).toBe(false);
    await nobodyEarned(friend.id);
  });

  it('what the settings do not reward', async () => {
    await turn({ referralRewardFor: 'purchase' });
    const friend = await joinBy(host.code);
    expect(
      await testServices().credits.rewards.afterCompletedProject(friend.id, await completeProject(friend.id)),
    ).toBe(false);
    await db.delete(settings);
    await turn({ referralRewardFor: 'film' });
    await buy(friend.id);
    expect(await testServices().credits.rewards.afterPurchase(friend.id)).toBe(false);
    await nobodyEarned(friend.id);
  });

  it.each(["'; DROP TABLE referrals; --", 'aaaaaaaa', 'A', '%00', 'abcdefgh.sig', 'usr_01M82V7TQ5YR65W53FM7XKSQJ3'])(
    'a forged cookie, or the code of nobody: %s',
    async (value) => {
      const friend = await signIn({ cookie: invited(value) });
      expect(await referralOf(friend.id)).toBeUndefined();
      await nobodyEarned(friend.id);
    },
  );
});
