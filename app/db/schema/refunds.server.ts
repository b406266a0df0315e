import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, sqliteTable, text, unique, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { users } from './people.server';
import { purchases } from './purchases.server';

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
