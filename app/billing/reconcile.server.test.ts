import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSignals } from '~/admin/health/signals.server';
import { auditLedger } from '~/credits/audit.server';
import { createDatabase } from '~/db/client.server';
import { defaults } from '~/settings/settings';
import { seedPerson, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer } from '~/testing/stripe';

const day = 86_400_000;
// Each test has its own Stripe account, so its three days hold no sessions of other tests.
let stripe = createTestStripe();
let at = Date.UTC(2027, 0, 1, 3, 10);
beforeEach(async () => {
  stripe = createTestStripe();
  at += 10 * day;
});
const services = (clock = Date.now) => testServices({ fetch: stripe.fetch, clock });
/** Now, one millisecond later at each call, because a run report is stored under its time. */
let moments = 0;
const now = () => Date.now() + ++moments;
const reports = async () => {
  const { results } = await env.DB.prepare("SELECT * FROM house_reports WHERE kind = 'reconcile' ORDER BY at").all();
  return results;
};
const balanceOf = async (userId: string) => (await services().credits.ledger.balance(userId)).balance;
/** The differences of this test's Stripe account. */
const aboutOurs = <One extends { sessionId: string | null }>(found: One[]) =>
  found.filter(({ sessionId }) => sessionId !== null && stripe.sessions.has(sessionId));

describe('the nightly comparison with Stripe’s books', { timeout: 120_000 }, () => {
  it('the comparison grants a paid session whose event was lost, and reports it', async () => {
    const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    const found = aboutOurs(await services().billing.reconcile.run(now()));
    expect(found).toEqual([{ what: 'granted-late', sessionId, purchaseId, detail: 'was open', isMended: true }]);
    expect(await balanceOf(userId)).toBe(15);
    expect(aboutOurs(await services().billing.reconcile.run(now()))).toEqual([]);
    expect(await balanceOf(userId)).toBe(15);
  });

  it('the comparison books a referral reward that broke off after the purchase was booked', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    await services().billing.fulfil(sessionId);
    const host = await seedPerson();
    // The state after such a break: the purchase is paid and the referral is not rewarded.
    const law = await env.DB.prepare("SELECT sql FROM sqlite_schema WHERE name = 'referrals_1_guard'").first<string>(
      'sql',
    );
    await env.DB.batch([
      env.DB.prepare('DROP TRIGGER referrals_1_guard'),
      env.DB.prepare('INSERT INTO referrals (referred_user_id, referrer_user_id, created_at) VALUES (?1, ?2, 1)').bind(
        userId,
        host,
      ),
      env.DB.prepare(law ?? ''),
    ]);
    for (const _ of [1, 2]) {
      expect(aboutOurs(await services().billing.reconcile.run(now()))).toEqual([]);
      expect([await balanceOf(userId), await balanceOf(host)]).toEqual([16, 1]);
    }
  });

  it('the comparison takes back credits of refunds and disputes whose events were lost', async () => {
    const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    await services().billing.fulfil(sessionId);
    stripe.refund(sessionId, 190);
    stripe.dispute(sessionId, 1000);
    const found = aboutOurs(await services().billing.reconcile.run(now()));
    expect(found).toEqual([{ what: 'reversed-late', sessionId, purchaseId, detail: '0 → 1190', isMended: true }]);
    expect(await balanceOf(userId)).toBe(0);
  });

  it('the comparison finds a refund that failed weeks after it was made, and its alert ends once as much went back', async () => {
    const { userId, purchaseId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    await services().billing.fulfil(sessionId);
    const refund = stripe.refund(sessionId, 1190);
    Object.assign(refund, { created: Math.floor(now() / 1000) - 20 * 86_400 });
    await services().billing.reversing.bringUpToDate({ id: purchaseId, userId });
    expect(await balanceOf(userId)).toBe(0);
    stripe.failRefund(refund.id);
    const isAlert = async () => {
      const signals = await readSignals(createDatabase(env.DB), defaults, Date.now());
      return signals.failedRefunds.some((one) => one.purchaseId === purchaseId);
    };
    expect(await isAlert()).toBe(false);
    const found = aboutOurs(await services().billing.reconcile.run(now()));
    expect(found).toEqual([{ what: 'reversed-late', sessionId, purchaseId, detail: '1190 → 0', isMended: true }]);
    expect([await balanceOf(userId), await isAlert()]).toEqual([15, true]);
    stripe.refund(sessionId, 1190);
    await services().billing.reversing.bringUpToDate({ id: purchaseId, userId });
    expect([await balanceOf(userId), await isAlert()]).toEqual([0, false]);
  });

  it('the comparison reports what it cannot mend: paid without a purchase, mismatched, granted unpaid', async () => {
    const [lost, other, unpaid] = [await seedBuyer(stripe), await seedBuyer(stripe), await seedBuyer(stripe)];
    for (const { sessionId } of [lost, other, unpaid]) stripe.pay(sessionId);
    const sessionOf = (id: string) => stripe.sessions.get(id) as Record<string, unknown>;
    sessionOf(lost.sessionId).metadata = { purchase: 'pur_0123456789ABCDEFGHJKMNPQRS', pack: 'film' };
    sessionOf(other.sessionId).amount_total = 1;
    await services().billing.fulfil(unpaid.sessionId);
    sessionOf(unpaid.sessionId).payment_status = 'unpaid';
    const found = aboutOurs(await services().billing.reconcile.run(now()));
    expect(found.map(({ what, sessionId, isMended }) => [what, sessionId, isMended])).toEqual(
      expect.arrayContaining([
        ['paid-without-purchase', lost.sessionId, false],
        ['not-granted', other.sessionId, false],
        ['granted-unpaid', unpaid.sessionId, false],
      ]),
    );
    expect([await balanceOf(lost.userId), await balanceOf(other.userId)]).toEqual([0, 0]);
    const [report] = (await reports()).slice(-1);
    expect(report).toMatchObject({ ok: 0, differences: expect.stringContaining('paid-without-purchase') });
  });

  it('the comparison ignores sessions of another shop on the same account', async () => {
    const { sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    Object.assign(stripe.sessions.get(sessionId) as object, { metadata: {}, client_reference_id: null });
    expect(aboutOurs(await services().billing.reconcile.run(now()))).toEqual([]);
  });

  it('the comparison reads all pages of sessions', async () => {
    for (const session of Array.from({ length: 230 }, (_, index) => `cs_test_filler${index}`))
      stripe.sessions.set(session, { id: session, metadata: {}, created: Math.floor(Date.now() / 1000) } as never);
    const buyers = [await seedBuyer(stripe), await seedBuyer(stripe)];
    for (const { sessionId } of buyers) stripe.pay(sessionId);
    // The oldest session is on the last page.
    const [[oldestId, oldest] = ['', undefined]] = [...stripe.sessions].slice(-1);
    stripe.sessions.delete(oldestId);
    const rest = [...stripe.sessions];
    stripe.sessions.clear();
    for (const [id, session] of [[oldestId, oldest], ...rest] as const) stripe.sessions.set(id, session as never);
    const found = aboutOurs(await services().billing.reconcile.run(now()));
    expect(found.map(({ what }) => what)).toEqual(['granted-late', 'granted-late']);
    expect(stripe.calls.filter((call) => call === 'GET /v1/checkout/sessions')).toHaveLength(3);
  });

  it('the comparison expires unpaid purchases and purchases without a session after a day', async () => {
    const expired = await seedBuyer(stripe);
    stripe.expire(expired.sessionId);
    stripe.trouble = () => new Response('', { status: 503 });
    const request = { ...expired.asked, requestKey: crypto.randomUUID() };
    expect(await services().billing.checkout(request)).toEqual({ outcome: 'unavailable' });
    stripe.trouble = null;
    const tomorrow = Date.now() + day + 60_000;
    await services(() => tomorrow).billing.reconcile.run(tomorrow);
    const { results } = await env.DB.prepare('SELECT state FROM purchases WHERE user_id = ?1')
      .bind(expired.userId)
      .all();
    expect(results).toEqual([{ state: 'expired' }, { state: 'expired' }]);
  });

  it('the comparison settles a payment that a bank confirms days later', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    stripe.payLater(sessionId);
    await services().billing.fulfil(sessionId);
    stripe.settle(sessionId);
    // After five days the session is too old for the list; the pending purchase is checked by itself.
    const later = Date.now() + 5 * day;
    const found = aboutOurs(await services(() => later).billing.reconcile.run(later));
    expect(found).toMatchObject([{ what: 'granted-late', detail: 'was pending', isMended: true }]);
    expect(await balanceOf(userId)).toBe(15);
  });

  it('the comparison books the fee that Stripe had not told when the payment was booked, in the currency of the balance', async () => {
    const feesOf = async (purchaseId: string) => {
      const read =
        'SELECT source, fee, currency, is_estimate AS isEstimate FROM stripe_fees WHERE purchase_id = ?1 ORDER BY fee';
      return (await env.DB.prepare(read).bind(purchaseId).all()).results;
    };
    stripe.fee = { fee: 41, currency: 'eur' };
    const told = await seedBuyer(stripe);
    stripe.pay(told.sessionId);
    await services().billing.fulfil(told.sessionId);
    stripe.fee = null;
    const { purchaseId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    await services().billing.fulfil(sessionId);
    const estimate = [{ source: 'payment', fee: 43, currency: 'eur', isEstimate: 1 }];
    expect(await feesOf(purchaseId)).toEqual(estimate);
    await services().billing.reconcile.run(now());
    expect(await feesOf(told.purchaseId)).toEqual([{ source: 'payment', fee: 41, currency: 'eur', isEstimate: 0 }]);
    expect(await feesOf(purchaseId)).toEqual(estimate);
    stripe.tellFee(sessionId, { fee: 64, currency: 'usd' });
    for (const _ of [1, 2]) {
      await services().billing.reconcile.run(now());
      expect(await feesOf(purchaseId)).toEqual([{ source: 'payment', fee: 64, currency: 'usd', isEstimate: 0 }]);
    }
    // A dispute has a fee of its own, booked once however often it is read.
    stripe.dispute(sessionId, 1190);
    for (const _ of [1, 2]) await services().billing.reconcile.run(now());
    const ofDispute = { source: expect.stringMatching(/^txn_/), fee: 2000, currency: 'eur', isEstimate: 0 };
    expect(await feesOf(purchaseId)).toEqual([expect.objectContaining({ fee: 64 }), ofDispute]);
  });

  it('the comparison runs once a night, and again in the next minute if Stripe did not answer', async () => {
    const { reconcile } = services().billing;
    expect(await reconcile.nightly(at - 3_600_000)).toBe('not-now');
    stripe.trouble = () => new Response('', { status: 503 });
    await expect(reconcile.nightly(at)).rejects.toThrow();
    stripe.trouble = null;
    expect(await reconcile.nightly(at + 60_000)).toBe('done');
    expect(await reconcile.nightly(at + 120_000)).toBe('not-now');
    expect(await reconcile.nightly(at + day)).toBe('done');
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('the comparison goes on after an error with one session, and reports it', async () => {
    const [first, second] = [await seedBuyer(stripe), await seedBuyer(stripe)];
    for (const { sessionId } of [first, second]) stripe.pay(sessionId);
    stripe.trouble = (call) => (call.includes(first.sessionId) ? new Response('', { status: 503 }) : undefined);
    const found = aboutOurs(await services().billing.reconcile.run(now()));
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: 'not-checked', sessionId: first.sessionId, isMended: false }),
        expect.objectContaining({ what: 'granted-late', sessionId: second.sessionId }),
      ]),
    );
    stripe.trouble = null;
  });
});
