// Checkouts of one person that are open at the same time, and payments of people who have left.
import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { creditEntries, purchases, users } from '~/db/schema.server';
import { seedPerson, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer } from '~/testing/stripe';
import { mostOpenCheckouts } from './purchases';

const stripe = createTestStripe();
let ahead = 0;
const services = () => testServices({ fetch: stripe.fetch, clock: () => Date.now() + ahead });
const { db } = services();
afterEach(async () => {
  stripe.trouble = null;
  ahead = 0;
  expect(await auditLedger(env.DB)).toEqual([]);
});

const rowsOf = (userId: string) => db.select().from(purchases).where(eq(purchases.userId, userId));
const openAtStripe = async (userId: string) =>
  [...stripe.sessions.values()].filter(
    ({ status, client_reference_id }) => status === 'open' && client_reference_id === userId,
  );
const setOut = (userId: string, more: { email?: string } = {}) =>
  services().billing.checkout({
    ...{ userId, email: 'ada@example.com', packId: 'film', requestKey: crypto.randomUUID(), returnTo: '/projects' },
    ...more,
  });
const leave = (userId: string) => db.update(users).set({ deletedAt: Date.now() }).where(eq(users.id, userId));
const eventOf = async (type: string, sessionId: string) => {
  const session = stripe.sessions.get(sessionId);
  const { body, signature } = await stripe.event(type, session ?? {});
  return services().billing.events.take({ body, signature });
};

describe('open checkouts of one person', { timeout: 120_000 }, () => {
  it('open checkouts are five at most: the oldest end at Stripe and here', async () => {
    const userId = await seedPerson();
    for (let turn = 0; turn < mostOpenCheckouts + 3; turn += 1) expect((await setOut(userId)).outcome).toBe('redirect');
    expect(await openAtStripe(userId)).toHaveLength(mostOpenCheckouts);
    const states = (await rowsOf(userId)).sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ state }) => state);
    expect(states).toEqual([...Array(3).fill('expired'), ...Array(mostOpenCheckouts).fill('open')]);
  });

  it('open checkouts are five at most when a hundred begin at the same time', async () => {
    const userId = await seedPerson();
    await Promise.all(Array.from({ length: 100 }, () => setOut(userId)));
    expect((await openAtStripe(userId)).length).toBeLessThanOrEqual(mostOpenCheckouts);
    const open = (await rowsOf(userId)).filter(({ state }) => state === 'open');
    expect(open.length).toBeLessThanOrEqual(mostOpenCheckouts);
  });

  it('open checkouts are counted over the accounts of one Google account', async () => {
    const accountHash = 'a-google-account';
    const before = await seedPerson({ accountHash });
    for (let turn = 0; turn < mostOpenCheckouts; turn += 1) await setOut(before);
    await leave(before);
    await services().auth.deletion.close(before);
    const again = await seedPerson({ accountHash });
    await setOut(again);
    expect([...(await openAtStripe(before)), ...(await openAtStripe(again))]).toHaveLength(mostOpenCheckouts);
  });

  it('a checkout that was paid meanwhile is booked, not ended', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    for (let turn = 1; turn < mostOpenCheckouts; turn += 1) await setOut(userId);
    stripe.pay(sessionId);
    expect((await setOut(userId)).outcome).toBe('redirect');
    const grants = await db.select().from(creditEntries).where(eq(creditEntries.userId, userId));
    expect(grants.map(({ key }) => key)).toEqual([`stripe:${sessionId}`]);
    expect(await openAtStripe(userId)).toHaveLength(mostOpenCheckouts);
  });

  it('a checkout whose session was made but whose answer was lost is ended with its session', async () => {
    const userId = await seedPerson();
    stripe.trouble = (call, then) => {
      if (call !== 'POST /v1/checkout/sessions') return undefined;
      then();
      throw new Error('the answer is lost');
    };
    expect((await setOut(userId)).outcome).toBe('unavailable');
    stripe.trouble = null;
    expect(await openAtStripe(userId)).toHaveLength(1);
    ahead += 120_000;
    for (let turn = 0; turn < mostOpenCheckouts; turn += 1) await setOut(userId);
    expect(await openAtStripe(userId)).toHaveLength(mostOpenCheckouts);
    expect((await rowsOf(userId)).filter(({ state }) => state === 'expired')).toHaveLength(1);
  });

  it('no further checkout begins while Stripe does not answer', async () => {
    const userId = await seedPerson();
    for (let turn = 0; turn < mostOpenCheckouts; turn += 1) await setOut(userId);
    stripe.trouble = () => {
      throw new Error('no connection');
    };
    expect((await setOut(userId)).outcome).toBe('unavailable');
    expect(await rowsOf(userId)).toHaveLength(mostOpenCheckouts);
  });

  it('open checkouts end with the account', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    await services().billing.endCheckouts(userId);
    expect(stripe.sessions.get(sessionId)?.status).toBe('expired');
    expect((await rowsOf(userId)).map(({ state }) => state)).toEqual(['expired']);
  });
});

describe('a purchase that is paid after its account was deleted', { timeout: 120_000 }, () => {
  it.each(['checkout.session.completed', 'checkout.session.async_payment_succeeded'])(
    'a payment after the account’s end is refunded in full, once, by the event %s',
    async (type) => {
      const { userId, sessionId } = await seedBuyer(stripe);
      await leave(userId);
      stripe.pay(sessionId);
      await Promise.all([eventOf(type, sessionId), eventOf(type, sessionId)]);
      await eventOf(type, sessionId);
      const charge = stripe.chargeOf(sessionId);
      expect(charge.amount_refunded).toBe(charge.amount);
      const [row] = await rowsOf(userId);
      expect(row).toMatchObject({ state: 'paid', refundedAmount: charge.amount });
      expect((await services().credits.ledger.balance(userId)).balance).toBe(0);
    },
  );

  it('a payment that arrives after the deletion was taken back is booked as any other', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    await services().auth.deletion.ask(userId);
    expect(await services().auth.deletion.takeBack(userId)).toBe(true);
    stripe.pay(sessionId);
    await eventOf('checkout.session.completed', sessionId);
    expect(stripe.chargeOf(sessionId).amount_refunded).toBe(0);
    expect((await services().credits.ledger.balance(userId)).balance).toBeGreaterThan(0);
  });

  it('a payment after the account’s end is refunded by the nightly comparison when every event was lost', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    await leave(userId);
    stripe.pay(sessionId);
    await services().billing.reconcile.run(Date.now());
    const charge = stripe.chargeOf(sessionId);
    expect(charge.amount_refunded).toBe(charge.amount);
  });

  it('a payment after the account’s end is refunded later when Stripe did not take the refund at first', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    await leave(userId);
    stripe.pay(sessionId);
    stripe.trouble = (call) =>
      call === 'POST /v1/refunds' ? Response.json({ error: { message: 'try later' } }, { status: 500 }) : undefined;
    await expect(eventOf('checkout.session.completed', sessionId)).rejects.toThrow();
    const found = await services().billing.reconcile.run(Date.now());
    expect(found).toContainEqual(expect.objectContaining({ sessionId, isMended: false }));
    stripe.trouble = null;
    await eventOf('checkout.session.completed', sessionId);
    const charge = stripe.chargeOf(sessionId);
    expect(charge.amount_refunded).toBe(charge.amount);
  });

  it('a payment whose refund the bank returned is named to the owner', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    await leave(userId);
    stripe.pay(sessionId);
    await eventOf('checkout.session.completed', sessionId);
    const [refund] = [...stripe.refunds.values()].filter(
      ({ payment_intent }) => payment_intent === stripe.sessions.get(sessionId)?.payment_intent,
    );
    stripe.failRefund(refund?.id ?? '');
    const { body, signature } = await stripe.event('refund.failed', refund ?? {});
    await services().billing.events.take({ body, signature });
    const found = await services().billing.reconcile.run(Date.now());
    expect(found).toContainEqual(expect.objectContaining({ what: 'paid-after-leaving', sessionId, isMended: false }));
  });

  it('a purchase that was paid before is not refunded', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    await eventOf('checkout.session.completed', sessionId);
    await leave(userId);
    await eventOf('checkout.session.completed', sessionId);
    expect(stripe.chargeOf(sessionId).amount_refunded).toBe(0);
  });
});

describe('a refund of a part', { timeout: 120_000 }, () => {
  it('a partial refund takes whole credits only once they are refunded whole, and all of them for all the money', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    await eventOf('checkout.session.completed', sessionId);
    const charge = stripe.chargeOf(sessionId);
    const back = async (amount: number) => {
      stripe.refund(sessionId, amount);
      const { body, signature } = await stripe.event('charge.refunded', charge);
      await services().billing.events.take({ body, signature });
      return (await services().credits.ledger.balance(userId)).balance;
    };
    const [{ credits = 0 } = {}] = await rowsOf(userId);
    expect(await back(1)).toBe(credits);
    const perCredit = Math.ceil(charge.amount / credits);
    expect(await back(perCredit - 2)).toBe(credits);
    expect(await back(1)).toBe(credits - 1);
    expect(await back(charge.amount - charge.amount_refunded - 1)).toBe(1);
    expect(await back(1)).toBe(0);
  });
});
