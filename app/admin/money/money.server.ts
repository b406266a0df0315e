import type { AdminContext } from '~/admin/audit-log.server';
import type { Difference } from '~/billing/differences';
import type { PurchaseState } from '~/billing/purchases';
import type { Reconcile } from '~/billing/reconcile.server';
import type { ReportKind } from '~/db/run-reports';
import { all, statement } from '~/db/statement';
import type { SpendingDifference } from '~/generations/spending';
import { described, log } from '~/log';
import type { OwedLine, PurchaseOfPerson, ReportLine, ReversalLine } from './money';

const mostReversals = 20;
const mostReports = 10;
/** People with an unpaid reversal that are read, and the largest debts among them that are shown. */
const mostInDebt = 500;
const mostOwed = 50;
/** Sorts after every id of a purchase. */
const afterAllPurchases = 'pur_~';

/** The columns of `PurchaseOfPerson`, of `purchases p` and `profiles n`. */
export const purchaseColumns = `p.id, p.user_id AS userId, n.name AS person, p.created_at AS createdAt, p.pack_id AS packId, p.credits, p.amount,
  p.currency, p.state, p.refunded_amount AS refundedAmount, p.disputed_amount AS disputedAmount, p.dispute_status AS disputeStatus,
  (SELECT coalesce(sum(r.credits - r.moved), 0) FROM reversals r WHERE r.purchase_id = p.id) AS owed`;
const named = 'LEFT JOIN profiles n ON n.user_id = p.user_id';
const purchasesNewest = `SELECT ${purchaseColumns} FROM purchases p ${named} WHERE p.id < ?1 ORDER BY p.id DESC LIMIT ?2`;
const purchasesInState = `SELECT ${purchaseColumns} FROM purchases p ${named}
  WHERE p.state = ?3 AND p.id < ?1 ORDER BY p.id DESC LIMIT ?2`;
const reversals = `SELECT r.id, r.user_id AS userId, n.name AS person, r.purchase_id AS purchaseId, r.credits, r.moved, r.reason,
    r.created_at AS createdAt, p.amount, p.currency, p.dispute_status AS disputeStatus
  FROM reversals r JOIN purchases p ON p.id = r.purchase_id LEFT JOIN profiles n ON n.user_id = r.user_id
  ORDER BY r.id DESC LIMIT ?1`;
// Reads only reversals that a balance did not cover, by their partial index.
const owed = `SELECT s.user_id AS userId, n.name AS person,
    (SELECT sum(r.credits - r.moved) FROM reversals r WHERE r.user_id = s.user_id) AS owed
  FROM (SELECT DISTINCT user_id FROM reversals WHERE credits > moved LIMIT ?1) s LEFT JOIN profiles n ON n.user_id = s.user_id
  WHERE owed > 0 ORDER BY owed DESC LIMIT ?2`;
const reports = `SELECT at, ok, differences, milliseconds FROM house_reports WHERE kind = ?1 ORDER BY at DESC LIMIT ?2`;

type ReportRow = Omit<ReportLine, 'ok' | 'differences'> & { ok: number; differences: string };

/** Purchases, refunds, debts, and how our books compare with those of Stripe and of the film services. */
export function createMoney(
  { db, auditLog, clock }: Pick<AdminContext, 'db' | 'auditLog' | 'clock'>,
  { reconcile }: { reconcile: Pick<Reconcile, 'run'> },
) {
  const reported = async <Found>(kind: ReportKind): Promise<ReportLine<Found>[]> => {
    const rows = await all<ReportRow>(db, statement(reports, kind, mostReports));
    return rows.map((row) => ({ ...row, ok: row.ok === 1, differences: JSON.parse(row.differences) as Found[] }));
  };

  return {
    /** Purchases newest first, older than the id `before`; of one state, or of all for null. */
    purchases({ state, before, limit }: { state: PurchaseState | null; before: string | null; limit: number }) {
      const from = [before ?? afterAllPurchases, limit] as const;
      const read = state === null ? statement(purchasesNewest, ...from) : statement(purchasesInState, ...from, state);
      return all<PurchaseOfPerson>(db, read);
    },

    /** The newest refunds and disputes, with the credits they moved. */
    reversals: () => all<ReversalLine>(db, statement(reversals, mostReversals)),

    /** People who owe credits, the largest debt first. */
    owed: () => all<OwedLine>(db, statement(owed, mostInDebt, mostOwed)),

    /** The newest comparisons with Stripe's books. */
    reports: () => reported<Difference>('reconcile'),

    /** The newest comparisons of the film services' charges with the possible cost of our generations. */
    charges: () => reported<SpendingDifference>('spending'),

    /** Compares the books with Stripe now, as each night does. Writes an audit entry even if Stripe does not answer. */
    async compare({
      adminId,
      requestId,
    }: {
      adminId: string;
      requestId: string;
    }): Promise<'compared' | 'not-compared'> {
      const entry = { what: 'reconciled', adminId, subject: 'stripe', requestId } as const;
      try {
        const found = await reconcile.run(clock());
        await auditLog.record({ ...entry, after: { differences: found.length } });
        return 'compared';
      } catch (error) {
        log({ event: 'purchase', purchaseId: 'none', outcome: 'not-compared', detail: described(error).message });
        await auditLog.record({ ...entry, after: 'Stripe could not be reached' });
        return 'not-compared';
      }
    },
  };
}
