/** One thing about the ledger that does not add up. */
export interface LedgerDifference {
  kind: 'balance' | 'version' | 'chain' | 'debit' | 'refund';
  /** The person or the generation it is about. */
  subject: string;
}

/**
 * Adds the whole ledger up: every balance equals the sum of its entries and the last one's `balance_after`, every
 * chain is without gaps, every generation has one debit, and one refund exactly when it failed or was canceled.
 * An empty answer means that not a credit was lost or made. Reads everything: for the night and for tests.
 */
export async function auditLedger(db: D1Database): Promise<LedgerDifference[]> {
  const results = await db.batch<LedgerDifference>([
    db.prepare(
      `SELECT 'balance' AS kind, a.user_id AS subject FROM credit_accounts a
       WHERE a.balance < 0 OR a.balance <> (SELECT coalesce(sum(e.delta), 0) FROM credit_entries e WHERE e.user_id = a.user_id)
         OR a.balance <> coalesce((SELECT e.balance_after FROM credit_entries e WHERE e.user_id = a.user_id ORDER BY e.seq DESC LIMIT 1), 0)`,
    ),
    db.prepare(
      `SELECT 'version' AS kind, a.user_id AS subject FROM credit_accounts a
       WHERE a.version <> (SELECT count(*) FROM credit_entries e WHERE e.user_id = a.user_id)
         OR a.version <> (SELECT coalesce(max(e.seq), 0) FROM credit_entries e WHERE e.user_id = a.user_id)`,
    ),
    db.prepare(
      `SELECT 'chain' AS kind, e.user_id AS subject FROM credit_entries e
       WHERE e.balance_after <> e.delta + coalesce((SELECT p.balance_after FROM credit_entries p
         WHERE p.user_id = e.user_id AND p.seq = e.seq - 1), 0)`,
    ),
    db.prepare(
      `SELECT 'debit' AS kind, g.id AS subject FROM generations g
       WHERE (SELECT count(*) FROM credit_entries e WHERE e.generation_id = g.id AND e.kind = 'generation'
         AND e.key = 'generation:' || g.id AND e.delta = -g.cost AND e.user_id = g.user_id) <> 1`,
    ),
    db.prepare(
      `SELECT 'refund' AS kind, g.id AS subject FROM generations g
       WHERE (SELECT count(*) FROM credit_entries e WHERE e.key = 'refund:' || g.id AND e.delta = g.cost
         AND e.user_id = g.user_id) <> (g.state IN ('failed','canceled'))`,
    ),
  ]);
  return results.flatMap(({ results: rows }) => rows);
}
