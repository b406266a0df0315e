import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';

/** A provider's calls in one minute: all, failed by the provider's fault, and slow. The sweep deletes old minutes. */
export const providerMinutes = sqliteTable(
  'provider_minutes',
  {
    provider: text('provider').notNull(),
    /** Minutes since 1970. */
    minute: integer('minute').notNull(),
    calls: integer('calls').notNull().default(0),
    failures: integer('failures').notNull().default(0),
    slow: integer('slow').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.provider, table.minute] })],
);

/** The breaker of a provider: until `open_until`, the provider gets no new submits. */
export const providerBreakers = sqliteTable('provider_breakers', {
  provider: text('provider').primaryKey(),
  openedAt: at('opened_at'),
  openUntil: at('open_until'),
  /** Of app/providers/rest.ts. A rest by hand may have no end (`untilWoken`). */
  reason: text('reason', { enum: ['failures', 'slow', 'quota', 'auth', 'out-of-funds', 'by-hand'] }).notNull(),
  /** How often the breaker opened in a row; the pause grows with it. */
  openings: integer('openings').notNull().default(1),
});
