import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { users } from './people.server';

/** Where each long run stopped, as JSON (app/db/cursors.server.ts). */
export const cursors = sqliteTable('cursors', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
  updatedAt: at('updated_at'),
});

/** Until when (ms) the log tail is on: one row, or none before the first admin opened it. */
export const logTail = sqliteTable(
  'log_tail',
  {
    id: integer('id').primaryKey(),
    until: integer('until').notNull(),
  },
  (table) => [check('log_tail_one_row', sql`${table.id} = 1`)],
);

/** Queue messages that could not be delivered, as the dead-letter queue brought them. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    id: text('id').primaryKey(),
    body: text('body').notNull(),
    generationId: text('generation_id'),
    attempts: integer('attempts').notNull(),
    receivedAt: at('received_at'),
  },
  (table) => [index('dead_letters_newest').on(table.receivedAt)],
);

/** Run reports. `differences` is a JSON list of findings. */
export const houseReports = sqliteTable(
  'house_reports',
  {
    kind: text('kind', { enum: ['sweep', 'audit', 'reconcile', 'spending'] }).notNull(),
    at: at('at'),
    ok: integer('ok', { mode: 'boolean' }).notNull(),
    differences: text('differences').notNull(),
    milliseconds: integer('milliseconds').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.at] })],
);

/**
 * The audit log, append-only (laws: migrations/0007_laws_of_the_desk.sql). `user_id`: the person it is about;
 * `admin_user_id`: null for `npm run admin`.
 */
export const adminActs = sqliteTable(
  'admin_acts',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: at('at'),
    adminUserId: text('admin_user_id'),
    what: text('what').notNull(),
    userId: text('user_id'),
    /** The id of the changed row, or the key of the setting. */
    subject: text('subject').notNull(),
    before: text('before'),
    after: text('after'),
    reason: text('reason'),
    requestId: text('request_id'),
  },
  (table) => [
    index('admin_acts_of_user').on(table.userId, table.id),
    index('admin_acts_by_admin').on(table.adminUserId, table.id),
    index('admin_acts_by_what').on(table.what, table.id),
    index('admin_acts_on_subject').on(table.subject, table.id),
  ],
);

/** Versions of the system prompt, append-only. Version 1 is in the code; a setting names the live one. */
export const promptVersions = sqliteTable(
  'prompt_versions',
  {
    version: integer('version').primaryKey(),
    text: text('text').notNull(),
    note: text('note').notNull(),
    authorId: text('author_id')
      .notNull()
      .references(() => users.id),
    createdAt: at('created_at'),
  },
  (table) => [
    check('prompt_versions_number', sql`${table.version} >= 2`),
    check('prompt_versions_text', sql`length(${table.text}) BETWEEN 1 AND 600`),
  ],
);

/**
 * Counts for each version of the system prompt, kept by triggers: generations, ready, failed, approved, and feedback by
 * reason.
 */
export const promptFigures = sqliteTable(
  'prompt_figures',
  {
    version: integer('version').notNull(),
    figure: text('figure').notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.version, table.figure] })],
);

/**
 * Figures of each day (days since 1970, UTC), counted by triggers, so that no page scans a table for them. Day 0 holds
 * figures without a day: `outstanding`, the sum of all balances. Money is in the currency's smallest unit,
 * `provider-cents` in US cents; `wait:<seconds>` counts ready generations by how long they took.
 */
export const dayFigures = sqliteTable(
  'day_figures',
  {
    day: integer('day').notNull(),
    figure: text('figure').notNull(),
    value: real('value').notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.figure] })],
);

/** Log lines that are kept for a month (`isWorthKeeping` in app/log.ts). */
export const logLines = sqliteTable(
  'log_lines',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: at('at'),
    requestId: text('request_id'),
    generationId: text('generation_id'),
    userId: text('user_id'),
    event: text('event').notNull(),
    line: text('line').notNull(),
  },
  (table) => [
    index('log_lines_at').on(table.at),
    index('log_lines_of_request').on(table.requestId, table.id).where(sql`${table.requestId} IS NOT NULL`),
    index('log_lines_of_generation').on(table.generationId, table.id).where(sql`${table.generationId} IS NOT NULL`),
    index('log_lines_of_user').on(table.userId, table.id).where(sql`${table.userId} IS NOT NULL`),
    index('log_lines_refused')
      .on(table.userId, table.at)
      .where(sql`${table.event} = 'request' AND ${table.userId} IS NOT NULL`),
    index('log_lines_of_nobody').on(table.at).where(sql`${table.userId} IS NULL AND ${table.generationId} IS NULL`),
  ],
);

/** Alerts, open until their cause is over. Each is posted to the owner's webhook, again until it is accepted. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    detail: text('detail').notNull(),
    openedAt: at('opened_at'),
    /** When its trouble was last found: it closes after it has been quiet for its window. */
    seenAt: integer('seen_at').notNull().default(0),
    closedAt: integer('closed_at'),
    tries: integer('tries').notNull().default(0),
    nextTryAt: integer('next_try_at'),
    deliveredAt: integer('delivered_at'),
  },
  (table) => [
    uniqueIndex('alerts_open').on(table.kind, table.subject).where(sql`${table.closedAt} IS NULL`),
    index('alerts_newest').on(table.openedAt),
    index('alerts_to_tell').on(table.nextTryAt).where(sql`${table.nextTryAt} IS NOT NULL`),
  ],
);

/**
 * Webhooks that were refused, counted by sender, reason and day (days since 1970, UTC): a stranger adds no row, since all
 * three are words of ours (law: migrations/…_traces.sql). Kept for 30 days.
 */
export const webhookRefusals = sqliteTable(
  'webhook_refusals',
  {
    sender: text('sender').notNull(),
    reason: text('reason').notNull(),
    day: integer('day').notNull(),
    count: integer('count').notNull(),
    firstAt: at('first_at'),
    lastAt: at('last_at'),
  },
  (table) => [
    primaryKey({ columns: [table.day, table.sender, table.reason] }),
    check('webhook_refusals_words', sql`length(${table.sender}) <= 20 AND length(${table.reason}) <= 30`),
  ],
);
