import type { Database } from '~/db/client.server';
import type { Statement } from '~/db/statement';
import type { PurchaseView } from './purchases';
import type { PurchaseKey, PurchaseRow } from './statements';
import { findBy } from './statements';

/** Purchases as rows: found by key, and written so that a lost answer is not mistaken for a failure. */
export function createPurchaseRows({ db }: { db: Database }) {
  const prepared = ({ sql, params }: Statement) => db.$client.prepare(sql).bind(...params);

  async function list(statement: Statement): Promise<PurchaseRow[]> {
    return (await prepared(statement).all<PurchaseRow>()).results;
  }
  async function find(statement: Statement): Promise<PurchaseRow | null> {
    return (await list(statement))[0] ?? null;
  }

  /** Writes, and reads the row again: a lost answer is not mistaken for a failure. */
  async function attempt(statements: readonly Statement[], key: PurchaseKey) {
    let failure: unknown = null;
    try {
      await db.$client.batch(statements.map(prepared));
    } catch (error) {
      failure = error;
    }
    return { failure, row: await find(findBy.key(key)) };
  }

  return {
    list,
    find,

    /** Writes a purchase, and answers it; null where the statement itself found that it may not be written. */
    async add(statement: Statement, key: PurchaseKey): Promise<PurchaseRow | null> {
      const { failure, row } = await attempt([statement], key);
      if (row === null && failure !== null) throw failure;
      return row;
    },

    /**
     * Writes, and answers the purchase as it stands after. What was refused or lost its answer shows in the row alone:
     * if `isDone` is not true of it, the error is thrown on.
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

/** What the person sees of a row. */
export function viewOf(row: PurchaseRow): PurchaseView {
  const { id, packId, credits, amount, currency, state, returnTo, receiptUrl, createdAt, refundedAmount, owed } = row;
  const checkoutUrl = state === 'open' ? row.checkoutUrl : null;
  return {
    ...{ id, packId, credits, amount, currency, state, returnTo, receiptUrl, checkoutUrl, createdAt },
    ...{ refundedAmount, owed },
  };
}
