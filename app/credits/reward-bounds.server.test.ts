// What people try for rewards without end: every film on the same networks, a new account for a fresh cap, a suspended
// host, and a purchase whose money goes back after it earned.
import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { creditEntries, generations, referrals, users } from '~/db/schema.server';
import { clearSettings, closeAccount, seedPerson, seedProject, seedSettings, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer } from '~/testing/stripe';
import { auditLedger } from './audit.server';
import { entryInWords } from './entry-words';

const { db, credits } = testServices();
const start = Date.now();
const dayMilliseconds = 24 * 3_600_000;
const stripe = createTestStripe();
let serial = 0;
const unique = () => `${++serial}`.padStart(26, '0');
let owner = '';

beforeEach(async () => {
  await clearSettings();
  owner = await seedPerson({ credits: 50, accountHash: `owner-${unique()}` });
});

const balance = async (userId: string) => (await credits.ledger.balance(userId)).balance;
const entriesOf = (userId: string) => credits.ledger.entries({ userId, limit: 20 });
const shareCreditsOf = async (userId: string) =>
  (await db.select().from(creditEntries).where(eq(creditEntries.userId, userId))).filter(({ kind }) => kind === 'share')
    .length;
/** The product's services with their clock `day` days after the start. */
const at = (day: number, seconds = 0) => testServices({ clock: () => start + day * dayMilliseconds + seconds * 1000 });
const visitor = (network: number) =>
  new Request(env.APP_ORIGIN, { headers: { 'CF-Connecting-IP': `203.0.${network}.7`, 'User-Agent': 'Safari' } });

/** A film of this person with a clip that credits paid, and its share, made on the network 250. */
async function shareFilm(userId: string, day = 0): Promise<string> {
  const { projectId, clipIds } = await seedProject({ userId });
  const [id, clipId = ''] = [`gen_${unique()}`, clipIds[0]];
  const made = { provider: 'p', model: 'm', presetId: 'gentle', words: '', prompt: 'x', shape: '9:16' } as const;
  const rest = { frameX: 0.5, frameY: 0.5, frameZoom: 1, stateAt: 1, deadlineAt: 2, createdAt: 1, durationSeconds: 5 };
  await db.insert(generations).values({ id, userId, clipId, requestKey: id, cost: 1, ...made, ...rest });
  for (const step of [
    { state: 'submitting', submitNonce: 'n', submits: 1 },
    { state: 'generating', providerTaskId: id },
    { state: 'copying' },
    { state: 'ready', mediaKey: `u/${userId}/g/${id}.mp4`, mediaBytes: 4 },
  ] as const)
    await db.update(generations).set(step).where(eq(generations.id, id));
  await testServices().projects.clips.approve({ userId, clipId, generationId: id });
  const answer = await at(day).projects.shares.create({ userId, projectId, request: visitor(250) });
  if (answer.outcome !== 'shared') throw new Error(answer.outcome);
  return answer.share.id;
}

/** Opens the page on this network, presses play and stays to the end of the film. */
async function watch(shareId: string, network: number, day = 0): Promise<void> {
  const request = visitor(network);
  const of = { share: { id: shareId, userId: owner }, seconds: 8, visitorId: null, request };
  const begun = await at(day, 1).projects.visits.take({
    ...of,
    ticket: at(day).projects.visits.open({ shareId, request }),
  });
  if (begun.outcome === 'started') await at(day, 11).projects.visits.take({ ...of, ticket: begun.ticket });
}
async function watchFrom(shareId: string, networks: readonly number[], day = 0): Promise<void> {
  for (const network of networks) await watch(shareId, network, day);
}

describe('share rewards', () => {
  it('a network counts for one film of an owner in 30 days, however many films it watches', async () => {
    for (let film = 0; film < 4; film += 1) await watchFrom(await shareFilm(owner), [1, 2, 3]);
    expect(await shareCreditsOf(owner)).toBe(1);
    await watchFrom(await shareFilm(owner, 31), [1, 2, 3], 31);
    expect(await shareCreditsOf(owner)).toBe(2);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('an owner is rewarded for at most the films of the settings in 30 days, whatever the networks', async () => {
    await seedSettings({ shareRewardsPerMonth: 2, shareViewers: 1 });
    for (let film = 0; film < 5; film += 1) await watch(await shareFilm(owner), 10 + film);
    expect(await shareCreditsOf(owner)).toBe(2);
    await watch(await shareFilm(owner, 31), 20, 31);
    expect(await shareCreditsOf(owner)).toBe(3);
  });

  it('networks and cap go on after the account was deleted and made again', async () => {
    await seedSettings({ shareRewardsPerMonth: 2, shareViewers: 1 });
    await watch(await shareFilm(owner), 30);
    const [{ accountHash } = { accountHash: null }] = await db.select().from(users).where(eq(users.id, owner));
    await closeAccount(owner);
    owner = await seedPerson({ credits: 50, accountHash });
    for (const network of [30, 31, 32]) await watch(await shareFilm(owner), network);
    expect(await shareCreditsOf(owner)).toBe(1);
  });

  it('the owner’s own network does not count for any film, and a suspended owner earns nothing', async () => {
    await seedSettings({ shareViewers: 1 });
    const shareId = await shareFilm(owner);
    await watch(shareId, 250);
    expect(await shareCreditsOf(owner)).toBe(0);
    await db.update(users).set({ suspendedAt: start }).where(eq(users.id, owner));
    await watch(shareId, 40);
    expect(await shareCreditsOf(owner)).toBe(0);
  });
});

describe('referral rewards', () => {
  /** A person with a friend who signed up by their code. */
  async function invite() {
    const [host, friend] = [await seedPerson(), await seedPerson({ createdAt: 2 })];
    await db.insert(referrals).values({ referredUserId: friend, referrerUserId: host, createdAt: 3 });
    return { host, friend };
  }
  async function buy(userId: string): Promise<string> {
    const { sessionId } = await seedBuyer(stripe, { packId: 'moment', userId });
    stripe.pay(sessionId);
    await tell('checkout.session.completed', stripe.sessions.get(sessionId) as Record<string, unknown>);
    return sessionId;
  }
  const tell = async (type: string, object: Record<string, unknown>) =>
    testServices({ fetch: stripe.fetch }).billing.events.take(await stripe.event(type, object));

  it('a suspended host and their friend are not rewarded, and the link promises nothing', async () => {
    const { host, friend } = await invite();
    const code = await credits.rewards.code(host);
    await db.update(users).set({ suspendedAt: 5 }).where(eq(users.id, host));
    await buy(friend);
    expect([await balance(host), await balance(friend)]).toEqual([0, 5]);
    expect((await testServices().credits.rewards.invitation(code))?.promise ?? null).toBeNull();
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('both rewards go when the purchase that earned them is refunded in full, and the history says why', async () => {
    const { host, friend } = await invite();
    const sessionId = await buy(friend);
    expect([await balance(host), await balance(friend)]).toEqual([1, 6]);
    stripe.refund(sessionId, 200);
    await tell('charge.refunded', stripe.chargeOf(sessionId));
    expect(await balance(host)).toBe(1);
    const refund = stripe.refund(sessionId, 290);
    await tell('charge.refunded', stripe.chargeOf(sessionId));
    await tell('charge.refunded', stripe.chargeOf(sessionId));
    expect([await balance(host), await balance(friend)]).toEqual([0, 0]);
    const [newest] = await entriesOf(host);
    expect(newest).toMatchObject({ kind: 'clawback', delta: -1, reference: refund.id });
    expect(newest && entryInWords(newest)).toEqual({
      what: 'Taken back: a friend’s payment was refunded',
      why: 'It had earned you the credit for inviting them.',
    });
    const own = (await entriesOf(friend)).find(({ key }) => key.endsWith(':friend'));
    expect(own && entryInWords(own)).toEqual({
      what: 'Taken back: payment refunded',
      why: 'It had earned you the credit for coming by an invitation.',
    });
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('what was spent stays spent, and a dispute that is won brings back what was taken', async () => {
    await seedSettings({ referrerCredits: 3 });
    const { host, friend } = await invite();
    const sessionId = await buy(friend);
    await credits.ledger.grant({
      key: `adjustment:${host}`,
      userId: host,
      credits: -2,
      kind: 'adjustment',
      reference: 'x',
    });
    const dispute = stripe.dispute(sessionId, 490);
    await tell('charge.dispute.created', dispute);
    expect(await balance(host)).toBe(0);
    const [newest] = await entriesOf(host);
    expect(newest).toMatchObject({ kind: 'clawback', delta: -1, reference: dispute.id });
    expect(newest && entryInWords(newest)).toEqual({
      what: 'Taken back: a friend’s payment was disputed',
      why: 'It had earned you the credits for inviting them. 2 more had been spent already.',
    });
    stripe.closeDispute(dispute.id, 'won');
    await tell('charge.dispute.closed', stripe.disputes.get(dispute.id) as Record<string, unknown>);
    expect(await balance(host)).toBe(1);
    const [back] = await entriesOf(host);
    expect(back && entryInWords(back)).toEqual({ what: 'Given back', why: 'A friend’s payment stands after all.' });
    expect(await auditLedger(env.DB)).toEqual([]);
  });
});
