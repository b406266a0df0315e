import type { AdminContext } from '~/admin/audit-log.server';
import { readAlone } from '~/admin/people/alone.server';
import type { Refusal } from '~/billing/refund-requests';
import type { Refunds } from '~/billing/refunds.server';
import { brokenLaw } from '~/db/client.server';
import { all, batch, first, type Statement, statement } from '~/db/statement';
import type { SettingsReader } from '~/settings/settings.server';
import { type RefundOutcome, type RefundRequestView, refundInWords } from './refunds';

/** A refund as an admin asks for it: `amount` in the smallest unit; `requestKey` marks a repeat. */
interface Asked {
  adminId: string;
  purchaseId: string;
  amount: number;
  reason: string;
  requestKey: string;
  requestId: string;
}

interface Row {
  id: string;
  purchaseId: string;
  userId: string;
  amount: number;
  currency: string;
  credits: number;
  reason: string;
  state: RefundRequestView['state'];
  decidedBy: string | null;
  refusal: Refusal | null;
}

const mostWaiting = 50;
const mostOfPurchase = 20;
const rows = `SELECT r.id, r.purchase_id AS purchaseId, r.user_id AS userId, r.amount, p.currency, r.credits, r.reason, r.state,
    r.decided_by AS decidedBy, r.refusal FROM refund_requests r JOIN purchases p ON p.id = r.purchase_id`;
const findRequest = `${rows} WHERE r.requested_by = ?1 AND r.request_key = ?2`;
const findOne = `${rows} WHERE r.id = ?1`;
/** The credits that a refund of ?2 takes: its share, rounded down, less what was taken before. The law has the same. D1 binds
 * numbers as REAL, which would divide without rounding. */
const taken = `max(0, p.credits * min(p.amount, p.refunded_amount + p.disputed_amount + CAST(?2 AS INTEGER)) / p.amount
    - (SELECT coalesce(sum(r.credits), 0) FROM reversals r WHERE r.purchase_id = p.id))`;
const findPurchase = `SELECT p.user_id AS userId, p.currency, ${taken} AS credits, p.state = 'paid'
    AND ?2 <= p.amount - p.refunded_amount - p.disputed_amount AS isLeft FROM purchases p WHERE p.id = ?1 AND p.amount > 0`;
const insert = `INSERT INTO refund_requests (id, user_id, purchase_id, amount, credits, request_key, reason, requested_by, requested_at)
  SELECT ?3, p.user_id, p.id, ?2, ${taken}, ?4, ?5, ?6, ?7 FROM purchases p WHERE p.id = ?1`;
// Also for a decided request: then the law refuses the whole batch, its audit entry too.
const update = 'UPDATE refund_requests SET state = ?2, decided_by = ?3, decided_at = ?4 WHERE id = ?1';
const views = `SELECT r.id, r.purchase_id AS purchaseId, r.user_id AS userId, n.name AS person, r.amount, p.currency, r.credits,
    r.reason, r.state, q.name AS requester, r.requested_at AS requestedAt, d.name AS decider, r.refusal
  FROM refund_requests r JOIN purchases p ON p.id = r.purchase_id LEFT JOIN profiles n ON n.user_id = r.user_id
    LEFT JOIN profiles q ON q.user_id = r.requested_by LEFT JOIN profiles d ON d.user_id = r.decided_by`;
const viewsOpen = `${views} WHERE r.state IN ('waiting','asked') ORDER BY r.id LIMIT ?1`;
const viewsOfPurchase = `${views} WHERE r.purchase_id = ?1 ORDER BY r.id DESC LIMIT ?2`;

/**
 * Refunds from the desk. A request that its admin may make alone, or that another admin's Google account agrees to, is
 * `asked` of Stripe; each step is one batch with its audit entry, and Stripe is asked after it.
 */
export function createAdminRefunds(
  { db, auditLog, clock, newId }: AdminContext,
  { refunds, settings }: { refunds: Refunds; settings: SettingsReader },
) {
  const decided = (id: string, state: 'asked' | 'declined', adminId: string): Statement =>
    statement(update, id, state, adminId, clock());
  const find = (id: string) => first<Row>(db, statement(findOne, id));

  /** Asks Stripe where that is due, and reads what became of it. */
  async function outcomeOf({ id, state }: Pick<Row, 'id' | 'state'>): Promise<RefundOutcome> {
    if (state === 'asked') await refunds.settle(id);
    const now = await find(id);
    if (!now) throw new Error(`the refund request ${id} is gone`);
    return now.state === 'refused' ? (now.refusal ?? 'other') : now.state;
  }

  /** The outcome of an earlier request with this key, which asks Stripe again if it did not answer. */
  async function again(asked: Asked): Promise<RefundOutcome | null> {
    const made = await first<Row>(db, statement(findRequest, asked.adminId, asked.requestKey));
    if (!made) return null;
    const isSame = made.purchaseId === asked.purchaseId && made.amount === asked.amount && made.reason === asked.reason;
    return isSame ? outcomeOf(made) : 'used-before';
  }

  async function book(
    asked: Asked,
    purchase: { userId: string; currency: string; credits: number },
    state: 'asked' | 'waiting',
  ): Promise<RefundOutcome> {
    const { adminId, purchaseId, amount, reason, requestKey, requestId } = asked;
    const id = newId('rfd');
    const entry = auditLog.statement({
      ...{ what: state === 'asked' ? 'refund-ordered' : 'refund-asked', adminId, userId: purchase.userId },
      ...{ subject: purchaseId, after: refundInWords({ amount, ...purchase }), reason, requestId },
    });
    const asking = statement(insert, purchaseId, amount, id, requestKey, reason, adminId, clock());
    try {
      await batch(db, [asking, ...(state === 'asked' ? [decided(id, 'asked', adminId)] : []), entry]);
    } catch (error) {
      // Two posts at once, or an answer lost after the write: the stored row counts.
      const made = await again(asked);
      if (made) return made;
      switch (brokenLaw(error)) {
        case 'refund:another-is-open':
          return 'another-open';
        case 'refund:more-than-was-paid':
          return 'not-left';
        case 'refund:needs-another-admin':
          // The limit was lowered, or used up by another post, after it was read.
          if (state === 'asked') return book(asked, purchase, 'waiting');
      }
      throw error;
    }
    return outcomeOf({ id, state });
  }

  return {
    /** How far this admin may go alone for this person now, in credits. */
    alone: (asked: { adminId: string; userId: string }) => readAlone({ db, settings, now: clock() }, asked),

    /** Refunds at once; for oneself, or past the day's limit, asks for another admin's yes. Null for an unknown purchase. */
    async ask(asked: Asked): Promise<RefundOutcome | null> {
      const made = await again(asked);
      if (made) return made;
      const purchase = await first<{ userId: string; currency: string; credits: number; isLeft: number }>(
        db,
        statement(findPurchase, asked.purchaseId, asked.amount),
      );
      if (!purchase) return null;
      if (purchase.isLeft !== 1) return 'not-left';
      const { isSelf, left } = await readAlone(
        { db, settings, now: clock() },
        { adminId: asked.adminId, userId: purchase.userId },
      );
      return book(asked, purchase, isSelf || purchase.credits > left ? 'waiting' : 'asked');
    },

    /** Another admin's yes or no, or the wish to ask Stripe again. Of two decisions at once the first counts. */
    async decide({
      adminId,
      refundRequestId,
      answer,
      requestId,
    }: {
      adminId: string;
      refundRequestId: string;
      answer: 'yes' | 'no' | 'again';
      requestId: string;
    }): Promise<{ purchaseId: string; outcome: RefundOutcome } | null> {
      const row = await find(refundRequestId);
      if (!row) return null;
      const { id, purchaseId, userId, reason } = row;
      const entry = { adminId, userId, subject: purchaseId, reason, requestId, after: refundInWords(row) };
      if (answer === 'again') {
        if (row.state !== 'asked') return { purchaseId, outcome: 'decided-before' };
        await auditLog.record({ ...entry, what: 'refund-ordered', before: 'no answer' });
        return { purchaseId, outcome: await outcomeOf(row) };
      }
      const state = answer === 'yes' ? 'asked' : 'declined';
      const what = answer === 'yes' ? 'refund-ordered' : 'refund-declined';
      try {
        await batch(db, [decided(id, state, adminId), auditLog.statement({ ...entry, what, before: 'waiting' })]);
      } catch (error) {
        const law = brokenLaw(error);
        if (law === 'refund:needs-another-admin') return { purchaseId, outcome: 'needs-another-admin' };
        if (law === 'refund:more-than-was-paid') return { purchaseId, outcome: 'not-left' };
        const now = await find(id);
        const isMine = now?.decidedBy === adminId && (now.state === 'declined') === (answer === 'no');
        if (!isMine && now?.state !== 'waiting') return { purchaseId, outcome: 'decided-before' };
        if (!isMine) throw error;
      }
      const now = await find(id);
      return { purchaseId, outcome: await outcomeOf(now ?? row) };
    },

    /** Requests that wait for another admin or for Stripe's answer, oldest first. */
    open: (): Promise<RefundRequestView[]> => all(db, statement(viewsOpen, mostWaiting)),

    /** Requests about one purchase, newest first. */
    ofPurchase: (purchaseId: string): Promise<RefundRequestView[]> =>
      all(db, statement(viewsOfPurchase, purchaseId, mostOfPurchase)),
  };
}
