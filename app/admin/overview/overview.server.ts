import { sql } from 'drizzle-orm';
import type { AlertView } from '~/admin/health/alerts';
import type { SystemStatus } from '~/admin/health/system-status';
import { readSystemStatus } from '~/admin/health/system-status.server';
import type { Database } from '~/db/client.server';
import type { Read } from '~/db/reads.server';
import { dayByDay, dayMilliseconds, daysBefore, type Figure, type Summary, summaryOf } from './figures';

const figuresRead: Read<'first', Figure> = {
  sql: `SELECT day, figure, value FROM day_figures WHERE day = 0
        UNION ALL SELECT day, figure, value FROM day_figures WHERE day >= ?1`,
  params: [sql.placeholder('first')],
};
const alertsRead: Read<never, AlertView> = {
  sql: `SELECT id, kind, subject, detail, opened_at AS openedAt, closed_at AS closedAt, delivered_at AS deliveredAt,
          next_try_at AS nextTryAt FROM alerts WHERE closed_at IS NULL ORDER BY kind, subject LIMIT 50`,
  params: [],
};

/** Credits of accounts that people use, and of those that are being deleted, whose deletion can be taken back. */
export interface AccountCredits {
  living: number;
  leaving: number;
}

/** The overview. `today` began at midnight UTC; `before` sums up the 28 days before it. */
export interface Overview {
  now: number;
  today: Summary;
  before: Summary;
  days: (Summary & { day: number })[];
  /** Credits in accounts, and credits owed after refunds and disputes; closed accounts have neither. */
  outstanding: AccountCredits;
  owed: AccountCredits;
  systemStatus: SystemStatus;
  alerts: AlertView[];
}

/** Reads the overview at `now` (ms) from figures counted by day, so that its cost does not grow with the history. */
export async function readOverview(db: Database, now: number): Promise<Overview> {
  const last = Math.floor(now / dayMilliseconds);
  const first = last - daysBefore;
  const [figures, systemStatus, alerts] = await Promise.all([
    db.ask(figuresRead, { first }),
    readSystemStatus(db, now),
    db.ask(alertsRead, {}),
  ]);
  const valueNow = (name: string) => figures.find(({ day, figure }) => day === 0 && figure === name)?.value ?? 0;
  const accountCredits = (name: string): AccountCredits => ({
    living: valueNow(name),
    leaving: valueNow(`${name}:leaving`),
  });
  return {
    now,
    today: summaryOf(figures, { first: last, last }),
    before: summaryOf(figures, { first, last: last - 1 }),
    days: dayByDay(figures, { first, last }),
    outstanding: accountCredits('outstanding'),
    owed: accountCredits('owed'),
    systemStatus,
    alerts,
  };
}
