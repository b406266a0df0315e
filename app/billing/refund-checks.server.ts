import { described } from '~/log';
import type { Difference } from './differences';
import type { Books } from './fulfil.server';
import type { Refunds } from './refunds.server';
import { isInVain } from './reversing.server';
import { findBy } from './statements';
import { idIn, type Stripe } from './stripe.server';

const day = 24 * 60 * 60_000;
/** A bank can return a refund for a month. */
const daysOfRefunds = 30;
const perPage = 100;
const mostRefunds = 10_000;

/** Runs one check; an error becomes the difference `not-checked`, so that the other checks go on. */
export async function checked(
  at: Pick<Difference, 'sessionId' | 'purchaseId'>,
  work: () => Promise<Difference[]>,
): Promise<Difference[]> {
  try {
    return await work();
  } catch (error) {
    return [{ ...at, what: 'not-checked', detail: described(error).message, isMended: false }];
  }
}

/** The part of the nightly comparison that is about refunds and disputes. */
export function createRefundChecks({
  stripe,
  books: { reversing, rows },
  refunds,
}: {
  stripe: () => Stripe;
  books: Pick<Books, 'reversing' | 'rows'>;
  refunds: Refunds;
}) {
  return {
    /** Asks Stripe again for every refund of an admin's that it has not answered. */
    async unanswered(): Promise<Difference[]> {
      const found: Difference[] = [];
      for (const { id, purchaseId } of await refunds.unanswered()) {
        const at = { sessionId: null, purchaseId };
        const check = async (): Promise<Difference[]> => [
          { ...at, what: 'refund-unanswered', detail: id, isMended: await refunds.settle(id) },
        ];
        found.push(...(await checked(at, check)));
      }
      return found;
    },

    /** Books refunds and disputes since then whose events were lost, and refunds of the last month that failed. Times in ms. */
    async reversals({ since, now }: { since: number; now: number }): Promise<Difference[]> {
      const createdAfter = (at: number) => ({ created: { gte: Math.floor(at / 1000) }, limit: perPage });
      const most = { limit: mostRefunds };
      const ofMonth = await stripe()
        .refunds.list(createdAfter(now - daysOfRefunds * day))
        .autoPagingToArray(most);
      const moved = [
        ...ofMonth.filter((refund) => refund.created * 1000 >= since || isInVain(refund)),
        ...(await stripe().disputes.list(createdAfter(since)).autoPagingToArray(most)),
      ];
      const payments = new Set(moved.flatMap(({ payment_intent: intent }) => idIn(intent) ?? []));
      const found: Difference[] = [];
      for (const paymentIntentId of payments) {
        const row = await rows.find(findBy.paymentIntent(paymentIntentId));
        if (row?.state !== 'paid') continue;
        const at = { sessionId: row.checkoutSessionId, purchaseId: row.id };
        const check = async (): Promise<Difference[]> => {
          const after = await reversing.bringUpToDate(row);
          const detail = `${row.refundedAmount + row.disputedAmount} → ${after.refundedAmount + after.disputedAmount}`;
          return after.reversals === row.reversals ? [] : [{ ...at, what: 'reversed-late', detail, isMended: true }];
        };
        found.push(...(await checked(at, check)));
      }
      return found;
    },
  };
}
