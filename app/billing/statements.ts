// The statements of billing, for D1 and for the simulator's SQLite. Triggers book the credits of the step to `paid` and of
// each row of `reversals` (migrations/0005_laws_of_money.sql).
import { type Statement, sameAccount } from '~/db/statement';
import type { PurchaseState } from './purchases';

/** The key of a purchase. It holds the owner, so that another person's purchase never matches. */
export interface PurchaseKey {
  userId: string;
  id: string;
}

/** A purchase as stored. Times in ms since 1970. */
export interface PurchaseRow {
  id: string;
  userId: string;
  packId: string;
  credits: number;
  amount: number;
  currency: string;
  returnTo: string;
  state: PurchaseState;
  checkoutSessionId: string | null;
  checkoutUrl: string | null;
  paymentIntentId: string | null;
  receiptUrl: string | null;
  refundedAmount: number;
  disputedAmount: number;
  disputeStatus: string | null;
  createdAt: number;
  /** 1 if it was paid after its person had deleted their account. */
  paidAfterLeaving: number;
  /** The number of its reversals, and the credits that they could not take back. */
  reversals: number;
  owed: number;
}

const columns = `p.id, p.user_id AS userId, p.pack_id AS packId, p.credits, p.amount, p.currency, p.return_to AS returnTo,
  p.state, p.checkout_session_id AS checkoutSessionId, p.checkout_url AS checkoutUrl, p.payment_intent_id AS paymentIntentId,
  p.receipt_url AS receiptUrl, p.refunded_amount AS refundedAmount, p.disputed_amount AS disputedAmount,
  p.dispute_status AS disputeStatus, p.created_at AS createdAt,
  p.state = 'paid' AND EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id AND u.deleted_at <= p.state_at) AS paidAfterLeaving,
  (SELECT count(*) FROM reversals r WHERE r.purchase_id = p.id) AS reversals,
  (SELECT coalesce(sum(r.credits - r.moved), 0) FROM reversals r WHERE r.purchase_id = p.id) AS owed`;

/** Reads one purchase by one of its keys. */
export const findBy = {
  key: ({ userId, id }: PurchaseKey): Statement => ({
    sql: `SELECT ${columns} FROM purchases p WHERE p.id = ?1 AND p.user_id = ?2`,
    params: [id, userId],
  }),
  request: ({ userId, requestKey }: { userId: string; requestKey: string }): Statement => ({
    sql: `SELECT ${columns} FROM purchases p WHERE p.user_id = ?1 AND p.request_key = ?2`,
    params: [userId, requestKey],
  }),
  id: (id: string): Statement => ({ sql: `SELECT ${columns} FROM purchases p WHERE p.id = ?1`, params: [id] }),
  paymentIntent: (id: string): Statement => ({
    sql: `SELECT ${columns} FROM purchases p WHERE p.payment_intent_id = ?1`,
    params: [id],
  }),
};

/** Reads the purchases with these ids; unknown ids are left out. */
export const rowsOf = (ids: readonly string[]): Statement => ({
  sql: `SELECT ${columns} FROM purchases p WHERE p.id IN (SELECT value FROM json_each(?1))`,
  params: [JSON.stringify(ids)],
});

/** The open purchases of a person, over all accounts of their Google account, oldest first. */
export const openOfPersonStatement = (userId: string): Statement => ({
  sql: `SELECT ${columns} FROM purchases p WHERE p.user_id IN ${sameAccount('?1')} AND p.state = 'open'
          ORDER BY p.created_at, p.id`,
  params: [userId],
});

/** A page of open and pending purchases made before a time, oldest first, after the given one. */
export const unsettledStatement = (asked: {
  before: number;
  after: { createdAt: number; id: string };
  limit: number;
}): Statement => ({
  sql: `SELECT ${columns} FROM purchases p WHERE p.state IN ('open','pending') AND p.created_at < ?1
          AND (p.created_at, p.id) > (?2, ?3) ORDER BY p.created_at, p.id LIMIT ?4`,
  params: [asked.before, asked.after.createdAt, asked.after.id, asked.limit],
});

/** A page of purchases made since a time, oldest first, after the given one. */
export const sinceStatement = (asked: {
  since: number;
  after: { createdAt: number; id: string };
  limit: number;
}): Statement => ({
  sql: `SELECT ${columns} FROM purchases p WHERE p.created_at >= ?1 AND (p.created_at, p.id) > (?2, ?3)
        ORDER BY p.created_at, p.id LIMIT ?4`,
  params: [asked.since, asked.after.createdAt, asked.after.id, asked.limit],
});

/**
 * Inserts an open purchase. Fails with `purchase:duplicate-request` for a repeated request key, and with
 * `purchase:too-many-open` if the person has as many open ones as they may.
 */
export const addStatement = (
  made: PurchaseKey & {
    requestKey: string;
    pack: { id: string; credits: number; amount: number; currency: string };
    returnTo: string;
    now: number;
  },
): Statement => ({
  sql: `INSERT INTO purchases (id, user_id, request_key, pack_id, credits, amount, currency, return_to, state_at, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)`,
  params: [
    ...[made.id, made.userId, made.requestKey],
    ...[made.pack.id, made.pack.credits, made.pack.amount, made.pack.currency],
    ...[made.returnTo, made.now],
  ],
});

/**
 * Inserts a lost purchase with its session. Changes nothing if the person is unknown, or if a purchase has this id or
 * session.
 */
export const restoreStatement = (
  lost: PurchaseKey & {
    sessionId: string;
    packId: string;
    credits: number;
    amount: number;
    currency: string;
    returnTo: string;
    createdAt: number;
    now: number;
  },
): Statement => ({
  sql: `INSERT INTO purchases (id, user_id, request_key, pack_id, credits, amount, currency, return_to,
          checkout_session_id, state_at, created_at)
        SELECT ?1, a.user_id, 'again:' || ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
        FROM credit_accounts a
        WHERE a.user_id = ?2
          AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.id = ?1)
          AND NOT EXISTS (SELECT 1 FROM purchases p WHERE p.checkout_session_id = ?8)`,
  params: [
    lost.id,
    lost.userId,
    lost.packId,
    lost.credits,
    lost.amount,
    lost.currency,
    lost.returnTo,
    lost.sessionId,
    lost.now,
    lost.createdAt,
  ],
});

/** Stores the checkout session of a purchase, unless it has one. */
export const sessionStatement = ({
  id,
  userId,
  sessionId,
  url,
}: PurchaseKey & { sessionId: string; url: string | null }): Statement => ({
  sql: `UPDATE purchases SET checkout_session_id = ?3, checkout_url = ?4
        WHERE id = ?1 AND user_id = ?2 AND checkout_session_id IS NULL`,
  params: [id, userId, sessionId, url],
});

/** Moves a purchase to the state of its session, if that is a step forward; changes nothing otherwise. */
export const stepStatement = ({
  id,
  userId,
  to,
  sessionId,
  paymentIntentId,
  receiptUrl,
  now,
}: PurchaseKey & {
  to: Exclude<PurchaseState, 'open'>;
  sessionId: string;
  paymentIntentId: string | null;
  receiptUrl: string | null;
  now: number;
}): Statement => ({
  sql: `UPDATE purchases SET state = ?3, state_at = ?4, checkout_session_id = ?5, checkout_url = NULL,
          payment_intent_id = coalesce(payment_intent_id, ?6), receipt_url = coalesce(?7, receipt_url)
        WHERE id = ?1 AND user_id = ?2 AND coalesce(checkout_session_id, ?5) = ?5
          AND (state = 'open' OR (state = 'pending' AND ?3 IN ('paid','failed')))`,
  params: [id, userId, to, now, sessionId, paymentIntentId, receiptUrl],
});

/** Expires an open purchase that has no session. */
export const abandonStatement = ({ id, userId, now }: PurchaseKey & { now: number }): Statement => ({
  sql: `UPDATE purchases SET state = 'expired', state_at = ?3
        WHERE id = ?1 AND user_id = ?2 AND state = 'open' AND checkout_session_id IS NULL`,
  params: [id, userId, now],
});

/** The refunded and disputed amounts of a payment at Stripe. */
export interface GoneBack {
  refundedAmount: number;
  disputedAmount: number;
  disputeStatus: string | null;
}

/**
 * Stores the refunded and disputed amounts, unless the row changed since `known` was read, and inserts the reversal that is
 * missing: the share of the money, rounded down, less all reversals so far. SQL computes it, so the statements may run any
 * number of times, concurrently with each other and with spending.
 */
export const reverseStatements = ({
  known,
  goneBack,
  reversalId,
  reason,
  reference,
  now,
}: {
  known: PurchaseRow;
  goneBack: GoneBack;
  reversalId: string;
  reason: 'refund' | 'dispute';
  /** The id of the refund or dispute at Stripe. */
  reference: string;
  now: number;
}): Statement[] => [
  {
    sql: `UPDATE purchases SET refunded_amount = ?3, disputed_amount = ?4, dispute_status = ?5
          WHERE id = ?1 AND user_id = ?2 AND state = 'paid' AND refunded_amount = ?6 AND disputed_amount = ?7
            AND dispute_status IS ?8 AND (SELECT count(*) FROM reversals r WHERE r.purchase_id = ?1) = ?9`,
    params: [
      known.id,
      known.userId,
      goneBack.refundedAmount,
      goneBack.disputedAmount,
      goneBack.disputeStatus,
      known.refundedAmount,
      known.disputedAmount,
      known.disputeStatus,
      known.reversals,
    ],
  },
  {
    sql: `INSERT INTO reversals (id, user_id, purchase_id, seq, credits, moved, reason, reference, created_at)
          SELECT ?3, d.user_id, d.id, d.count + 1, d.missing,
            iif(d.missing > 0, min(d.missing, d.balance), min(0, d.missing + d.owed)),
            iif(d.missing > 0, ?4, 'reinstated'), ?5, ?6
          FROM (SELECT p.id, p.user_id, a.balance,
              (SELECT count(*) FROM reversals r WHERE r.purchase_id = p.id) AS count,
              (SELECT coalesce(sum(r.credits - r.moved), 0) FROM reversals r WHERE r.purchase_id = p.id) AS owed,
              p.credits * min(p.amount, p.refunded_amount + p.disputed_amount) / p.amount
                - (SELECT coalesce(sum(r.credits), 0) FROM reversals r WHERE r.purchase_id = p.id) AS missing
            FROM purchases p JOIN credit_accounts a ON a.user_id = p.user_id
            WHERE p.id = ?1 AND p.user_id = ?2 AND p.state = 'paid' AND p.amount > 0) d
          WHERE d.missing <> 0`,
    params: [known.id, known.userId, reversalId, reason, reference, now],
  },
];
