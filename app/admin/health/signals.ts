// Troubles that no count of the system status shows: at Stripe's door, at the bank, in the night, among new people.
import type { Report, ReportKind } from '~/db/run-reports';
import { refusalReasons, type WebhookRefusal } from '~/db/webhook-refusals';
import { priceInWords } from '~/settings/packs';
import type { Trouble } from './alerts';
import { runNames } from './checks';

/** A paid purchase whose money the bank may take. */
export interface DisputedPurchase {
  purchaseId: string;
  status: string;
  amount: number;
  currency: string;
}

/** A payment that a bank calls a fraud, while something can still be done about it. */
export interface FraudWarning {
  purchaseId: string;
  fraudType: string;
}

/** A purchase whose refund failed, and of which less has gone back since than before the failure. */
export interface FailedRefund {
  purchaseId: string;
  amount: number;
  currency: string;
  reason: string;
}

/** New people of one day (UTC) who came from one network, or on one device pattern. */
export interface SignUpCount {
  by: 'network' | 'device';
  count: number;
}

export interface Signals {
  refusals: WebhookRefusal[];
  disputes: DisputedPurchase[];
  fraudWarnings: FraudWarning[];
  failedRefunds: FailedRefund[];
  /** The largest cluster of each kind that is as large as the settings say. */
  signUps: SignUpCount[];
  /** When the oldest kept sweep ran (ms); sweeps are kept for a day. */
  oldestSweepAt: number | null;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** Nightly runs are from 03:00 to 04:00 UTC. */
const nightFrom = 3 * 60 * minute;
const nightUntil = 4 * 60 * minute;
/** A refusal this young is still a trouble; the alert's own window begins after it. */
const refusedLately = 5 * minute;

/** The runs that each night has to have. */
const nightlyKinds = ['audit', 'reconcile', 'spending'] as const satisfies readonly ReportKind[];

/**
 * True if the last night that is over went by without this run. `lastAt`: its newest report; `oldestSweepAt`: since when
 * sweeps are known to have run: a house that was set up after the night has missed none.
 */
export function isNightMissed(
  { lastAt, oldestSweepAt }: { lastAt: number | null; oldestSweepAt: number | null },
  now: number,
): boolean {
  const midnight = Math.floor((now - nightUntil) / day) * day;
  if (lastAt !== null) return lastAt < midnight + nightFrom;
  return oldestSweepAt !== null && oldestSweepAt < midnight + nightFrom;
}

/** The troubles in these signals at `now` (ms). */
export function troublesOfSignals(
  { refusals, disputes, fraudWarnings, failedRefunds, signUps, oldestSweepAt }: Signals,
  reports: Readonly<Record<ReportKind, Report | null>>,
  now: number,
): Trouble[] {
  const found: Trouble[] = [];
  const mended = reports.reconcile?.ok ? reports.reconcile.differences.length : 0;
  if (mended > 0)
    found.push({ kind: 'mended', subject: 'stripe', detail: `${mended} found in the last run; all are mended.` });
  for (const kind of nightlyKinds)
    if (isNightMissed({ lastAt: reports[kind]?.at ?? null, oldestSweepAt }, now))
      found.push({ kind: 'missed-night', subject: kind, detail: `${runNames[kind]}: not in the last night.` });
  found.push(...refused(refusals, now));
  for (const { purchaseId, status, ...price } of disputes) {
    const detail = `${priceInWords(price)}, ${status.replaceAll('_', ' ')}.`;
    found.push({ kind: 'dispute', subject: purchaseId, detail });
  }
  for (const { purchaseId, fraudType } of fraudWarnings) {
    const detail = `${fraudType.replaceAll('_', ' ')}. A refund in full now can spare the dispute.`;
    found.push({ kind: 'fraud-warning', subject: purchaseId, detail });
  }
  for (const { purchaseId, reason, ...price } of failedRefunds) {
    const why = reason === 'unknown' ? 'the bank did not take it' : reason.replaceAll('_', ' ');
    const detail = `${priceInWords(price)}, ${why}. The money is back in the account at Stripe: refund it again, or pay it another way.`;
    found.push({ kind: 'failed-refund', subject: purchaseId, detail });
  }
  for (const { by, count } of signUps) {
    const from = by === 'network' ? 'from one network' : 'on one kind of device';
    found.push({ kind: 'sign-ups', subject: by, detail: `${count} in a day ${from}.` });
  }
  return found;
}

/** One trouble for each sender with refusals of the last minutes that only a mistake of ours or an attack explains. */
function refused(refusals: readonly WebhookRefusal[], now: number): Trouble[] {
  const recent = refusals.filter(({ reason, lastAt }) => reason in refusalReasons && now - lastAt < refusedLately);
  return [...new Set(recent.map(({ sender }) => sender))].map((sender) => {
    const parts = recent.filter((one) => one.sender === sender);
    const words = parts.map(({ reason, count }) => `${count} ${refusalReasons[reason]}`);
    return { kind: 'webhooks', subject: sender, detail: `Today ${words.join(', ')}.` };
  });
}
