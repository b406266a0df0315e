import type { AuditLog } from '~/admin/audit-log.server';
import type { ReportKind } from '~/admin/health/system-status';
import type { Difference } from '~/billing/differences';
import type { PurchaseState } from '~/billing/purchases';
import type { Reconcile } from '~/billing/reconcile.server';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import type { ReportKind } from '~/db/run-reports';
import type { SpendingDifference } from '~/generations/spending';
import { described, log } from '~/log';
import type { OwedLine, PurchaseOfPerson, ReportLine, ReversalLine } from './money';

const mostReversals = 20;
const mostReports = 10;
/** People who may owe something, and of them the ones that are shown: who owes most. */
const mostInDebt = 500;
const mostOwed = 50;
/** Sorts after every id of a purchase. */
const afterAllPurchases = 'pur_~';

const purchaseColumns = `p.id, p.user_id AS userId, n.name AS person, p.created_at AS createdAt, p.pack_id AS packId, p.credits, p.amount,
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
// Only who was ever short of something is looked at, by an index of those alone.
const owed = `SELECT s.user_id AS userId, n.name AS person,
    (SELECT sum(r.credits - r.moved) FROM reversals r WHERE r.user_id = s.user_id) AS owed
  FROM (SELECT DISTINCT user_id FROM reversals WHERE credits > moved LIMIT ?1) s LEFT JOIN profiles n ON n.user_id = s.user_id
  WHERE owed > 0 ORDER BY owed DESC LIMIT ?2`;
const reports = `SELECT at, ok, differences, milliseconds FROM house_reports WHERE kind = ?1 ORDER BY at DESC LIMIT ?2`;

type ReportRow = Omit<ReportLine, 'ok' | 'differences'> & { ok: number; differences: string };

/** What was bought, what went back, what is owed, and how our books stand to Stripe's. */
export function createMoney({
  db,
  auditLog,
  reconcile,
  clock,
}: {
  db: Database;
  auditLog: AuditLog;
  reconcile: Pick<Reconcile, 'run'>;
  clock: Clock;
}) {
  const run = (sql: string, ...values: (string | number)[]) => db.$client.prepare(sql).bind(...values);
  const all = async <Row>(sql: string, ...values: (string | number)[]) =>
    (await run(sql, ...values).all<Row>()).results;
  const reported = async <Found>(kind: ReportKind): Promise<ReportLine<Found>[]> => {
    const rows = await all<ReportRow>(reports, kind, mostReports);
    return rows.map((row) => ({ ...row, ok: row.ok === 1, differences: JSON.parse(row.differences) as Found[] }));
  };

  return {
    /** Purchases newest first, of one state where given; `before` is the id of the last one that was shown. */
    purchases({ state, before, limit }: { state: PurchaseState | null; before: string | null; limit: number }) {
      const from = [before ?? afterAllPurchases, limit] as const;
      return state === null
        ? all<PurchaseOfPerson>(purchasesNewest, ...from)
        : all<PurchaseOfPerson>(purchasesInState, ...from, state);
    },

    /** The last refunds and disputes, as what they moved in the ledger. */
    reversals: () => all<ReversalLine>(reversals, mostReversals),

    /** Who owes credits, the most first. */
    owed: () => all<OwedLine>(owed, mostInDebt, mostOwed),

    /** The last comparisons with Stripe's books. */
    reports: () => reported<Difference>('reconcile'),

    /** The last comparisons of what film services charged with what our tries can have cost. */
    charges: () => reported<SpendingDifference>('spending'),

    /** Compares the books now, as each night does. What was pressed is written down also where Stripe does not answer. */
    async compare({
      adminId,
      requestId,
    }: {
      adminId: string;
      requestId: string;
    }): Promise<'compared' | 'not-compared'> {
      const act = { what: 'reconciled', adminId, subject: 'stripe', requestId } as const;
      try {
        const found = await reconcile.run(clock());
        await auditLog.record({ ...act, after: { differences: found.length } });
        return 'compared';
      } catch (error) {
        log({ event: 'purchase', purchaseId: 'none', outcome: 'not-compared', detail: described(error).message });
        await auditLog.record({ ...act, after: 'Stripe could not be asked' });
        return 'not-compared';
      }
    },
  };
}
