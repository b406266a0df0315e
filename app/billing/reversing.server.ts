import type { Ledger } from '~/credits/ledger.server';
import { type Clock, isId, type NewId } from '~/db/ids';
import type { Live } from '~/live/channel.server';
import { log } from '~/log';
import type { PurchaseRows } from './purchase-rows.server';
import { endRequestStatement, failedStatement } from './refund-requests';
import { findBy, type GoneBack, type PurchaseRow, reverseStatements } from './statements';
import type { Stripe } from './stripe.server';

/** True for a refund without effect. */
export const isInVain = ({ status }: { status: string | null }): boolean =>
  status === 'failed' || status === 'canceled';

/** The statuses of disputes in which the bank does not hold the money. */
const disputesWithoutMoney = ['won', 'prevented', 'warning_needs_response', 'warning_under_review', 'warning_closed'];
/** How often a concurrent write may make a new try necessary. */
const mostTurns = 6;

/** Takes credits back when their money goes back, and gives them back when it returns. */
export function createReversing({
  stripe,
  rows,
  ledger,
  live,
  newId,
  clock,
}: {
  stripe: () => Stripe;
  rows: PurchaseRows;
  ledger: Pick<Ledger, 'balance'>;
  live: Pick<Live, 'publish'>;
  newId: NewId;
  clock: Clock;
}) {
  /** Takes a purchase's money back to the person at Stripe: all that is left of it, once. */
  async function refundAtStripe({ id, paymentIntentId }: PurchaseRow): Promise<void> {
    const metadata = { purchase: id, cause: 'account-deleted' };
    await stripe().refunds.create(
      { payment_intent: paymentIntentId ?? '', reason: 'requested_by_customer', metadata },
      { idempotencyKey: `refund:${id}:account-deleted` },
    );
  }

  const reversing = {
    /**
     * Refunds a purchase in full that was paid after its person had deleted their account: nobody can spend its credits.
     * Does nothing for any other one, and for one whose money went back or is disputed. Throws if Stripe refuses.
     */
    async refundIfLeft(row: PurchaseRow): Promise<PurchaseRow> {
      if (!isOwedToLeaver(row)) return row;
      await refundAtStripe(row);
      log({
        event: 'purchase',
        purchaseId: row.id,
        userId: row.userId,
        outcome: 'refunded',
        detail: 'account deleted',
      });
      return reversing.bringUpToDate(row);
    },

    /**
     * Reads from Stripe how much of a paid purchase was refunded or disputed, and takes or gives back credits to match. The
     * row is read before Stripe and written only if it is unchanged, so the newest answer stays. Requests of the desk
     * end with their refunds, and refunds that failed are stored for the owner.
     */
    async bringUpToDate(purchase: Pick<PurchaseRow, 'id' | 'userId'>): Promise<PurchaseRow> {
      for (let turn = 0; turn < mostTurns; turn += 1) {
        const known = await rows.find(findBy.key(purchase));
        if (!known?.paymentIntentId || known.state !== 'paid') throw new Error(`${purchase.id} is not paid`);
        const { goneBack, reference, reason, requested, failed } = await askWhatWentBack(stripe(), known);
        const now = clock();
        const reversal = { reversalId: newId('rev'), reason, reference, now };
        const ended = requested.map((one) => endRequestStatement({ ...one, purchaseId: known.id, now }));
        const isDone = (row: PurchaseRow) => isSame(row, goneBack);
        const stored = failed.map((one) => failedStatement({ ...one, purchaseId: known.id, now }));
        const statements = [...reverseStatements({ known, goneBack, ...reversal }), ...ended, ...stored];
        const row = await rows.write(statements, { key: known, isDone });
        if (!isDone(row)) continue;
        if (row.reversals !== known.reversals || !isDone(known)) await tell(row);
        return row;
      }
      throw new Error(`${purchase.id} was written by others ${mostTurns} times in a row`);
    },
  };
  return reversing;

  async function tell(row: PurchaseRow): Promise<void> {
    const { id, userId, refundedAmount, disputedAmount, disputeStatus, owed } = row;
    const detail = `refunded ${refundedAmount}, disputed ${disputedAmount} (${disputeStatus}), owed ${owed}`;
    log({ event: 'purchase', purchaseId: id, userId, outcome: 'reversed', detail });
    const balance = await ledger.balance(userId);
    await live.publish(userId, [
      { type: 'purchase', purchaseId: id, state: row.state },
      { type: 'balance', ...balance },
    ]);
  }
}

/** True if the money of a purchase that was paid after its account was deleted has not gone back yet. */
export const isOwedToLeaver = (row: PurchaseRow): boolean =>
  row.paidAfterLeaving === 1 && row.disputedAmount === 0 && row.refundedAmount < row.amount;

export type Reversing = ReturnType<typeof createReversing>;

const isSame = (row: PurchaseRow, { refundedAmount, disputedAmount, disputeStatus }: GoneBack) =>
  row.refundedAmount === refundedAmount && row.disputedAmount === disputedAmount && row.disputeStatus === disputeStatus;

/** The sums of all refunds and disputes of a payment as they are now, whatever the order of their events. */
async function askWhatWentBack(stripe: Stripe, known: PurchaseRow) {
  const asked = { payment_intent: known.paymentIntentId ?? '', limit: 100 };
  const [refunds, disputes] = await Promise.all([
    stripe.refunds.list(asked).autoPagingToArray({ limit: 1000 }),
    stripe.disputes.list(asked).autoPagingToArray({ limit: 1000 }),
  ]);
  const sum = (amounts: number[]) =>
    Math.min(
      known.amount,
      amounts.reduce((total, amount) => total + amount, 0),
    );
  const back = refunds.filter((refund) => !isInVain(refund));
  const lost = disputes.filter(({ status }) => !disputesWithoutMoney.includes(status));
  const newest = disputes.toSorted((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1))[0];
  const goneBack: GoneBack = {
    refundedAmount: sum(back.map(({ amount }) => amount)),
    disputedAmount: sum(lost.map(({ amount }) => amount)),
    disputeStatus: newest?.status ?? null,
  };
  // A refund that the desk asked for carries the id of its request.
  const requested = refunds.flatMap((refund) => {
    const requestId = refund.metadata?.request;
    const refusal = isInVain(refund) ? ('failed' as const) : null;
    return isId('rfd', requestId) ? [{ requestId, refundId: refund.id, refusal }] : [];
  });
  const failed = refunds
    .filter(({ status }) => status === 'failed')
    .map(({ id, amount, failure_reason: reason }) => ({ refundId: id, amount, reason: reason ?? 'unknown' }));
  const isDispute = goneBack.disputedAmount > known.disputedAmount;
  const cause = isDispute ? lost.at(0) : back.at(0);
  return {
    goneBack,
    requested,
    failed,
    reason: isDispute ? ('dispute' as const) : ('refund' as const),
    reference: cause?.id ?? newest?.id ?? refunds[0]?.id ?? asked.payment_intent,
  };
}
