// Which troubles make an alert, and its message. Reading and sending are in alerts.server.ts.
import { restInWords } from '~/providers/rest';
import type { Settings } from '~/settings/settings';
import type { SystemStatus } from './system-status';

/** The kinds of alerts, in the words of the admin panel. */
export const alertWords = {
  'oldest-job': 'A clip has been under way for too long',
  'stale-jobs': 'Clips stand still',
  audit: 'The ledger does not add up',
  reconcile: 'Our books and Stripe’s differ',
  spending: 'A film service charged more or less than our generations',
  breaker: 'A film service rests',
  'budget-near': 'A budget of the day is nearly spent',
  'budget-spent': 'A budget of the day is spent',
  'dead-letters': 'Messages could not be delivered',
  failures: 'Many clips fail',
  stops: 'Many clips are stopped at a film service',
  sweep: 'The sweeper fails',
  mended: 'Our books had to be mended',
  'missed-night': 'A nightly run did not happen',
  webhooks: 'Webhooks are refused',
  dispute: 'A payment is disputed',
  'fraud-warning': 'A bank warns of fraud',
  'failed-refund': 'A refund did not reach the person',
  'sign-ups': 'Many people signed up from one place',
} as const satisfies Record<string, string>;

type AlertKind = keyof typeof alertWords;

const minute = 60_000;
const hour = 60 * minute;

/**
 * How long the trouble of an alert has to be away before it closes, in ms: a pause is not its end. None for what counts a
 * whole day by itself, or is decided by the next run or by Stripe.
 */
export const quietFor: Readonly<Record<AlertKind, number>> = {
  'oldest-job': 10 * minute,
  'stale-jobs': 10 * minute,
  audit: 0,
  reconcile: 0,
  spending: 0,
  breaker: 10 * minute,
  // An amount that turns out lower may open room for a moment.
  'budget-near': 30 * minute,
  'budget-spent': 10 * minute,
  'dead-letters': 0,
  failures: hour,
  stops: 0,
  sweep: 15 * minute,
  mended: 24 * hour,
  'missed-night': 0,
  webhooks: hour,
  dispute: 0,
  'fraud-warning': 0,
  'failed-refund': 0,
  'sign-ups': 0,
};

/** An alert. Times in ms; `closedAt` is null while the trouble lasts, `nextTryAt` while no message is due. */
export interface AlertView {
  id: string;
  kind: AlertKind;
  subject: string;
  detail: string;
  openedAt: number;
  closedAt: number | null;
  deliveredAt: number | null;
  nextTryAt: number | null;
}

/** Something that is wrong now; one alert for each kind and subject. */
export interface Trouble {
  kind: AlertKind;
  subject: string;
  detail: string;
}

type Limits = Pick<
  Settings,
  | 'alertOldestMinutes'
  | 'alertStaleJobs'
  | 'alertFailurePercent'
  | 'alertFailureMinimum'
  | 'alertStops'
  | 'mostStopsPerDay'
>;

/** How many generations a person (all their accounts, the newest named) has stopped in 24 hours after they were submitted. */
export interface StopsOfPerson {
  userId: string;
  count: number;
}

/** Most people whose stops are alerts of their own. */
const mostStoppers = 5;

/** Generations of the last hour that ended, without canceled ones and pictures that a provider declined. */
export interface LastHour {
  ready: number;
  failed: number;
}

/**
 * The troubles at `now` (ms). `failedSteps`: of the running sweep; they count only if the sweep before failed too, since
 * one failure may be chance.
 */
export function troublesIn({
  systemStatus: { open, reports, deadLetters, resting },
  lastHour: { ready, failed },
  stops,
  accounts,
  failedSteps,
  limits,
  now,
}: {
  systemStatus: SystemStatus;
  lastHour: LastHour;
  /** The people with the most first. */
  stops: readonly StopsOfPerson[];
  /** What is known of our accounts at resting providers, as sentences. */
  accounts: ReadonlyMap<string, string>;
  failedSteps: readonly string[];
  limits: Limits;
  now: number;
}): Trouble[] {
  const found: Trouble[] = [];
  const add = (kind: AlertKind, subject: string, detail: string) => found.push({ kind, subject, detail });
  const oldestMinutes = open.oldestAt === null ? 0 : Math.floor((now - open.oldestAt) / 60_000);
  if (oldestMinutes > limits.alertOldestMinutes)
    add('oldest-job', 'generations', `The oldest was started ${oldestMinutes} minutes ago.`);
  if (open.stale > limits.alertStaleJobs)
    add('stale-jobs', 'generations', `${open.stale} have not moved for five minutes.`);
  for (const [kind, subject] of [
    ['audit', 'ledger'],
    ['reconcile', 'stripe'],
  ] as const) {
    const report = reports[kind];
    if (report && !report.ok) add(kind, subject, `${report.differences.length} found in the last run.`);
  }
  if (reports.spending && !reports.spending.ok) add('spending', 'charges', reports.spending.differences.join(' '));
  for (const rest of resting) {
    const account = accounts.get(rest.provider);
    add('breaker', rest.provider, `${restInWords(rest, now)}${account ? ` ${account}` : ''}`);
  }
  if (deadLetters.count > 0) add('dead-letters', 'queue', `${deadLetters.count} in the last 24 hours.`);
  const ended = ready + failed;
  const percent = ended === 0 ? 0 : (failed / ended) * 100;
  if (ended >= limits.alertFailureMinimum && percent > limits.alertFailurePercent)
    add('failures', 'generations', `${failed} of the ${ended} of the last hour failed.`);
  const stopped = stops.reduce((sum, { count }) => sum + count, 0);
  if (stopped >= limits.alertStops)
    add('stops', 'all', `${stopped} in 24 hours, by ${stops.length === 1 ? 'one person' : `${stops.length} people`}.`);
  const allowed = Math.max(1, limits.mostStopsPerDay);
  for (const { userId, count } of stops.filter(({ count }) => count >= allowed).slice(0, mostStoppers))
    add('stops', userId, `This person stopped ${count} in 24 hours, as many as the settings allow.`);
  if (failedSteps.length > 0 && reports.sweep && !reports.sweep.ok)
    add('sweep', 'sweeper', `These steps fail: ${failedSteps.join(', ')}.`);
  return found;
}

const longestPause = 2 * 60 * minute;
/** No message is repeated for longer than this. */
export const tellFor = 24 * 60 * minute;

/** How long to wait after the nth attempt (1, 2, …): 1 minute, 2, 4, … up to two hours. */
export function pauseAfter(attempts: number): number {
  return Math.min(minute * 2 ** Math.min(attempts - 1, 20), longestPause);
}

/** The message of an alert, as Standard Webhooks form one. `adminUrl`: the admin panel. */
export function messageOf(
  alert: Pick<AlertView, 'id' | 'kind' | 'subject' | 'detail' | 'openedAt' | 'closedAt'>,
  adminUrl: string,
): { id: string; body: string } {
  const { id, kind, subject, detail, openedAt, closedAt } = alert;
  const type = closedAt === null ? 'alert.opened' : 'alert.closed';
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const alertData = { id, kind, what: alertWords[kind], subject, detail, adminUrl };
  const data = { ...alertData, openedAt: time(openedAt), closedAt: time(closedAt) };
  return {
    id: `${id}_${closedAt === null ? 'opened' : 'closed'}`,
    body: JSON.stringify({ type, timestamp: time(closedAt ?? openedAt), data }),
  };
}
