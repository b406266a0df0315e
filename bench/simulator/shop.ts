import { createPurchaseRows } from '../../app/billing/purchase-rows.server.ts';
import { createReversing, isOwedToLeaver } from '../../app/billing/reversing.server.ts';
import {
  addStatement,
  findBy,
  type PurchaseRow,
  restoreStatement,
  sessionStatement,
  stepStatement,
} from '../../app/billing/statements.ts';
import { brokenLaw, createDatabase } from '../../app/db/client.server.ts';
import type { Binding } from './binding.ts';
import { createPaymentService, type Purchase, refundedOf } from './payment-service.ts';
import { idOf, minute, type World } from './world.ts';

export const pack = { id: 'film', credits: 20, amount: 1190, currency: 'eur' };

/**
 * Purchases through the product's own statements: requests repeated after lost answers; events that arrive twice, late and
 * in any order, each of which reads the payment; and reversals.
 */
export function createShop({ world, binding }: { world: World; binding: Binding }) {
  const { random, agenda, mistake } = world;
  const rows = createPurchaseRows({ db: createDatabase(binding.d1) });
  const purchases: Purchase[] = [];
  const service = createPaymentService({ world, purchases });
  const stripe = () => service;
  const reversing = createReversing({
    ...{ stripe, rows, live: { publish: async () => undefined } },
    ledger: { balance: async () => ({ balance: 0, version: 0 }) },
    newId: (kind) => idOf(kind, world.number()),
    clock: () => agenda.now,
  });
  let afterPaid: (userId: string) => Promise<unknown> = async () => undefined;
  const isPaid = ({ state }: PurchaseRow) => state === 'paid';

  const adding = (purchase: Purchase, requestKey: string) => {
    const { id, userId, session } = purchase;
    const now = agenda.now;
    return [
      addStatement({ id, userId, requestKey, pack, returnTo: '/projects', now }),
      sessionStatement({ id, userId, sessionId: session, url: null }),
    ];
  };
  const restoring = ({ id, userId, session }: Purchase) => {
    const { now } = agenda;
    const [of, sold] = [
      { id, userId, sessionId: session },
      { packId: pack.id, credits: pack.credits },
    ];
    const { amount, currency } = pack;
    return restoreStatement({ ...of, ...sold, amount, currency, returnTo: '/projects', createdAt: now, now });
  };
  const paying = ({ id, userId, session }: Purchase) =>
    stepStatement({
      ...{ id, userId, to: 'paid', sessionId: session, paymentIntentId: `pi_${session}`, receiptUrl: null },
      now: agenda.now,
    });

  /** Repeats a request until it succeeds, as pages and the sender of events do. */
  function repeat(work: () => Promise<unknown>, twice = 0): void {
    agenda.beginAt(agenda.now, async () => {
      const done = await binding.process(async () => {
        await work().catch((error: unknown) => {
          // The page says that nothing is sold now, and the person leaves it.
          if (brokenLaw(error) !== 'purchase:maintenance') throw error;
        });
        return true;
      });
      if (done === null || random.chance(twice))
        agenda.later(random.between(1_000, 5 * minute), () => repeat(work, twice));
    });
  }

  async function fulfil(purchase: Purchase, delivery: number): Promise<void> {
    if (mistake?.keysPurchasesByEvent) {
      // Every delivery is a purchase of its own, as with a table keyed by events.
      const event = { ...purchase, id: idOf('pur', world.number()), session: `evt_${purchase.session}_${delivery}` };
      await rows.write([...adding(event, event.session.padEnd(8, '_')), paying(event)], { key: event, isDone: isPaid });
      return;
    }
    const known = await rows.find(findBy.id(purchase.id));
    // After a restore, the payment service has a purchase that the database lacks.
    if (!known && mistake?.forgetsPurchases) return;
    if (!known && !(await rows.add(restoring(purchase), purchase))) {
      // A person who first came in the hour that a restore removed is unknown: the product names the session to the owner.
      if (purchases.includes(purchase)) purchases.splice(purchases.indexOf(purchase), 1);
      return;
    }
    const row =
      known && isPaid(known) ? known : await rows.write([paying(purchase)], { key: purchase, isDone: isPaid });
    if (isPaid(row) && !mistake?.keepsMoneyOfLeavers)
      await reversing.refundIfLeft(isOwedToLeaver(row) ? await reversing.bringUpToDate(row) : row);
    if (isPaid(row)) await afterPaid(purchase.userId);
  }

  async function reverse(purchase: Purchase): Promise<void> {
    const known = await rows.find(findBy.key(purchase));
    if (!known || !isPaid(known)) return;
    const row = await reversing.bringUpToDate(known);
    // As the nightly comparison does: money that returned to us, of a person who had left before it was paid, goes back.
    if (!mistake?.keepsMoneyOfLeavers) await reversing.refundIfLeft(row);
  }

  function paid(purchase: Purchase): void {
    purchases.push(purchase);
    let delivery = 0;
    // The event, and the return page; each may come before the other, and each more than once.
    for (const delay of [random.between(0, minute), random.between(0, minute)])
      agenda.later(delay, () => repeat(() => fulfil(purchase, delivery++), 0.2));
    if (!random.chance(purchase.refundShare ?? 0.25)) return;
    // Some refunds go by the cent.
    const byCent = random.chance(0.3);
    for (const refunded of byCent ? [1, 2, 3] : [random.between(1, 600), 1190, random.pick([0, 700, 1190])])
      agenda.later(random.between(1, 40) * minute, () => {
        const most = pack.amount - refundedOf({ ...purchase, refundedThere: 0 });
        if (!isGivenBack(purchase)) purchase.refundedThere = Math.min(most, Math.round(refunded));
        // A refund that arrives before the payment is booked books the payment first.
        repeat(async () => {
          await fulfil(purchase, delivery++);
          await reverse(purchase);
        }, 0.2);
      });
  }

  const paidBy = (purchaseId: string) => purchases.find(({ id }) => id === purchaseId);
  return {
    purchases,
    rows,
    stripe,
    reversing,
    isGivenBack,

    /** The payment service's event about a refund, until it is taken. */
    tellOfRefund: (purchase: Purchase) => repeat(() => reverse(purchase), 0.2),
    paid,

    /** What the product does after each booked payment. */
    afterPaid(work: (userId: string) => Promise<unknown>): void {
      afterPaid = work;
    },

    /** Books a purchase that the payment service calls paid. */
    async fulfil(purchaseId: string): Promise<void> {
      const purchase = paidBy(purchaseId);
      if (purchase) await fulfil(purchase, 0);
    },

    /** Books that a session ended unpaid. */
    async expire({ id, userId, session }: { id: string; userId: string; session: string }): Promise<void> {
      // A restore removes purchases whose unpaid sessions the payment service still ends.
      if (!(await rows.find(findBy.id(id)))) return;
      const step = { id, userId, to: 'expired', sessionId: session, paymentIntentId: null, receiptUrl: null } as const;
      const isDone = ({ state }: PurchaseRow) => state !== 'open';
      await rows.write([stepStatement({ ...step, now: agenda.now })], { key: { id, userId }, isDone });
    },

    /** The nightly reconciliation: books every paid purchase that the database lacks. */
    replay(): void {
      for (const purchase of purchases)
        repeat(async () => {
          await fulfil(purchase, 0);
          await reverse(purchase);
        });
    },

    /** Opens a purchase for this person and pays it later. */
    buy(userId: string, refundShare = 0.25): void {
      const number = world.number();
      const purchase: Purchase = {
        ...{ id: idOf('pur', number), userId, session: `cs_${number}`, credits: pack.credits },
        ...{ refundedThere: 0, refunds: [], refundShare },
      };
      const isMade = ({ checkoutSessionId }: PurchaseRow) => checkoutSessionId !== null;
      repeat(async () => {
        // A restore removes people who first came in its hour, and their sessions with them.
        if (world.database.all('SELECT 1 FROM users WHERE id = ?', [userId]).length === 0) return;
        await rows.write(adding(purchase, `press-buy-${number}`), { key: purchase, isDone: isMade });
        if (!purchases.includes(purchase)) agenda.later(random.between(1_000, 2 * minute), () => pay());
      }, 0.1);
      const pay = () => {
        if (!purchases.includes(purchase)) paid(purchase);
      };
    },
  };
}

/** True once the money went back because its person had left. */
const isGivenBack = ({ refunds }: Purchase) => refunds.some(({ metadata }) => metadata.cause === 'account-deleted');

export type Shop = ReturnType<typeof createShop>;
