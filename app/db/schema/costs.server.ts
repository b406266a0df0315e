import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { generations } from './generations.server';
import { purchases } from './purchases.server';

/**
 * What each submit costs us at its provider, in US cents: booked with the list price when it is written down, by trigger, and
 * changed to what the provider tells (`is_estimate` is 0 then). `at` is the time of the submit, whose day it counts for.
 */
export const submitCosts = sqliteTable(
  'submit_costs',
  {
    generationId: text('generation_id')
      .notNull()
      .references(() => generations.id),
    nonce: text('nonce').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    listCents: real('list_cents').notNull(),
    cents: real('cents').notNull(),
    isEstimate: integer('is_estimate', { mode: 'boolean' }).notNull(),
    at: at('at'),
  },
  (table) => [
    primaryKey({ columns: [table.generationId, table.nonce] }),
    check('submit_costs_cents', sql`${table.cents} >= 0 AND ${table.listCents} >= 0`),
    check('submit_costs_estimate', sql`${table.isEstimate} IN (0, 1)`),
  ],
);

/**
 * What Stripe keeps of a purchase, in the smallest unit of `currency`: for the payment (`source` is `payment`), and for each
 * other balance transaction that costs something, such as of a dispute (its id at Stripe). The fee of a payment is estimated by the settings when it is
 * paid, by trigger, until Stripe tells it (laws: the migration `stripe_fees`). `at`: when it was paid, disputed or refunded.
 */
export const stripeFees = sqliteTable(
  'stripe_fees',
  {
    purchaseId: text('purchase_id').notNull(),
    source: text('source').notNull(),
    userId: text('user_id').notNull(),
    fee: integer('fee').notNull(),
    currency: text('currency').notNull(),
    isEstimate: integer('is_estimate', { mode: 'boolean' }).notNull(),
    at: at('at'),
  },
  (table) => [
    primaryKey({ columns: [table.purchaseId, table.source] }),
    index('stripe_fees_unknown').on(table.at).where(sql`${table.isEstimate} = 1`),
    foreignKey({ columns: [table.userId, table.purchaseId], foreignColumns: [purchases.userId, purchases.id] }),
    check('stripe_fees_currency', sql`length(${table.currency}) = 3`),
    check('stripe_fees_estimate', sql`${table.isEstimate} IN (0, 1)`),
  ],
);
