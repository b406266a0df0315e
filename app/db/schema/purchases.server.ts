import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { creditAccounts } from './people.server';

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
