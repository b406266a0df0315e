import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { at, toErase } from './columns.server';

/** A person as an opaque id, which the ledger keeps for ever. */
export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    createdAt: at('created_at'),
    /** When an admin suspended the person: sign-in and shares are refused, and nothing is deleted. */
    suspendedAt: integer('suspended_at'),
    deletedAt: integer('deleted_at'),
    erasedAt: integer('erased_at'),
    /** The account hash, which the person's later accounts share. Limits count by it; a trigger sets it to the id if unknown. */
    accountHash: text('account_hash'),
  },
  (table) => [
    index('users_to_erase').on(table.deletedAt).where(toErase(table)),
    index('users_of_account').on(table.accountHash, table.id),
    uniqueIndex('users_living').on(table.accountHash).where(sql`${table.deletedAt} IS NULL`),
  ],
);

/** The personal data of a person; deleting the account deletes this row. */
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

/** A sign-in that was begun: it can be finished once, by the same browser, within ten minutes. */
export const signInAttempts = sqliteTable(
  'sign_in_attempts',
  {
    stateHash: text('state_hash').primaryKey(),
    browserHash: text('browser_hash').notNull(),
    codeVerifier: text('code_verifier').notNull(),
    nonce: text('nonce').notNull(),
    returnTo: text('return_to').notNull(),
    createdAt: at('created_at'),
    expiresAt: at('expires_at'),
  },
  (table) => [index('sign_in_attempts_expiry').on(table.expiresAt)],
);

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
