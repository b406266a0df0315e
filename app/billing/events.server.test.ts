import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { auditLedger } from '~/credits/audit.server';
import { creditEntries, stripeEvents as eventsTable, purchases, referrals, reversals } from '~/db/schema.server';
import { createServices } from '~/services.server';
import { breaks, createCrash } from '~/testing/crash';
import { seedPerson, testConfig, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer } from '~/testing/stripe';

const stripe = createTestStripe();
const {
  db,
  billing: { events: stripeEvents },
  billing,
  credits: { ledger },
} = testServices({ fetch: stripe.fetch });

type Told = { type: string; object: Record<string, unknown> };
const sessionOf = (sessionId: string) => stripe.sessions.get(sessionId) as Record<string, unknown>;
const take = async ({ type, object }: Told) => stripeEvents.take(await stripe.event(type, object));

/** A person with a pending referral: their first purchase rewards them and the referrer. */
async function invited(): Promise<string> {
  const [host, friend] = [await seedPerson(), await seedPerson({ createdAt: 2 })];
  await db.insert(referrals).values({ referredUserId: friend, referrerUserId: host, createdAt: 3 });
  return friend;
}

describe('whatever breaks off while an event is taken in', { timeout: 240_000 }, () => {
  it.each(['checkout.session.completed', 'charge.refunded'])(
    'an event %s that breaks off at any call is done once after Stripe sends it again',
    async (type) => {
      let broken = 0;
      for (const when of breaks)
        for (let at = 0; ; at += 1) {
          const { userId, sessionId } = await seedBuyer(stripe, { packId: 'moment', userId: await invited() });
          stripe.pay(sessionId);
          if (type === 'charge.refunded') stripe.refund(sessionId, 245);
          const object = type === 'charge.refunded' ? stripe.chargeOf(sessionId) : sessionOf(sessionId);
          const signed = await stripe.event(type, object);
          const dying = createCrash({ at, when, fetch: stripe.fetch });
          const services = createServices({ env: dying.env, config: testConfig(), fetch: dying.fetch });
          const first = await services.billing.events.take(signed).catch(() => 'broken off');
          if (!dying.crash.isReached) break;
          broken += Number(first === 'broken off');
          expect([at, when, await stripeEvents.take(signed)]).toEqual([at, when, 'done']);
          // The credits bought, less those reversed, and one credit of the referral.
          const credits = (type === 'charge.refunded' ? 3 : 5) + 1;
          expect([at, when, (await ledger.balance(userId)).balance]).toEqual([at, when, credits]);
          const entries = await db.select().from(creditEntries).where(eq(creditEntries.userId, userId));
          const told = entries.map(({ kind }) => kind).sort();
          expect(told).toEqual([...(type === 'charge.refunded' ? ['clawback'] : []), 'purchase', 'referral']);
          const [noted] = await db.select().from(eventsTable).where(eq(eventsTable.id, signed.id));
          expect(noted).toMatchObject({ type, outcome: expect.stringMatching(/^(paid|reversed)$/) });
          expect(noted?.doneAt).not.toBeNull();
        }
      // Each call of the work was the last one before the break once.
      expect(broken).toBeGreaterThan(10);
      expect(await auditLedger(env.DB)).toEqual([]);
    },
  );
});

describe('events in every order', { timeout: 240_000 }, () => {
  const orders = <Item>(items: readonly Item[]): Item[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));

  it('events of one purchase come to the same end in every order of delivery', async () => {
    const kinds = ['completed', 'part', 'full', 'dispute'] as const;
    const ends = new Set<string>();
    for (const order of orders(kinds)) {
      const { userId, purchaseId, sessionId } = await seedBuyer(stripe, { packId: 'film', credits: 4 });
      stripe.pay(sessionId);
      const dispute = { ...stripe.dispute(sessionId, 600) };
      const snapshot = (amount: number) => {
        stripe.refund(sessionId, amount);
        return { ...stripe.chargeOf(sessionId) };
      };
      const told: Record<(typeof kinds)[number], Told> = {
        completed: { type: 'checkout.session.completed', object: { ...sessionOf(sessionId) } },
        part: { type: 'charge.refunded', object: snapshot(300) },
        full: { type: 'charge.refunded', object: snapshot(890) },
        dispute: { type: 'charge.dispute.created', object: dispute },
      };
      for (const kind of order) expect(await take(told[kind])).toBe('done');
      const [row] = await db.select().from(purchases).where(eq(purchases.id, purchaseId));
      const { state, refundedAmount, disputedAmount, disputeStatus } = row ?? {};
      ends.add(
        JSON.stringify([
          (await ledger.balance(userId)).balance,
          await billing.owed(userId),
          ...[state, refundedAmount, disputedAmount, disputeStatus],
        ]),
      );
    }
    expect([...ends]).toEqual([JSON.stringify([4, 0, 'paid', 1190, 600, 'needs_response'])]);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('events that follow each change come to the same end in every possible order', async () => {
    const ends = new Set<string>();
    const steps = {
      part: (sessionId: string): Told => {
        stripe.refund(sessionId, 400);
        return { type: 'charge.refunded', object: { ...stripe.chargeOf(sessionId) } };
      },
      more: (sessionId: string): Told => {
        stripe.refund(sessionId, 300);
        return { type: 'charge.refunded', object: { ...stripe.chargeOf(sessionId) } };
      },
      dispute: (sessionId: string): Told => ({
        type: 'charge.dispute.created',
        object: { ...stripe.dispute(sessionId, 490) },
      }),
      completed: (sessionId: string): Told => ({
        type: 'checkout.session.completed',
        object: { ...sessionOf(sessionId) },
      }),
    };
    for (const order of orders(Object.keys(steps) as (keyof typeof steps)[])) {
      const { userId, sessionId } = await seedBuyer(stripe, { packId: 'film', credits: 4 });
      stripe.pay(sessionId);
      for (const step of order) expect(await take(steps[step](sessionId))).toBe('done');
      ends.add(JSON.stringify([(await ledger.balance(userId)).balance, await billing.owed(userId)]));
    }
    expect([...ends]).toEqual(['[4,0]']);
    expect(await auditLedger(env.DB)).toEqual([]);
  });
});

describe('money that goes back', { timeout: 120_000 }, () => {
  /** A paid purchase whose buyer has spent all but `left` credits. */
  async function spent({ packId = 'album', left = 0, credits = 0 } = {}) {
    const buyer = await seedBuyer(stripe, { packId, credits });
    stripe.pay(buyer.sessionId);
    await billing.fulfil(buyer.sessionId);
    const { balance } = await ledger.balance(buyer.userId);
    const gone = { key: `adjustment:spent:${buyer.userId}`, kind: 'adjustment', reference: 'spent' } as const;
    if (balance > left) await ledger.grant({ ...gone, userId: buyer.userId, credits: left - balance });
    return buyer;
  }
  const stands = async (userId: string) => [(await ledger.balance(userId)).balance, await billing.owed(userId)];
  const refunded = (sessionId: string) => take({ type: 'charge.refunded', object: stripe.chargeOf(sessionId) });

  it('a refund takes credits back in proportion, rounded down, and once', async () => {
    const { userId, sessionId } = await spent({ packId: 'film', left: 15 });
    for (const [amount, balance] of [
      [1, 15],
      [79, 14],
      [80, 13],
      [1030, 0],
    ] as const) {
      stripe.refund(sessionId, amount);
      for (const _ of [1, 2, 3]) await refunded(sessionId);
      expect([amount, ...(await stands(userId))]).toEqual([amount, balance, 0]);
    }
    expect(await db.select().from(reversals).where(eq(reversals.userId, userId))).toHaveLength(3);
  });

  it('a refund larger than the balance leaves a balance of zero and records the rest as owed', async () => {
    const { userId, purchaseId, sessionId } = await spent({ left: 6 });
    stripe.refund(sessionId, 2490);
    await refunded(sessionId);
    expect(await stands(userId)).toEqual([0, 34]);
    expect(await billing.find({ userId, purchaseId })).toMatchObject({ refundedAmount: 2490, owed: 34, state: 'paid' });
  });

  it('a failed refund forgives owed credits first and gives back the rest', async () => {
    const { userId, sessionId } = await spent({ left: 6 });
    const refund = stripe.refund(sessionId, 2490);
    await refunded(sessionId);
    stripe.failRefund(refund.id);
    await take({ type: 'refund.failed', object: refund });
    await take({ type: 'refund.updated', object: refund });
    expect(await stands(userId)).toEqual([6, 0]);
    const entries = await ledger.entries({ userId, limit: 2 });
    expect(entries.map(({ kind, delta }) => [kind, delta])).toEqual([
      ['adjustment', 6],
      ['clawback', -6],
    ]);
  });

  it('a dispute takes credits at once, gives them back if it is won, and keeps them if it is lost', async () => {
    for (const [end, balance] of [
      ['won', 40],
      ['lost', 0],
    ] as const) {
      const { userId, purchaseId, sessionId } = await spent({ left: 40 });
      const dispute = stripe.dispute(sessionId, 2490);
      await take({ type: 'charge.dispute.created', object: dispute });
      await take({ type: 'charge.dispute.funds_withdrawn', object: dispute });
      expect(await stands(userId)).toEqual([0, 0]);
      stripe.closeDispute(dispute.id, end);
      await take({ type: 'charge.dispute.closed', object: dispute });
      await take({ type: 'charge.dispute.funds_reinstated', object: dispute });
      expect([end, ...(await stands(userId))]).toEqual([end, balance, 0]);
      const [row] = await db.select().from(purchases).where(eq(purchases.id, purchaseId));
      expect(row?.disputeStatus).toBe(end);
    }
  });

  it('an inquiry of a bank takes no credits', async () => {
    const { userId, sessionId } = await spent({ left: 40 });
    const dispute = stripe.dispute(sessionId, 2490, 'warning_needs_response');
    await take({ type: 'charge.dispute.created', object: dispute });
    expect(await stands(userId)).toEqual([40, 0]);
  });

  it('a refund and a dispute together take no more credits than were bought', async () => {
    const { userId, sessionId } = await spent({ left: 40, credits: 2 });
    stripe.refund(sessionId, 2000);
    stripe.dispute(sessionId, 2490);
    await refunded(sessionId);
    expect(await stands(userId)).toEqual([0, 0]);
    await ledger.grant({ key: `adjustment:x:${userId}`, userId, credits: 3, kind: 'adjustment', reference: 'x' });
    await refunded(sessionId);
    expect(await stands(userId)).toEqual([3, 0]);
  });

  it('twenty concurrent events of one refund take its credits once, also while the person spends', async () => {
    const { userId, sessionId } = await spent({ left: 20 });
    stripe.refund(sessionId, 1245);
    const spend = Array.from({ length: 10 }, (_, index) =>
      ledger
        .grant({
          ...{ key: `adjustment:${index}:${userId}`, userId, credits: -1, kind: 'adjustment', reference: 'spent' },
        })
        .then(
          () => 1,
          () => 0,
        ),
    );
    const events = Array.from({ length: 20 }, () => refunded(sessionId));
    const [spentCredits] = await Promise.all([
      Promise.all(spend).then((all) => all.reduce<number>((sum, one) => sum + one, 0)),
      Promise.all(events),
    ]);
    const [balance = 0, owed = 0] = await stands(userId);
    // Twenty credits are reversed: those that were spent are owed, and none is taken twice.
    expect(balance - owed).toBe(20 - spentCredits - 20);
    expect(balance).toBeGreaterThanOrEqual(0);
    const rows = await db.select().from(reversals).where(eq(reversals.userId, userId));
    expect(rows.reduce((sum, { credits }) => sum + credits, 0)).toBe(20);
    expect(await auditLedger(env.DB)).toEqual([]);
  });

  it('an older answer of Stripe never replaces a newer one', async () => {
    const { userId, sessionId } = await spent({ packId: 'film', left: 15 });
    stripe.refund(sessionId, 400);
    // The first call reads the first refund and writes it last.
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let isFirst = true;
    stripe.trouble = (call, then) => {
      if (call !== 'GET /v1/refunds' || !isFirst) return undefined;
      isFirst = false;
      const answer = then();
      return held.then(() => answer);
    };
    const slow = refunded(sessionId);
    await expect.poll(() => isFirst).toBe(false);
    stripe.refund(sessionId, 790);
    await refunded(sessionId);
    expect(await stands(userId)).toEqual([0, 0]);
    goOn();
    await slow;
    stripe.trouble = null;
    expect(await stands(userId)).toEqual([0, 0]);
  });
});
