import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';

/** A person as an opaque id, which the ledger keeps for ever. */
export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    createdAt: at('created_at'),
    /** When an admin suspended the person: sign-in and shares are refused, and nothing is deleted. */
    suspendedAt: integer('suspended_at'),
    /** When the person asked for the deletion of the account: nothing of it is shown, and it can be taken back. */
    deletedAt: integer('deleted_at'),
    /** When the deletion became final, by the person or seven days later; profile and sessions go with it, by trigger. */
    closedAt: integer('closed_at'),
    erasedAt: integer('erased_at'),
    /** The account hash, which the person's later accounts share. Limits count by it; a trigger sets it to the id if unknown. */
    accountHash: text('account_hash'),
    /** The last day (UTC, days since 1970) on which the person signed in, so that each counts once a day; set by trigger. */
    signedInDay: integer('signed_in_day'),
  },
  (table) => [
    index('users_to_erase').on(table.closedAt).where(sql`${table.closedAt} IS NOT NULL AND ${table.erasedAt} IS NULL`),
    index('users_to_close')
      .on(table.deletedAt)
      .where(sql`${table.deletedAt} IS NOT NULL AND ${table.closedAt} IS NULL`),
    index('users_of_account').on(table.accountHash, table.id),
    uniqueIndex('users_living').on(table.accountHash).where(sql`${table.closedAt} IS NULL`),
    check('users_closed', sql`${table.closedAt} IS NULL OR ${table.deletedAt} IS NOT NULL`),
  ],
);

/** The personal data of a person; closing the account deletes this row. */
export const profiles = sqliteTable(
  'profiles',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => users.id),
    googleSub: text('google_sub').notNull().unique(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    updatedAt: at('updated_at'),
  },
  (table) => [
    index('profiles_email').on(sql`${table.email} COLLATE NOCASE`),
    index('profiles_name').on(sql`${table.name} COLLATE NOCASE`),
  ],
);

/** Admins, by the lasting id of their Google account, never by e-mail address (`npm run admin`). */
export const admins = sqliteTable('admins', {
  googleSub: text('google_sub').primaryKey(),
  grantedAt: at('granted_at'),
});

/** A signed-in browser. The cookie holds a random id, the row only its hash. */
export const sessions = sqliteTable(
  'sessions',
  {
    idHash: text('id_hash').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    userAgent: text('user_agent').notNull(),
    createdAt: at('created_at'),
    seenAt: at('seen_at'),
    expiresAt: at('expires_at'),
    /** When Google last asked the person who they are, as its sign-in said; null if it did not say. */
    authenticatedAt: integer('authenticated_at'),
  },
  (table) => [index('sessions_user').on(table.userId), index('sessions_expiry').on(table.expiresAt)],
);

/** A person's balance. Only the triggers of `credit_entries` change it. */
export const creditAccounts = sqliteTable(
  'credit_accounts',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => users.id),
    balance: integer('balance').notNull().default(0),
    version: integer('version').notNull().default(0),
  },
  (table) => [
    check('credit_accounts_no_overdraft', sql`${table.balance} >= 0`),
    check('credit_accounts_version', sql`${table.version} >= 0`),
  ],
);

/**
 * Where and on what a new person signed up, as keyed hashes, to find bursts of sign-ups (app/admin/clusters). Kept for 30
 * days.
 */
export const arrivals = sqliteTable(
  'arrivals',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => users.id),
    networkHash: text('network_hash').notNull(),
    deviceHash: text('device_hash').notNull(),
    at: at('at'),
  },
  (table) => [
    index('arrivals_newest').on(table.at),
    index('arrivals_of_network').on(table.networkHash, table.at),
    index('arrivals_of_device').on(table.deviceHash, table.at),
  ],
);
