// Purchases that were lost because D1 was restored to an earlier time are granted again, once, and nothing else is.
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { seedPerson, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer, seedLostBuyer } from '~/testing/stripe';

let stripe = createTestStripe();
const services = () => testServices({ fetch: stripe.fetch });
beforeEach(() => {
  stripe = createTestStripe();
});
afterEach(async () => expect(await auditLedger(env.DB)).toEqual([]));

type Lost = Awaited<ReturnType<typeof seedLostBuyer>>;

async function seedLost(options: Parameters<typeof seedLostBuyer>[1] = {}): Promise<Lost> {
  const lost = await seedLostBuyer(stripe, options);
  stripe.pay(lost.sessionId);
  return lost;
}
const fulfil = ({ sessionId }: Lost) => services().billing.fulfil(sessionId);
const settle = ({ userId, purchaseId }: Lost, named: string) =>
  services().billing.settle({ userId, purchaseId, named });
async function takeEvent(type: string, object: Record<string, unknown>) {
  const { body, signature } = await stripe.event(type, object);
  return services().billing.events.take({ body, signature });
}
let moments = 0;
/** The differences that the comparison finds for this test's Stripe account. */
async function compare() {
  const found = await services().billing.reconcile.run(Date.now() + ++moments);
  return found.filter(({ sessionId }) => stripe.sessions.has(sessionId ?? ''));
}
const allOf = async (table: 'purchases' | 'credit_entries' | 'reversals') =>
  (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results;
const books = async () => JSON.stringify(await Promise.all((['purchases', 'credit_entries'] as const).map(allOf)));
const grantsOf = async (userId: string) =>
  (await allOf('credit_entries')).filter((row) => row.user_id === userId).map(({ key, delta }) => [key, delta]);

describe('a paid session whose purchase the database has lost', { timeout: 120_000 }, () => {
  it.each([
    ['an event that comes again', ({ session }: Lost) => takeEvent('checkout.session.completed', session)],
    ['the page that Stripe leads back to', (lost: Lost) => settle(lost, lost.sessionId)],
    ['the comparison of the books', () => compare()],
  ])('a lost purchase is granted again by %s, under its own id and once', async (_by, grant) => {
    const lost = await seedLost();
    const { userId, purchaseId, sessionId } = lost;
    await grant(lost);
    await grant(lost);
    expect(await grantsOf(userId)).toEqual([[`stripe:${sessionId}`, 15]]);
    const view = await services().billing.find({ userId, purchaseId });
    expect(view).toMatchObject({ state: 'paid', packId: 'film', credits: 15, amount: 1190, currency: 'eur' });
    expect(view).toMatchObject({ createdAt: Number(lost.session.created) * 1000, returnTo: '/projects' });
    expect(await compare()).toEqual([]);
  });

  it('a lost purchase is granted once by hundreds of concurrent calls', async () => {
    const lost = await seedLost();
    const ways = [
      () => fulfil(lost),
      () => settle(lost, lost.sessionId),
      () => takeEvent('checkout.session.completed', lost.session),
    ];
    await Promise.all([compare(), ...Array.from({ length: 100 }, (_, turn) => ways[turn % 3]?.())]);
    expect(await grantsOf(lost.userId)).toEqual([[`stripe:${lost.sessionId}`, 15]]);
  });

  it('a lost purchase is reported by the comparison as mended', async () => {
    const { sessionId, purchaseId } = await seedLost();
    const mended = { what: 'granted-again', sessionId, purchaseId, detail: '1190 eur', isMended: true };
    expect(await compare()).toEqual([mended]);
  });

  it('a lost purchase brings the credits of its metadata, not those of the pack today', async () => {
    const lost = await seedLost();
    Object.assign(lost.session, { amount_total: 900, metadata: { ...lost.metadata, credits: '12', amount: '900' } });
    expect(await fulfil(lost)).toBe('paid');
    expect(await grantsOf(lost.userId)).toEqual([[`stripe:${lost.sessionId}`, 12]]);
  });

  it('a lost purchase without an offer in its metadata is granted at the price of its pack', async () => {
    for (const [amount_total, outcome] of [
      [1190, 'paid'],
      [1090, 'foreign'],
    ] as const) {
      const lost = await seedLost();
      const { credits: _credits, amount: _amount, ...metadata } = lost.metadata;
      Object.assign(lost.session, { amount_total, metadata });
      expect(await fulfil(lost)).toBe(outcome);
    }
  });

  it('a lost purchase loses what was refunded or disputed, whichever event comes first', async () => {
    const lost = await seedLost({ credits: 1 });
    const refund = stripe.refund(lost.sessionId, 595);
    await takeEvent('refund.created', refund);
    expect(await grantsOf(lost.userId)).toEqual([
      [`adjustment:${lost.userId}`, 1],
      [`stripe:${lost.sessionId}`, 15],
      [expect.stringContaining('clawback:'), -7],
    ]);
    stripe.dispute(lost.sessionId, 595);
    await compare();
    expect((await services().credits.ledger.balance(lost.userId)).balance).toBe(1);
  });

  it('a second session of a lost purchase is not granted', async () => {
    const lost = await seedLost();
    stripe.sessions.set('cs_test_twin', { ...lost.session, id: 'cs_test_twin' } as never);
    expect(await fulfil(lost)).toBe('paid');
    expect(await services().billing.fulfil('cs_test_twin')).toBe('mismatch');
    expect(await grantsOf(lost.userId)).toHaveLength(1);
  });
});

describe('nothing is written and no credit moves', { timeout: 120_000 }, () => {
  const inMetadata = (changed: object) => async (lost: Lost) => ({ metadata: { ...lost.metadata, ...changed } });
  const inSession = (changed: object) => async () => changed;
  const offering = (credits: string, amount = '1190') => inMetadata({ credits, amount });

  it.each<[string, (lost: Lost) => Promise<object>]>([
    ['for another shop on the same account', inSession({ metadata: {}, client_reference_id: null })],
    ['for another shop that names purchases too', inSession({ metadata: { purchase: 'order-7', user: 'ada' } })],
    ['where the metadata names another person', async (lost) => inMetadata({ user: await seedPerson() })(lost)],
    ['where the session belongs to another person', async () => ({ client_reference_id: await seedPerson() })],
    ['where no person is named', inSession({ client_reference_id: null })],
    [
      'for an unknown person',
      async (lost) => {
        const user = `usr_${'Z'.repeat(26)}`;
        return { client_reference_id: user, ...(await inMetadata({ user })(lost)) };
      },
    ],
    ['under the id of a person', inMetadata({ purchase: `usr_${'0'.repeat(26)}` })],
    ['under a malformed id', inMetadata({ purchase: "pur_' OR 1=1 --" })],
    ['under no id', inMetadata({ purchase: '' })],
    [
      'under the id of another person’s purchase',
      async (lost) => inMetadata({ purchase: (await seedBuyer(stripe)).purchaseId })(lost),
    ],
    ['for an unknown pack', inMetadata({ pack: 'constructor' })],
    ['for a subscription', inSession({ mode: 'subscription' })],
    ['in another currency', inSession({ currency: 'jpy' })],
    ['without a currency', inSession({ currency: null })],
    ['where less was paid than was asked', inSession({ amount_total: 1 })],
    ['where nothing was paid', async (lost) => ({ amount_total: 0, ...(await offering('15', '0')(lost)) })],
    ['for a price that is none', async (lost) => ({ amount_total: -5, ...(await offering('15', '-5')(lost)) })],
    ['for a price in fractions', async (lost) => ({ amount_total: 1.5, ...(await offering('15', '1.5')(lost)) })],
    ['for no amount at all', inSession({ amount_total: null })],
    ['for credits without their price', async ({ metadata: { amount: _, ...rest } }) => ({ metadata: rest })],
    ...['0', '-15', '1.5', '1e3', '015', ' 15', '0x0f', 'NaN', '', '41', '9999999999', '15; DROP TABLE'].map(
      (credits): [string, (lost: Lost) => Promise<object>] => [`for "${credits}" credits`, offering(credits)],
    ),
  ])('no purchase is restored %s', async (_what, change) => {
    const lost = await seedLost();
    Object.assign(lost.session, await change(lost));
    const before = await books();
    expect(await fulfil(lost)).toBe('foreign');
    expect(await takeEvent('checkout.session.completed', lost.session)).toBe('done');
    expect(await settle(lost, lost.sessionId)).toBeNull();
    const isOurs = Boolean((lost.session.metadata as Record<string, string>).purchase);
    expect((await compare()).map(({ what }) => what)).toEqual(isOurs ? ['paid-without-purchase'] : []);
    expect(await books()).toBe(before);
  });

  it('a purchase that is restored for a person who deleted the account is refunded', async () => {
    const lost = await seedLost();
    await services().auth.deleteAccount(lost.userId);
    expect(await fulfil(lost)).toBe('paid');
    const charge = stripe.chargeOf(lost.sessionId);
    expect(charge.amount_refunded).toBe(charge.amount);
    expect((await services().credits.ledger.balance(lost.userId)).balance).toBe(0);
  });

  it('no purchase is restored while its session is unpaid, however it ends', async () => {
    const seed = () => seedLostBuyer(stripe);
    const [open, later, failed, expired] = [await seed(), await seed(), await seed(), await seed()];
    stripe.payLater(later.sessionId);
    stripe.payLater(failed.sessionId);
    stripe.fail(failed.sessionId);
    stripe.expire(expired.sessionId);
    const before = await books();
    for (const lost of [open, later, failed, expired]) {
      expect(await fulfil(lost)).toBe('foreign');
      expect(await settle(lost, lost.sessionId)).toBeNull();
    }
    expect(await compare()).toEqual([]);
    expect(await books()).toBe(before);
    // The bank confirms the payment later.
    stripe.settle(later.sessionId);
    expect(await fulfil(later)).toBe('paid');
  });

  it('a session in another person’s address restores the purchase for its owner', async () => {
    const lost = await seedLost();
    const stranger = await seedPerson();
    expect(await settle({ ...lost, userId: stranger }, lost.sessionId)).toBeNull();
    expect([(await grantsOf(stranger)).length, (await grantsOf(lost.userId)).length]).toEqual([0, 1]);
  });

  it('no purchase is restored for an address without a session, or with one that Stripe does not know', async () => {
    const lost = await seedLost();
    for (const named of ['', 'paid', '../charges', 'cs_test_none', `cs_${'x'.repeat(300)}`])
      expect(await settle(lost, named)).toBeNull();
    expect(stripe.calls.filter((call) => call.startsWith('GET'))).toEqual(['GET /v1/checkout/sessions/cs_test_none']);
  });

  it('no purchase is restored while Stripe does not answer, and the event is sent again', async () => {
    const lost = await seedLost();
    stripe.trouble = () => new Response('', { status: 503 });
    await expect(takeEvent('checkout.session.completed', lost.session)).rejects.toThrow();
    expect(await settle(lost, lost.sessionId)).toBeNull();
    stripe.trouble = null;
    expect(await fulfil(lost)).toBe('paid');
  });
});
