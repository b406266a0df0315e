import type { Database } from '~/db/client.server';
import { batch, statement } from '~/db/statement';
import type { WebhookRefusal } from '~/db/webhook-refusals';
import type { Settings } from '~/settings/settings';
import type { DisputedPurchase, FailedRefund, FraudWarning, Signals, SignUpCount } from './signals';

const hour = 3_600_000;
/** How long a failed refund is an alert at most. */
const failedRefundFor = 30 * 24 * hour;
/** Disputes, warnings and failed refunds that are alerts of their own, and new people that are counted. */
const mostOfEach = 20;
const mostArrivals = 5000;

const refusals = `SELECT sender, reason, count, first_at AS firstAt, last_at AS lastAt FROM webhook_refusals WHERE day >= ?1`;
// The states are spelled as in the partial index.
const disputes = `SELECT id AS purchaseId, dispute_status AS status, amount, currency FROM purchases
  WHERE dispute_status IN ('needs_response','under_review','warning_needs_response','warning_under_review')
  ORDER BY id DESC LIMIT ${mostOfEach}`;
const fraudWarnings = `SELECT purchase_id AS purchaseId, max(fraud_type) AS fraudType FROM fraud_warnings
  WHERE is_actionable = 1 GROUP BY purchase_id LIMIT ${mostOfEach}`;
// The bound of `failed_at` ends the alert of a person who was paid another way.
const failedRefunds = `SELECT p.id AS purchaseId, f.amount, p.currency, f.reason FROM failed_refunds f
  JOIN purchases p ON p.id = f.purchase_id
  WHERE f.failed_at > ?1 AND p.refunded_amount + p.disputed_amount < f.due_amount
  ORDER BY f.failed_at DESC LIMIT ${mostOfEach}`;
const largest = (column: 'network_hash' | 'device_hash', by: SignUpCount['by']) =>
  `SELECT * FROM (SELECT '${by}' AS by, count(*) AS count
    FROM (SELECT ${column} AS hash, at / 86400000 AS day FROM arrivals WHERE at > ?1 ORDER BY at DESC LIMIT ${mostArrivals})
    GROUP BY hash, day ORDER BY count DESC LIMIT 1)`;
const signUpsByNetwork = largest('network_hash', 'network');
const signUpsByDevice = largest('device_hash', 'device');
const oldestSweep = "SELECT at FROM house_reports WHERE kind = 'sweep' ORDER BY at LIMIT 1";

/** Reads what the system status does not hold; each read is bounded. `now` in ms. */
export async function readSignals(
  db: Database,
  limits: Pick<Settings, 'signUpsPerNetwork' | 'signUpsPerDevice'>,
  now: number,
): Promise<Signals> {
  const answers = await batch<unknown>(db, [
    statement(refusals, Math.floor(now / (24 * hour)) - 1),
    statement(disputes),
    statement(fraudWarnings),
    statement(signUpsByNetwork, now - 24 * hour),
    statement(signUpsByDevice, now - 24 * hour),
    statement(oldestSweep),
    statement(failedRefunds, now - failedRefundFor),
  ]);
  const rowsOf = <Row>(index: number) => (answers[index] ?? []) as Row[];
  const least = { network: limits.signUpsPerNetwork, device: limits.signUpsPerDevice };
  return {
    refusals: rowsOf<WebhookRefusal>(0),
    disputes: rowsOf<DisputedPurchase>(1),
    fraudWarnings: rowsOf<FraudWarning>(2),
    failedRefunds: onePerPurchase(rowsOf<FailedRefund>(6)),
    signUps: [...rowsOf<SignUpCount>(3), ...rowsOf<SignUpCount>(4)].filter(({ by, count }) => count >= least[by]),
    oldestSweepAt: rowsOf<{ at: number }>(5)[0]?.at ?? null,
  };
}

/** The newest of each purchase: an alert is about one purchase. */
const onePerPurchase = (rows: readonly FailedRefund[]): FailedRefund[] => [
  ...new Map(rows.toReversed().map((row) => [row.purchaseId, row])).values(),
];
