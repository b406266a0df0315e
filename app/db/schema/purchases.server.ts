import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, sqliteTable, text, unique, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { creditAccounts, users } from './people.server';

/**
 * A person's order of one pack: one checkout session, whose status `state` follows. The step to `paid` grants the credits,
 * by trigger (laws: migrations/0005_laws_of_money.sql). Amounts are in the currency's smallest unit; `refunded_amount` and
 * `disputed_amount` are Stripe's totals.
 */
export const purchases = sqliteTable(
  'purchases',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    requestKey: text('request_key').notNull(),
    packId: text('pack_id').notNull(),
    credits: integer('credits').notNull(),
    amount: integer('amount').notNull(),
    currency: text('currency').notNull(),
    returnTo: text('return_to').notNull(),
    state: text('state', { enum: ['open', 'pending', 'paid', 'failed', 'expired'] })
      .notNull()
      .default('open'),
    stateAt: at('state_at'),
    checkoutSessionId: text('checkout_session_id').unique(),
    checkoutUrl: text('checkout_url'),
    paymentIntentId: text('payment_intent_id').unique(),
    receiptUrl: text('receipt_url'),
    refundedAmount: integer('refunded_amount').notNull().default(0),
    disputedAmount: integer('disputed_amount').notNull().default(0),
    disputeStatus: text('dispute_status'),
    createdAt: at('created_at'),
  },
  (table) => [
    unique('purchases_owner').on(table.userId, table.id),
    unique('purchases_request').on(table.userId, table.requestKey),
    index('purchases_unsettled').on(table.createdAt).where(sql`${table.state} IN ('open','pending')`),
    index('purchases_open_of_user').on(table.userId, table.createdAt).where(sql`${table.state} = 'open'`),
    index('purchases_newest').on(table.createdAt),
    index('purchases_by_state').on(table.state, table.id),
    index('purchases_by_amount').on(table.amount, table.id),
    index('purchases_by_receipt').on(table.receiptUrl).where(sql`${table.receiptUrl} IS NOT NULL`),
    index('purchases_disputed')
      .on(table.id)
      .where(
        sql`${table.disputeStatus} IN ('needs_response','under_review','warning_needs_response','warning_under_review')`,
      ),
    check('purchases_request_key', sql`length(${table.requestKey}) BETWEEN 8 AND 64`),
    check('purchases_credits', sql`${table.credits} BETWEEN 1 AND 10000`),
    check('purchases_amount', sql`${table.amount} >= 0 AND length(${table.currency}) = 3`),
    check('purchases_state', sql`${table.state} IN ('open','pending','paid','failed','expired')`),
    check(
      'purchases_session',
      sql`${table.state} IN ('open','expired','failed') OR ${table.checkoutSessionId} IS NOT NULL`,
    ),
  ],
);

/**
 * Credits taken back from a purchase after a refund or a dispute (`credits` > 0), or given back after a dispute was won
 * or a refund failed (`credits` < 0). `moved` is the part that the ledger moved: a balance never falls below zero, and
 * the sum of `credits - moved` is owed.
 */
export const reversals = sqliteTable(
  'reversals',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    purchaseId: text('purchase_id').notNull(),
    seq: integer('seq').notNull(),
    credits: integer('credits').notNull(),
    moved: integer('moved').notNull(),
    reason: text('reason', { enum: ['refund', 'dispute', 'reinstated'] }).notNull(),
    reference: text('reference').notNull(),
    createdAt: at('created_at'),
  },
  (table) => [
    unique('reversals_chain').on(table.purchaseId, table.seq),
    index('reversals_of_user').on(table.userId),
    // For the list of people who owe credits.
    index('reversals_short').on(table.userId).where(sql`${table.credits} > ${table.moved}`),
    foreignKey({ columns: [table.userId, table.purchaseId], foreignColumns: [purchases.userId, purchases.id] }),
    check('reversals_credits', sql`${table.credits} <> 0 AND ${table.seq} >= 1`),
  ],
);

/**
 * A refund that an admin asks for. `waiting`: for another admin's yes; `asked`: Stripe is asked for it, under the row's id as
 * its idempotency key, again each night until it answers; `done` or `refused`: Stripe's answer; `declined`: an admin's no. A
 * refund that fails after it was made goes from `done` to `refused`. `credits`: what it takes, rounded down
 * (laws: the migration `desk_refunds`). The credits move by `reversals`, as for every refund.
 */
export const refundRequests = sqliteTable(
  'refund_requests',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    purchaseId: text('purchase_id').notNull(),
    requestKey: text('request_key').notNull(),
    amount: integer('amount').notNull(),
    credits: integer('credits').notNull(),
    /** For the admins; the person does not read it. */
    reason: text('reason').notNull(),
    state: text('state', { enum: ['waiting', 'asked', 'done', 'declined', 'refused'] })
      .notNull()
      .default('waiting'),
    requestedBy: text('requested_by')
      .notNull()
      .references(() => users.id),
    requestedAt: at('requested_at'),
    decidedBy: text('decided_by').references(() => users.id),
    decidedAt: integer('decided_at'),
    /** The refund's id at Stripe. */
    refundId: text('refund_id'),
    refusal: text('refusal', { enum: ['already-refunded', 'disputed', 'too-much', 'failed', 'other'] }),
    endedAt: integer('ended_at'),
  },
  (table) => [
    unique('refund_requests_request').on(table.requestedBy, table.requestKey),
    uniqueIndex('refund_requests_open').on(table.purchaseId).where(sql`${table.state} IN ('waiting','asked')`),
    index('refund_requests_of_purchase').on(table.purchaseId, table.id),
    index('refund_requests_waiting').on(table.id).where(sql`${table.state} IN ('waiting','asked')`),
    // For what an admin moved alone within a day.
    index('refund_requests_decided')
      .on(table.decidedBy, table.decidedAt)
      .where(sql`${table.state} IN ('asked','done')`),
    foreignKey({ columns: [table.userId, table.purchaseId], foreignColumns: [purchases.userId, purchases.id] }),
    check('refund_requests_amount', sql`${table.amount} >= 1 AND ${table.credits} >= 0`),
    check('refund_requests_reason', sql`length(${table.reason}) BETWEEN 3 AND 500`),
    check('refund_requests_state', sql`${table.state} IN ('waiting','asked','done','declined','refused')`),
    check(
      'refund_requests_decided',
      sql`(${table.state} = 'waiting') = (${table.decidedAt} IS NULL) AND (${table.decidedAt} IS NULL) = (${table.decidedBy} IS NULL)`,
    ),
    check(
      'refund_requests_ended',
      sql`(${table.state} IN ('done','refused')) = (${table.endedAt} IS NOT NULL) AND (${table.state} = 'done') <= (${table.refundId} IS NOT NULL) AND (${table.state} = 'refused') = (${table.refusal} IS NOT NULL)`,
    ),
  ],
);

/** Stripe's events, for the record. Whether a purchase is fulfilled is read from the purchase, never from here. */
export const stripeEvents = sqliteTable(
  'stripe_events',
  {
    id: text('id').primaryKey(),
    type: text('type').notNull(),
    objectId: text('object_id').notNull(),
    receivedAt: at('received_at'),
    deliveries: integer('deliveries').notNull().default(1),
    doneAt: integer('done_at'),
    outcome: text('outcome'),
  },
  (table) => [
    index('stripe_events_newest').on(table.receivedAt),
    index('stripe_events_about').on(table.objectId, table.receivedAt),
  ],
);

/** Stripe's early fraud warnings: a bank says that a card's owner calls the payment a fraud. A refund in full ends one. */
export const fraudWarnings = sqliteTable(
  'fraud_warnings',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    purchaseId: text('purchase_id').notNull(),
    fraudType: text('fraud_type').notNull(),
    /** False once a refund or a dispute makes it needless to act. */
    isActionable: integer('is_actionable', { mode: 'boolean' }).notNull(),
    warnedAt: at('warned_at'),
  },
  (table) => [
    index('fraud_warnings_of_purchase').on(table.purchaseId),
    index('fraud_warnings_actionable').on(table.id).where(sql`${table.isActionable} = 1`),
    foreignKey({ columns: [table.userId, table.purchaseId], foreignColumns: [purchases.userId, purchases.id] }),
  ],
);

/**
 * Refunds that Stripe calls failed: the money is back in the account at Stripe, and the person does not have it.
 * `due_amount`: what went back of the payment before the failure; the owner is alerted until as much went back again.
 */
export const failedRefunds = sqliteTable(
  'failed_refunds',
  {
    /** The refund's id at Stripe. */
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    purchaseId: text('purchase_id').notNull(),
    amount: integer('amount').notNull(),
    dueAmount: integer('due_amount').notNull(),
    /** Stripe's `failure_reason`. */
    reason: text('reason').notNull(),
    failedAt: at('failed_at'),
  },
  (table) => [
    index('failed_refunds_of_purchase').on(table.purchaseId),
    index('failed_refunds_newest').on(table.failedAt),
    foreignKey({ columns: [table.userId, table.purchaseId], foreignColumns: [purchases.userId, purchases.id] }),
    check('failed_refunds_amount', sql`${table.amount} >= 1 AND ${table.dueAmount} >= 1`),
  ],
);
