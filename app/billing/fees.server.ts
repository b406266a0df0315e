import type { Database } from '~/db/client.server';
import { all, batch, type Statement, statement } from '~/db/statement';
import { idIn, type Stripe } from './stripe.server';

const day = 86_400_000;
/** The days that are always read, and the most that are read for a payment whose fee is an estimate. */
const days = 3;
const mostDays = 30;
const perPage = 100;
const mostPages = 100;

const oldestUnknown = 'SELECT at FROM stripe_fees WHERE is_estimate = 1 AND at > ?1 ORDER BY at LIMIT 1';
const paidBy = `SELECT p.id, p.user_id AS userId, p.payment_intent_id AS paymentIntentId FROM json_each(?1) i
  JOIN purchases p ON p.payment_intent_id = i.value AND p.state = 'paid'`;
// The row of a payment is there since its step to `paid`.
const tell = `UPDATE stripe_fees SET fee = ?2, currency = ?3, is_estimate = 0
  WHERE purchase_id = ?1 AND source = 'payment' AND (is_estimate = 1 OR fee <> ?2 OR currency <> ?3)`;
const add = `INSERT INTO stripe_fees (purchase_id, user_id, source, fee, currency, is_estimate, at)
  SELECT ?1, ?2, ?3, ?4, ?5, 0, ?6 WHERE NOT EXISTS (SELECT 1 FROM stripe_fees WHERE purchase_id = ?1 AND source = ?3)`;

/** Stripe's fees, read from the balance transactions of its account. */
export function createFees({ db, stripe }: { db: Database; stripe: () => Stripe }) {
  async function book(transactions: readonly Stripe.BalanceTransaction[]): Promise<void> {
    const paid = transactions.flatMap((transaction) => {
      const { source } = transaction;
      const intent =
        source !== null && typeof source === 'object' && 'payment_intent' in source && source.payment_intent;
      const paymentIntentId = intent ? idIn(intent as string | { id: string }) : null;
      return paymentIntentId === null ? [] : [{ transaction, paymentIntentId }];
    });
    if (paid.length === 0) return;
    const ids = JSON.stringify([...new Set(paid.map(({ paymentIntentId }) => paymentIntentId))]);
    const rows = await all<{ id: string; userId: string; paymentIntentId: string }>(db, statement(paidBy, ids));
    const statements = paid.flatMap(({ transaction, paymentIntentId }): Statement[] => {
      const row = rows.find((one) => one.paymentIntentId === paymentIntentId);
      const { id, type, fee, currency, created } = transaction;
      if (!row) return [];
      if (type === 'charge' || type === 'payment') return [statement(tell, row.id, fee, currency)];
      return fee === 0 ? [] : [statement(add, row.id, row.userId, id, fee, currency, created * 1000)];
    });
    if (statements.length > 0) await batch(db, statements);
  }

  return {
    /**
     * Books the fees of payments, refunds and disputes of the last days, and since the oldest payment whose fee is still an
     * estimate. May run any number of times. Throws if Stripe does not answer.
     */
    async learn(now: number): Promise<void> {
      const [unknown] = await all<{ at: number }>(db, statement(oldestUnknown, now - mostDays * day));
      // The money of a payment can move a day before its purchase is booked.
      const since = Math.min(now - days * day, (unknown?.at ?? now) - day);
      let after: string | undefined;
      for (let page = 0; page < mostPages; page += 1) {
        const asked = { created: { gte: Math.floor(since / 1000) }, limit: perPage, expand: ['data.source'] };
        const list = await stripe().balanceTransactions.list({ ...asked, starting_after: after });
        await book(list.data);
        after = list.data.at(-1)?.id;
        if (!list.has_more || after === undefined) return;
      }
    },
  };
}

export type Fees = ReturnType<typeof createFees>;
