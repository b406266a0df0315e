import type { Report, ReportKind } from '~/db/run-reports';
// How Echoes stands at one moment, from a few rows.
import { type SpendingDifference, spendingInWords } from '~/generations/spending';

/** A try that is under way. Times in ms. */
interface OpenGeneration {
  state: string;
  stateAt: number;
  createdAt: number;
  deadlineAt: number;
}

/** `isMore`: there are more under way than were looked at. `oldestAt`: when the oldest was asked for. */
export interface SystemStatus {
  open: { count: number; isMore: boolean; stale: number; overdue: number; oldestAt: number | null };
  reports: Record<ReportKind, Report | null>;
  /** Of the last 24 hours. */
  deadLetters: { count: number; newestAt: number | null };
  resting: { provider: string; reason: string; until: number }[];
}

/** At a provider without having moved for so long: what the sweeper wakes, too. */
const staleMilliseconds = 5 * 60_000;

/** Makes of the rows what the owner reads. `open` may hold one more than `most`, which says that there are more. */
export function systemStatusOf({
  open: found,
  most,
  reports,
  now,
  ...rest
}: Pick<SystemStatus, 'deadLetters' | 'resting'> & {
  open: readonly OpenGeneration[];
  most: number;
  reports: readonly { kind: string; at: number; ok: number; differences: string; milliseconds: number }[];
  now: number;
}): SystemStatus {
  const jobs = found.slice(0, most);
  const last = (kind: ReportKind): Report | null => {
    const row = reports.find((report) => report.kind === kind);
    if (!row) return null;
    const { at, ok, milliseconds } = row;
    return { at, ok: ok === 1, differences: linesOf(kind, row.differences), milliseconds };
  };
  const isStale = ({ state, stateAt }: OpenGeneration) => state !== 'queued' && stateAt < now - staleMilliseconds;
  return {
    open: {
      count: jobs.length,
      isMore: found.length > most,
      stale: jobs.filter(isStale).length,
      overdue: jobs.filter(({ deadlineAt }) => deadlineAt < now).length,
      oldestAt: jobs.reduce<number | null>((oldest, { createdAt }) => Math.min(oldest ?? createdAt, createdAt), null),
    },
    reports: {
      sweep: last('sweep'),
      audit: last('audit'),
      reconcile: last('reconcile'),
      spending: last('spending'),
    },
    ...rest,
  };
}

/** The differences of a report as lines; an unreadable list is one line. */
function linesOf(kind: ReportKind, json: string): string[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map((one) => lineOf(kind, one)) : [json];
  } catch {
    return [json];
  }
}

function lineOf(kind: ReportKind, difference: unknown): string {
  if (typeof difference === 'string') return difference;
  if (kind === 'spending') return spendingInWords(difference as SpendingDifference);
  return Object.values(difference ?? {})
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .join(' · ');
}
