import { sql } from 'drizzle-orm';
import { check, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { users } from './people.server';

/** Settings, written by admins alone. */
export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
  updatedAt: at('updated_at'),
  /** The admin who changed it last; null if no admin has. */
  updatedBy: text('updated_by').references(() => users.id),
  /** Grows with each change; a form that was made from an older version is refused. */
  version: integer('version').notNull().default(1),
});

/** The settings that change by two admins, as laws know them; the list is in app/settings/guarded.ts. */
export const guardedSettings = sqliteTable('guarded_settings', { key: text('key').primaryKey() });

/**
 * A change of a guarded setting that one admin asks for. The step to `done` writes the setting, by trigger, and needs an
 * admin with another Google account (laws: migrations/0013_second_admin.sql).
 */
export const settingChanges = sqliteTable(
  'setting_changes',
  {
    id: text('id').primaryKey(),
    key: text('key')
      .notNull()
      .references(() => guardedSettings.key),
    value: text('value').notNull(),
    /** The version that the asking admin saw. */
    seenVersion: integer('seen_version').notNull(),
    reason: text('reason'),
    state: text('state', { enum: ['waiting', 'done', 'declined'] })
      .notNull()
      .default('waiting'),
    requestedBy: text('requested_by')
      .notNull()
      .references(() => users.id),
    requestedAt: at('requested_at'),
    decidedBy: text('decided_by').references(() => users.id),
    decidedAt: integer('decided_at'),
  },
  (table) => [
    uniqueIndex('setting_changes_waiting').on(table.key).where(sql`${table.state} = 'waiting'`),
    uniqueIndex('setting_changes_done').on(table.key, table.seenVersion).where(sql`${table.state} = 'done'`),
    check('setting_changes_value', sql`json_valid(${table.value}) AND length(${table.value}) <= 30000`),
    check('setting_changes_state', sql`${table.state} IN ('waiting','done','declined')`),
    check(
      'setting_changes_decided',
      sql`(${table.state} = 'waiting') = (${table.decidedAt} IS NULL) AND (${table.decidedAt} IS NULL) = (${table.decidedBy} IS NULL)`,
    ),
  ],
);
