import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { generations } from './generations.server';
import { creditAccounts, users } from './people.server';
import { purchases, reversals } from './purchases.server';

/** The ledger: append-only, each entry next in its person's order. */
export const creditEntries = sqliteTable(
  'credit_entries',
  {
    key: text('key').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    seq: integer('seq').notNull(),
    delta: integer('delta').notNull(),
    balanceAfter: integer('balance_after').notNull(),
    kind: text('kind', {
      enum: ['signup', 'purchase', 'referral', 'share', 'generation', 'refund', 'clawback', 'adjustment'],
    }).notNull(),
    generationId: text('generation_id'),
    reference: text('reference'),
    createdAt: at('created_at'),
  },
  (table) => [
    unique('credit_entries_chain').on(table.userId, table.seq),
    index('credit_entries_by_kind').on(table.userId, table.kind, table.seq),
    foreignKey({ columns: [table.userId, table.generationId], foreignColumns: [generations.userId, generations.id] }),
    check('credit_entries_key', sql`length(${table.key}) BETWEEN 3 AND 200`),
    check('credit_entries_delta', sql`${table.delta} <> 0 AND ${table.delta} BETWEEN -10000 AND 10000`),
    check('credit_entries_no_overdraft', sql`${table.balanceAfter} >= 0 AND ${table.seq} >= 1`),
    check(
      'credit_entries_kind',
      sql`(${table.kind} IN ('signup','purchase','referral','share') AND ${table.delta} > 0 AND ${table.generationId} IS NULL)
        OR (${table.kind} = 'generation' AND ${table.delta} < 0 AND ${table.generationId} IS NOT NULL)
        OR (${table.kind} = 'refund' AND ${table.delta} > 0 AND ${table.generationId} IS NOT NULL)
        OR (${table.kind} = 'clawback' AND ${table.delta} < 0 AND ${table.reference} IS NOT NULL)
        OR (${table.kind} = 'adjustment' AND ${table.reference} IS NOT NULL)`,
    ),
  ],
);

/**
 * Credits that an admin gives (`credits` > 0) or takes. The step to `done` books them, by trigger. Above the daily limit in
 * the settings, and for oneself, that step needs the approval of another admin (laws: migrations/0007_laws_of_the_desk.sql
 * and 0013_second_admin.sql).
 */
export const adjustments = sqliteTable(
  'adjustments',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    requestKey: text('request_key').notNull(),
    credits: integer('credits').notNull(),
    /** Shown to the person in their credit history. */
    reason: text('reason').notNull(),
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
    unique('adjustments_request').on(table.requestedBy, table.requestKey),
    index('adjustments_of_user').on(table.userId, table.id),
    index('adjustments_waiting').on(table.id).where(sql`${table.state} = 'waiting'`),
    // For what an admin moved alone within a day.
    index('adjustments_decided').on(table.decidedBy, table.decidedAt).where(sql`${table.state} = 'done'`),
    check('adjustments_credits', sql`${table.credits} <> 0 AND ${table.credits} BETWEEN -10000 AND 10000`),
    check('adjustments_reason', sql`length(${table.reason}) BETWEEN 3 AND 500`),
    check('adjustments_state', sql`${table.state} IN ('waiting','done','declined')`),
    check(
      'adjustments_decided',
      sql`(${table.state} = 'waiting') = (${table.decidedAt} IS NULL) AND (${table.decidedAt} IS NULL) = (${table.decidedBy} IS NULL)`,
    ),
  ],
);

/** The code in a person's invitation link `/r/:code`. */
export const referralCodes = sqliteTable('referral_codes', {
  code: text('code').primaryKey(),
  userId: text('user_id')
    .notNull()
    .unique()
    .references(() => users.id),
  createdAt: at('created_at'),
});

/**
 * A friend who signed up by a person's code. Setting `rewarded_at` books the credits of both, by triggers (laws:
 * migrations/0005_laws_of_money.sql).
 */
export const referrals = sqliteTable(
  'referrals',
  {
    referredUserId: text('referred_user_id')
      .primaryKey()
      .references(() => creditAccounts.userId),
    referrerUserId: text('referrer_user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    createdAt: at('created_at'),
    rewardedAt: integer('rewarded_at'),
    rewardedFor: text('rewarded_for', { enum: ['film', 'purchase'] }),
    /** The purchase that earned the reward: if all of its credits are taken back, so are the rewards. */
    purchaseId: text('purchase_id').references(() => purchases.id),
    referrerCredits: integer('referrer_credits').notNull().default(0),
    referredCredits: integer('referred_credits').notNull().default(0),
  },
  (table) => [
    index('referrals_of_referrer').on(table.referrerUserId, table.rewardedAt),
    index('referrals_of_purchase').on(table.purchaseId),
    check('referrals_reward', sql`(${table.rewardedAt} IS NULL) = (${table.rewardedFor} IS NULL)`),
    check(
      'referrals_credits',
      sql`${table.referrerCredits} BETWEEN 0 AND 1000 AND ${table.referredCredits} BETWEEN 0 AND 1000`,
    ),
  ],
);

/**
 * A referral reward taken back (`credits` > 0) after a refund or dispute of the purchase that earned it, or given back
 * (`credits` < 0). `moved` is the part that the ledger moved: what was spent stays spent. Written by trigger alone (laws:
 * migrations/0017_rewards.sql).
 */
export const rewardReversals = sqliteTable(
  'reward_reversals',
  {
    id: text('id').primaryKey(),
    reversalId: text('reversal_id')
      .notNull()
      .references(() => reversals.id),
    referredUserId: text('referred_user_id')
      .notNull()
      .references(() => referrals.referredUserId),
    /** Whose reward it was: the friend's, or the inviting person's. */
    userId: text('user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    credits: integer('credits').notNull(),
    moved: integer('moved').notNull(),
    /** The refund or dispute at Stripe. */
    reference: text('reference').notNull(),
    createdAt: at('created_at'),
  },
  (table) => [
    index('reward_reversals_of_referral').on(table.referredUserId, table.userId),
    index('reward_reversals_of_cause').on(table.reversalId),
    index('reward_reversals_of_user').on(table.userId),
    check('reward_reversals_credits', sql`${table.credits} <> 0`),
  ],
);
