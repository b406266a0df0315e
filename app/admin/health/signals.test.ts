import { describe, expect, it } from 'vitest';
import type { Report, ReportKind } from '~/db/run-reports';
import { isNightMissed, type Signals, troublesOfSignals } from './signals';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2027, 0, 10, 12);
const at = (hours: number) => Date.UTC(2027, 0, 10) + hours * hour;

const quiet: Signals = {
  refusals: [],
  disputes: [],
  fraudWarnings: [],
  failedRefunds: [],
  signUps: [],
  oldestSweepAt: null,
};
const none: Record<ReportKind, Report | null> = { sweep: null, audit: null, reconcile: null, spending: null };
const report = (differences: string[], ok = true): Report => ({ at: at(3), ok, differences, milliseconds: 1 });
const kindsOf = (signals: Partial<Signals>, reports: Partial<typeof none> = {}) =>
  troublesOfSignals({ ...quiet, ...signals }, { ...none, ...reports }, now).map(
    ({ kind, subject }) => `${kind} ${subject}`,
  );

describe('the signals of trouble', () => {
  it('a quiet day has none', () => {
    expect(kindsOf({})).toEqual([]);
    expect(
      kindsOf({ oldestSweepAt: at(-12) }, { audit: report([]), reconcile: report([]), spending: report([]) }),
    ).toEqual([]);
  });

  it('a comparison that had to mend something is a trouble, and one that left something is another', () => {
    expect(kindsOf({}, { reconcile: report(['granted-late']) })).toEqual(['mended stripe']);
    expect(kindsOf({}, { reconcile: report(['not-granted'], false) })).toEqual([]);
  });

  it('a nightly run that was not seen in the last night is a trouble, from the end of its hour on', () => {
    const missed = (lastAt: number | null, oldestSweepAt: number | null, then: number) =>
      isNightMissed({ lastAt, oldestSweepAt }, then);
    expect(missed(at(-21), at(-12), at(3.9))).toBe(false);
    expect(missed(at(-21), at(-12), at(4))).toBe(true);
    expect(missed(at(3), at(-12), at(4))).toBe(false);
    expect(missed(at(3), at(-12), at(4) + day)).toBe(true);
    // Cron was away all night; the run before last night is known.
    expect(missed(at(-21), at(9), at(10))).toBe(true);
    // Set up after the night, or before it.
    expect(missed(null, at(9), at(10))).toBe(false);
    expect(missed(null, at(1), at(10))).toBe(true);
    expect(missed(null, null, at(10))).toBe(false);
    expect(kindsOf({ oldestSweepAt: at(-12) }, { audit: report([]) })).toEqual([
      'missed-night reconcile',
      'missed-night spending',
    ]);
  });

  it('the first refused webhook that only a mistake or an attack explains is a trouble, one for each sender', () => {
    const refusal = (sender: string, reason: string, ago = minute) => ({
      ...{ sender, reason, count: 1, firstAt: now - ago, lastAt: now - ago },
    });
    const strangers = ['unsigned', 'malformed', 'unknown-task', 'foreign-address', 'too-large'];
    expect(kindsOf({ refusals: strangers.map((reason) => refusal('stripe', reason)) })).toEqual([]);
    expect(kindsOf({ refusals: [refusal('stripe', 'forged', hour)] })).toEqual([]);
    const refusals = [refusal('stripe', 'forged'), refusal('stripe', 'stale'), refusal('fal', 'forged')];
    expect(kindsOf({ refusals })).toEqual(['webhooks stripe', 'webhooks fal']);
    expect(troublesOfSignals({ ...quiet, refusals }, none, now)[0]?.detail).toBe(
      'Today 1 with a wrong signature, 1 with a signature that is too old.',
    );
  });

  it('each disputed purchase, fraud warning and failed refund is a trouble of its own', () => {
    const found = kindsOf({
      disputes: [{ purchaseId: 'pur_1', status: 'needs_response', amount: 1190, currency: 'eur' }],
      fraudWarnings: [{ purchaseId: 'pur_1', fraudType: 'misc' }],
      failedRefunds: [{ purchaseId: 'pur_2', amount: 450, currency: 'eur', reason: 'lost_or_stolen_card' }],
      signUps: [{ by: 'network', count: 9 }],
    });
    expect(found).toEqual(['dispute pur_1', 'fraud-warning pur_1', 'failed-refund pur_2', 'sign-ups network']);
  });
});
