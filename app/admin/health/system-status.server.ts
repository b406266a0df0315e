import { sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Read } from '~/db/reads.server';
import { type ReportKind, reportKinds } from '~/db/run-reports';
import { openStates } from '~/db/statement';
import { type SystemStatus, systemStatusOf } from './system-status';

/** Rows read of each kind; beyond it the page only says that there are more. */
const most = 500;
const day = 24 * 60 * 60_000;
const given = (name: string) => sql.placeholder(name);

// The states are spelled as in the partial indexes, which SQLite uses only for the same words.
const openRead: Read<never, { state: string; stateAt: number; createdAt: number; deadlineAt: number }> = {
  sql: `SELECT state, state_at AS stateAt, created_at AS createdAt, deadline_at AS deadlineAt FROM generations
        WHERE state IN ${openStates} ORDER BY state_at LIMIT ${most + 1}`,
  params: [],
};
const lastOf = (kind: ReportKind) =>
  `SELECT * FROM (SELECT kind, at, ok, differences, milliseconds FROM house_reports WHERE kind = '${kind}' ORDER BY at DESC LIMIT 1)`;
const reportsRead: Read<
  never,
  { kind: ReportKind; at: number; ok: number; differences: string; milliseconds: number }
> = { sql: reportKinds.map(lastOf).join(' UNION ALL '), params: [] };
const deadLettersRead: Read<'since', { count: number; newestAt: number | null }> = {
  sql: `SELECT count(*) AS count, max(at) AS newestAt
        FROM (SELECT received_at AS at FROM dead_letters WHERE received_at > ?1 ORDER BY received_at DESC LIMIT ${most})`,
  params: [given('since')],
};
// Past its pause too: the row goes with the first call that shows that the provider works again.
const restingRead: Read<never, { provider: string; reason: string; until: number }> = {
  sql: 'SELECT provider, reason, open_until AS until FROM provider_breakers ORDER BY provider',
  params: [],
};

/** Reads the system status at `now` (ms): four reads in one batch, whose size does not grow with the history. */
export async function readSystemStatus(db: Database, now: number): Promise<SystemStatus> {
  const [open, reports, [letters], resting] = await Promise.all([
    db.ask(openRead, {}),
    db.ask(reportsRead, {}),
    db.ask(deadLettersRead, { since: now - day }),
    db.ask(restingRead, {}),
  ]);
  const deadLetters = { count: letters?.count ?? 0, newestAt: letters?.newestAt ?? null };
  return systemStatusOf({ open, most, reports, deadLetters, resting, now });
}
