import type { Statement } from '~/db/statement';

/** Why Stripe refused a refund. `failed`: it took it, and the bank sent the money back. */
export type Refusal = 'already-refunded' | 'disputed' | 'too-much' | 'failed' | 'other';

/**
 * Ends the refund request that a refund at Stripe names. A request that is done is refused if its refund failed afterwards;
 * one that has ended otherwise, or is not this purchase's, stays as it is.
 */
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
        WHERE id = ?1 AND purchase_id = ?2
          AND (state = 'asked' OR (state = 'done' AND ?4 = 'failed' AND refund_id = ?3))`,
  params: [requestId, purchaseId, refundId, refusal, now],
});

/** Stores a refund that Stripe calls failed, once, and what went back of the payment before. */
export const failedStatement = ({
  refundId,
  purchaseId,
  amount,
  reason,
  now,
}: {
  refundId: string;
  purchaseId: string;
  amount: number;
  reason: string;
  now: number;
}): Statement => ({
  // Of refunds that are found at once, each counts those stored before it.
  sql: `INSERT INTO failed_refunds (id, user_id, purchase_id, amount, due_amount, reason, failed_at)
        SELECT ?1, p.user_id, p.id, ?3, min(p.amount, p.refunded_amount + p.disputed_amount + ?3
            + (SELECT coalesce(sum(f.amount), 0) FROM failed_refunds f WHERE f.purchase_id = p.id AND f.failed_at = ?5)), ?4, ?5
        FROM purchases p WHERE p.id = ?2 AND NOT EXISTS (SELECT 1 FROM failed_refunds f WHERE f.id = ?1)`,
  params: [refundId, purchaseId, amount, reason, now],
});
