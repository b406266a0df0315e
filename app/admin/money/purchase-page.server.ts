import type { AdminContext } from '~/admin/audit-log.server';
import type { LookUp } from '~/billing/look-up.server';
import { all, first, statement } from '~/db/statement';
import type { Answer, PurchaseFacts, StripeEventLine } from './purchase-facts';

const mostEvents = 20;
const facts = `SELECT p.id, p.user_id AS userId, n.name AS person, n.email, p.created_at AS createdAt, p.state_at AS stateAt,
    p.pack_id AS packId, p.credits, p.amount, p.currency, p.state, p.refunded_amount AS refundedAmount,
    p.disputed_amount AS disputedAmount, p.dispute_status AS disputeStatus, p.checkout_session_id AS sessionId,
    p.payment_intent_id AS paymentIntentId, p.receipt_url AS receiptUrl,
    (SELECT coalesce(sum(r.credits - r.moved), 0) FROM reversals r WHERE r.purchase_id = p.id) AS owed,
    (SELECT e.delta FROM credit_entries e WHERE e.key = 'stripe:' || p.checkout_session_id) AS booked
  FROM purchases p LEFT JOIN profiles n ON n.user_id = p.user_id WHERE p.id = ?1`;
const eventColumns = 'id, type, received_at AS receivedAt, deliveries, done_at AS doneAt, outcome';
const eventsAbout = `SELECT ${eventColumns} FROM stripe_events
  WHERE object_id IN (?1, ?2, (SELECT r.reference FROM reversals r WHERE r.purchase_id = ?3 ORDER BY r.seq DESC LIMIT 1))
  ORDER BY received_at DESC LIMIT ${mostEvents}`;
const eventsNewest = `SELECT ${eventColumns} FROM stripe_events ORDER BY received_at DESC LIMIT ${mostEvents}`;

/** One purchase at the desk: what we know of it, Stripe's events about it, and a question to Stripe. */
export function createPurchasePage(
  { db, auditLog }: Pick<AdminContext, 'db' | 'auditLog'>,
  { lookUp }: { lookUp: Pick<LookUp, 'ask'> },
) {
  return {
    /** The purchase with the newest events about it; null for an unknown id. */
    async read(purchaseId: string): Promise<{ purchase: PurchaseFacts; events: StripeEventLine[] } | null> {
      const purchase = await first<PurchaseFacts>(db, statement(facts, purchaseId));
      if (!purchase) return null;
      const about = statement(eventsAbout, purchase.sessionId, purchase.paymentIntentId, purchaseId);
      return { purchase, events: await all<StripeEventLine>(db, about) };
    },

    /** Stripe's newest events of all purchases. */
    events: (): Promise<StripeEventLine[]> => all(db, statement(eventsNewest)),

    /** Asks Stripe now, books what it says, and writes an audit entry with the answer; null for an unknown id. */
    async ask({
      adminId,
      purchaseId,
      requestId,
    }: {
      adminId: string;
      purchaseId: string;
      requestId: string;
    }): Promise<Answer | null> {
      const owner = await first<{ userId: string }>(
        db,
        statement('SELECT user_id AS userId FROM purchases WHERE id = ?1', purchaseId),
      );
      const answer = owner && (await lookUp.ask(purchaseId));
      if (!owner || !answer) return null;
      const entry = { adminId, userId: owner.userId, subject: purchaseId, requestId };
      await auditLog.record({ ...entry, what: 'purchase-asked', after: answer });
      return answer;
    },
  };
}
