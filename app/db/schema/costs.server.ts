import { sql } from 'drizzle-orm';
import { check, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { generations } from './generations.server';

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
