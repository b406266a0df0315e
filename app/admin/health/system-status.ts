import type { Report, ReportKind } from '~/db/run-reports';
import { type SpendingDifference, spendingInWords } from '~/generations/spending';

/** An open generation. Times in ms. */
interface OpenGeneration {
  state: string;
  stateAt: number;
  createdAt: number;
  deadlineAt: number;
}

/** The system status. `isMore`: more generations are open than were read; `oldestAt`: when the oldest was started (ms). */
export interface SystemStatus {
  open: { count: number; isMore: boolean; stale: number; overdue: number; oldestAt: number | null };
  reports: Record<ReportKind, Report | null>;
  /** Of the last 24 hours. */
  deadLetters: { count: number; newestAt: number | null };
  /** Providers whose breaker is open; `until` (ms) may have passed, as long as no call has shown that they work again. */
  resting: { provider: string; reason: string; until: number }[];
}

/** An open generation past the queue counts as stale after this long without a change of state. */
const staleMilliseconds = 5 * 60_000;

/** Sums the rows up. `open` may hold one row more than `most`, which shows that there are more. */
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
  const generations = found.slice(0, most);
  const last = (kind: ReportKind): Report | null => {
    const row = reports.find((report) => report.kind === kind);
    if (!row) return null;
    const { at, ok, milliseconds } = row;
    return { at, ok: ok === 1, differences: linesOf(kind, row.differences), milliseconds };
  };
  const isStale = ({ state, stateAt }: OpenGeneration) => state !== 'queued' && stateAt < now - staleMilliseconds;
  return {
    open: {
      count: generations.length,
      isMore: found.length > most,
      stale: generations.filter(isStale).length,
      overdue: generations.filter(({ deadlineAt }) => deadlineAt < now).length,
      oldestAt: generations.reduce<number | null>(
        (oldest, { createdAt }) => Math.min(oldest ?? createdAt, createdAt),
        null,
      ),
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
