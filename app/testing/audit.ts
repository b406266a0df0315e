// The ledger is audited after every test file (setup.ts).
const reasons: string[] = [];

/** Exempts this test file, which breaks the ledger on purpose, from the audit. */
export function skipLedgerAudit(reason: string): void {
  reasons.push(reason);
}

/** Why this test file is exempt from the audit, or null. */
export function auditSkipReason(): string | null {
  return reasons[0] ?? null;
}
