import type { Database } from '~/db/client.server';
import { all, batch, type Statement } from '~/db/statement';
import type { PurchaseView } from './purchases';
import type { PurchaseKey, PurchaseRow } from './statements';
import { findBy } from './statements';

/** Reads purchases, and writes them so that a lost answer is not taken for a failure. */
export function createPurchaseRows({ db }: { db: Database }) {
  const list = (statement: Statement) => all<PurchaseRow>(db, statement);

  async function find(statement: Statement): Promise<PurchaseRow | null> {
    return (await list(statement))[0] ?? null;
  }

  /** Runs the statements and reads the row: after an error, the row tells what was written. */
  async function attempt(statements: readonly Statement[], key: PurchaseKey) {
    let failure: unknown = null;
    try {
      await batch(db, statements);
    } catch (error) {
      failure = error;
    }
    return { failure, row: await find(findBy.key(key)) };
  }

  return {
    list,
    find,

    /** Inserts a purchase and returns it; null if a condition of the statement did not hold. */
    async add(statement: Statement, key: PurchaseKey): Promise<PurchaseRow | null> {
      const { failure, row } = await attempt([statement], key);
      if (row === null && failure !== null) throw failure;
      return row;
    },

    /**
     * Runs the statements and returns the purchase as it is afterwards. After an error the row decides: if `isDone` is false
     * for it, the error is thrown.
     */
    async write(
      statements: readonly Statement[],
      { key, isDone }: { key: PurchaseKey; isDone: (row: PurchaseRow) => boolean },
    ): Promise<PurchaseRow> {
      const { failure, row } = await attempt(statements, key);
      if (row && (failure === null || isDone(row))) return row;
      throw failure ?? new Error(`the purchase ${key.id} is gone`);
    },
  };
}

export type PurchaseRows = ReturnType<typeof createPurchaseRows>;

/** A purchase as its page shows it. */
export function viewOf(row: PurchaseRow): PurchaseView {
  const { id, packId, credits, amount, currency, state, returnTo, receiptUrl, createdAt, refundedAmount, owed } = row;
  const checkoutUrl = state === 'open' ? row.checkoutUrl : null;
  return {
    ...{ id, packId, credits, amount, currency, state, returnTo, receiptUrl, checkoutUrl, createdAt },
    ...{ refundedAmount, owed },
  };
}
