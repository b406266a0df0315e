import type { Statement } from '~/db/statement';

/** Why Stripe refused a refund. `failed`: it took it, and the bank sent the money back. */
export type Refusal = 'already-refunded' | 'disputed' | 'too-much' | 'failed' | 'other';

/** Ends the refund request that a refund at Stripe names; changes nothing if it ended before, or is not this purchase's. */
export const endRequestStatement = ({
  requestId,
  purchaseId,
  refundId,
  refusal,
  now,
}: {
  requestId: string;
  purchaseId: string;
  refundId: string | null;
  /** Why Stripe gives no money back; null if it does. */
  refusal: Refusal | null;
  now: number;
}): Statement => ({
  sql: `UPDATE refund_requests SET state = iif(?4 IS NULL, 'done', 'refused'), refund_id = ?3, refusal = ?4, ended_at = ?5
        WHERE id = ?1 AND purchase_id = ?2 AND state = 'asked'`,
  params: [requestId, purchaseId, refundId, refusal, now],
});
