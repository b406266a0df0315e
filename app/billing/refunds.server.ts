import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { all, first, run, statement } from '~/db/statement';
import { described, log } from '~/log';
import type { Books } from './fulfil.server';
import { endRequestStatement, type Refusal } from './refund-requests';
import { findBy } from './statements';
import { isStripeError, type Stripe } from './stripe.server';

const findAsked = `SELECT id, purchase_id AS purchaseId, amount FROM refund_requests WHERE id = ?1 AND state = 'asked'`;
// The states are spelled as in the partial index.
const listAsked = `SELECT id, purchase_id AS purchaseId, amount FROM refund_requests
  WHERE state IN ('waiting','asked') AND state = 'asked' ORDER BY id LIMIT ?1`;
const mostUnanswered = 100;

interface Asked {
  id: string;
  purchaseId: string;
  amount: number;
}

/** Refunds that the desk asks Stripe for. */
export function createRefunds({
  db,
  clock,
  stripe,
  books: { rows, reversing },
}: {
  db: Database;
  clock: Clock;
  stripe: () => Stripe;
  books: Pick<Books, 'rows' | 'reversing'>;
}) {
  const isAsked = (requestId: string) => first<Asked>(db, statement(findAsked, requestId));

  return {
    /** Requests that Stripe has not answered, oldest first. */
    unanswered: (): Promise<Asked[]> => all(db, statement(listAsked, mostUnanswered)),

    /**
     * Asks Stripe for the refund of a request in the state `asked`, books what went back, and ends the request with Stripe's
     * answer. May be called any number of times: the row's id is the idempotency key, and because Stripe forgets keys after a
     * day, a refund that names the request ends it first. Without an answer the request stays as it is. True if it has ended.
     */
    async settle(requestId: string): Promise<boolean> {
      const request = await isAsked(requestId);
      const row = request && (await rows.find(findBy.id(request.purchaseId)));
      if (!request) return true;
      if (!row?.paymentIntentId) return false;
      const { purchaseId, amount } = request;
      try {
        await reversing.bringUpToDate(row);
        if (!(await isAsked(requestId))) return true;
        const metadata = { purchase: purchaseId, request: requestId };
        const made = await stripe()
          .refunds.create(
            { payment_intent: row.paymentIntentId, amount, reason: 'requested_by_customer', metadata },
            { idempotencyKey: `refund:${requestId}` },
          )
          .catch(refusalOf);
        await reversing.bringUpToDate(row);
        if (typeof made !== 'string') return !(await isAsked(requestId));
        await run(db, endRequestStatement({ requestId, purchaseId, refundId: null, refusal: made, now: clock() }));
        log({ event: 'purchase', purchaseId, userId: row.userId, outcome: 'refund-refused', detail: made });
        return true;
      } catch (error) {
        if (!isStripeError(error)) throw error;
        log({ event: 'stripe-unreachable', call: `refund ${requestId}`, detail: described(error).message });
        return false;
      }
    },
  };
}

export type Refunds = ReturnType<typeof createRefunds>;

/** The refusal that an error of Stripe's is; any other error says nothing about the refund and is thrown again. */
function refusalOf(error: unknown): Refusal {
  if (!isStripeError(error) || error.type === 'StripeIdempotencyError') throw error;
  const { code, param, statusCode } = error;
  if (![400, 402, 404].includes(statusCode ?? 0) || code === 'idempotency_key_in_use') throw error;
  if (code === 'charge_already_refunded') return 'already-refunded';
  if (code === 'charge_disputed') return 'disputed';
  return param === 'amount' ? 'too-much' : 'other';
}
