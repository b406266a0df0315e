import { eq } from 'drizzle-orm';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { defineRead } from '~/db/reads.server';
import { creditAccounts, creditEntries } from '~/db/schema.server';
import { run, type Statement, statement } from '~/db/statement';
import { type EntriesAsked, findEntries, findKinds } from './entries.server';

/** The kinds of grants. Entries of all other kinds are booked by triggers (migrations/0001 and 0005). */
type GrantKind = 'signup' | 'adjustment';

/** A balance with its version: a page never replaces it by one with a lower version. */
export interface Balance {
  balance: number;
  version: number;
}

const balanceRead = defineRead(
  ['userId'],
  { balance: creditAccounts.balance, version: creditAccounts.version },
  (query, given) => query.from(creditAccounts).where(eq(creditAccounts.userId, given.userId)),
);

/** Credits to add. `key` names the fact behind them and is booked once. */
export interface Grant {
  key: string;
  userId: string;
  credits: number;
  kind: GrantKind;
  reference: string | null;
}

const openAccount = 'INSERT INTO credit_accounts (user_id) VALUES (?1)';

const grantCredits = `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
  VALUES (?1, ?2, (SELECT version + 1 FROM credit_accounts WHERE user_id = ?2), ?3,
          (SELECT balance + ?3 FROM credit_accounts WHERE user_id = ?2), ?4, ?5, ?6)`;

const grantCreditsOnce = `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, created_at)
  SELECT ?1, ?2, version + 1, ?3, balance + ?3, ?4, ?5 FROM credit_accounts
  WHERE user_id = ?2 AND NOT EXISTS (SELECT 1 FROM credit_entries WHERE key = ?1)`;

/** Opens an empty account; part of the batch that makes the user. */
export const openAccountStatement = (userId: string): Statement => statement(openAccount, userId);

/** Adds credits; fails with `ledger:duplicate` if the key was booked before. `now` in ms. */
export const grantStatement = ({ key, userId, credits, kind, reference }: Grant, now: number): Statement =>
  statement(grantCredits, key, userId, credits, kind, reference, now);

/** Adds credits; changes nothing if the key was booked before. Part of the batch that opens the account. `now` in ms. */
export const grantOnceStatement = ({ key, userId, credits, kind }: Omit<Grant, 'reference'>, now: number): Statement =>
  statement(grantCreditsOnce, key, userId, credits, kind, now);

/** The ledger. Its laws are in migrations/0001_laws.sql. */
export function createLedger({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** Adds credits once per key. `duplicate`: the key was booked before, and nothing changed. */
    async grant(grant: Grant) {
      try {
        await run(db, grantStatement(grant, clock()));
        return { outcome: 'granted' as const };
      } catch (error) {
        if (brokenLaw(error) === 'ledger:duplicate') return { outcome: 'duplicate' as const };
        // An error can be a lost answer: the ledger tells whether the entry was written.
        const [entry] = await db.select().from(creditEntries).where(eq(creditEntries.key, grant.key));
        if (entry?.userId === grant.userId) return { outcome: 'granted' as const };
        throw error;
      }
    },

    /** The person's balance; zero without an account. */
    async balance(userId: string): Promise<Balance> {
      const [account] = await db.ask(balanceRead, { userId });
      return { balance: account?.balance ?? 0, version: account?.version ?? 0 };
    },

    /** Entries newest first, at most `limit`; of one kind and older than `beforeSeq`, if these are given. */
    entries: (asked: EntriesAsked) => findEntries(db, asked),

    /** The kinds of entries that this person has. */
    kinds: (userId: string) => findKinds(db, userId),
  };
}

export type Ledger = ReturnType<typeof createLedger>;
