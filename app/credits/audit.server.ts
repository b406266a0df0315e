import { audits, type LedgerDifference } from './audit';

export type { LedgerDifference } from './audit';

/**
 * Adds the whole ledger up (app/credits/audit.ts). An empty answer means that not a credit was lost or made, and that
 * each has its story. Reads everything: for the night and for tests.
 */
export async function auditLedger(db: D1Database): Promise<LedgerDifference[]> {
  const kinds = Object.keys(audits) as LedgerDifference['kind'][];
  const results = await db.batch<{ subject: string }>(kinds.map((kind) => db.prepare(audits[kind])));
  return results.flatMap(({ results: rows }, index) =>
    rows.map(({ subject }) => ({ kind: kinds[index] as LedgerDifference['kind'], subject })),
  );
}
