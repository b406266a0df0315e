import { eq } from 'drizzle-orm';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { defineRead } from '~/db/reads.server';
import { creditAccounts, creditEntries } from '~/db/schema.server';
import { type EntriesAsked, findEntries, findKinds } from './entries.server';

/** What a grant may be called; whatever else moves credits is booked by the schema (migrations/0001 and 0005). */
export type GrantKind = 'signup' | 'adjustment';

/** A balance with its version: an older one never replaces a newer one on a page. */
export interface Balance {
  balance: number;
  version: number;
}

const balanceRead = defineRead(
  ['userId'],
  { balance: creditAccounts.balance, version: creditAccounts.version },
  (query, given) => query.from(creditAccounts).where(eq(creditAccounts.userId, given.userId)),
);

/** Credits to be added under the name of the fact that brings them. */
export interface Grant {
  key: string;
  userId: string;
  credits: number;
  kind: GrantKind;
  reference: string | null;
}

/** The ledger. Every write is one statement whose laws live in migrations/0001_laws.sql. */
export function createLedger({ db, clock }: { db: Database; clock: Clock }) {
  function grantStatement(grant: Grant): D1PreparedStatement {
    return db.$client
      .prepare(
        `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
         VALUES (?1, ?2, (SELECT version + 1 FROM credit_accounts WHERE user_id = ?2), ?3,
                 (SELECT balance + ?3 FROM credit_accounts WHERE user_id = ?2), ?4, ?5, ?6)`,
      )
      .bind(grant.key, grant.userId, grant.credits, grant.kind, grant.reference, clock());
  }

  return {
    /** The statement that opens an empty account; part of the batch that makes the user. */
    openAccountStatement(userId: string): D1PreparedStatement {
      return db.$client.prepare('INSERT INTO credit_accounts (user_id) VALUES (?1)').bind(userId);
    },

    /** The statement that adds credits unless this key was booked before; part of a batch that opens the account. */
    grantOnceStatement(grant: { key: string; userId: string; credits: number; kind: GrantKind }): D1PreparedStatement {
      return db.$client
        .prepare(
          `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, created_at)
           SELECT ?1, ?2, version + 1, ?3, balance + ?3, ?4, ?5 FROM credit_accounts
           WHERE user_id = ?2 AND NOT EXISTS (SELECT 1 FROM credit_entries WHERE key = ?1)`,
        )
        .bind(grant.key, grant.userId, grant.credits, grant.kind, clock());
    },

    /** The statement that adds credits, and fails with `ledger:duplicate` where this key was booked before. */
    grantStatement,

    /** Adds credits once per key. `duplicate` means that the same fact was booked before; nothing changed. */
    async grant(grant: Grant) {
      try {
        await grantStatement(grant).run();
        return { outcome: 'granted' as const };
      } catch (error) {
        if (brokenLaw(error) === 'ledger:duplicate') return { outcome: 'duplicate' as const };
        // The answer may have been lost after the write: what the journal says counts.
        const [entry] = await db.select().from(creditEntries).where(eq(creditEntries.key, grant.key));
        if (entry?.userId === grant.userId) return { outcome: 'granted' as const };
        throw error;
      }
    },

    /** What the person may spend. */
    async balance(userId: string): Promise<Balance> {
      const [account] = await db.ask(balanceRead, { userId });
      return { balance: account?.balance ?? 0, version: account?.version ?? 0 };
    },

    /** Entries newest first, `limit` at most, of one kind and older than `beforeSeq` where given. */
    entries: (asked: EntriesAsked) => findEntries(db, asked),

    /** The kinds this person has entries of. */
    kinds: (userId: string) => findKinds(db, userId),
  };
}

export type Ledger = ReturnType<typeof createLedger>;
