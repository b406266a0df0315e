import type { Database } from '~/db/client.server';
import { createCursors } from '~/db/cursors.server';
import type { RunReports } from '~/db/run-reports.server';
import { log } from '~/log';
import { auditPaths, audits, type LedgerDifference } from './audit';

export type { LedgerDifference } from './audit';

const kinds = Object.keys(audits) as LedgerDifference['kind'][];
/** Differences are looked for no further than this: more would tell the owner nothing new. */
const mostFound = 200;
/** Rows that one statement goes through, far from the half minute at which D1 would end it; and pages of one run. */
const mostRows = 5000;
const mostPages = 100;

/** How far an audit has come: in this one of the queries, up to this key, with what was found so far. */
interface AuditCursor {
  kind: LedgerDifference['kind'];
  after: string;
  found: LedgerDifference[];
}
const start: AuditCursor = { kind: 'balance', after: '', found: [] };

/** Looks at the next rows of one query. `isEnd`: nothing is left to be looked at, by any of them. */
async function lookOn(d1: D1Database, { kind, after, found }: AuditCursor, rows: number) {
  const { table, key } = auditPaths[kind];
  const end = `SELECT ${key} AS last FROM ${table} WHERE ${key} > ?1 ORDER BY ${key} LIMIT 1 OFFSET ?2`;
  const last =
    (
      await d1
        .prepare(end)
        .bind(after, rows - 1)
        .first<{ last: string }>()
    )?.last ?? null;
  const page = (upTo: string) => `SELECT subject FROM (${audits[kind]}) WHERE subject > ?1 ${upTo} LIMIT ${mostFound}`;
  const asked =
    last === null ? d1.prepare(page('')).bind(after) : d1.prepare(page('AND subject <= ?2')).bind(after, last);
  const { results } = await asked.all<{ subject: string }>();
  const all = [...found, ...results.map(({ subject }) => ({ kind, subject }))].slice(0, mostFound);
  const next = last === null ? kinds[kinds.indexOf(kind) + 1] : kind;
  const isEnd = next === undefined || all.length === mostFound;
  return { isEnd, cursor: { kind: next ?? kind, after: last ?? '', found: all } };
}

/**
 * Adds the whole ledger up (app/credits/audit.ts). An empty answer means that not a credit was lost or made, and that
 * each has its story.
 */
export async function auditLedger(d1: D1Database, rows = mostRows): Promise<LedgerDifference[]> {
  let step = await lookOn(d1, start, rows);
  while (!step.isEnd) step = await lookOn(d1, step.cursor, rows);
  return step.cursor.found;
}

/** The audit of each night: page by page, over as many runs as it takes, with one report at its end. */
export function createAudit({
  db,
  reports,
  rowsPerPage = mostRows,
  pagesPerRun = mostPages,
}: {
  db: Database;
  reports: Pick<RunReports, 'nightly'>;
  rowsPerPage?: number;
  pagesPerRun?: number;
}) {
  const cursors = createCursors(db);

  /** Where to go on. A cursor from before the last report was left behind by a run that came twice at once. */
  async function begin(now: number): Promise<AuditCursor & { begunAt: number }> {
    const saved = await cursors.read<AuditCursor & { begunAt: number }>('audit');
    const reported = await db.$client
      .prepare("SELECT max(at) AS at FROM house_reports WHERE kind = 'audit'")
      .first<{ at: number | null }>();
    const isGood = saved !== null && saved.kind in audits && saved.begunAt > (reported?.at ?? 0);
    return isGood ? saved : { ...start, begunAt: now };
  }

  /** What was found by the end; null where the end is for a later run. The cursor is saved after each page. */
  async function goOn(now: number): Promise<LedgerDifference[] | null> {
    const { begunAt, ...begun } = await begin(now);
    let cursor: AuditCursor = begun;
    for (let page = 0; page < pagesPerRun; page += 1) {
      const step = await lookOn(db.$client, cursor, rowsPerPage);
      cursor = step.cursor;
      await cursors.save('audit', step.isEnd ? null : { ...cursor, begunAt }, now);
      if (step.isEnd) return cursor.found;
    }
    return null;
  }

  return {
    /** Called each minute: goes on in the night of each day (UTC), until it is through. `now` in ms. */
    nightly: (now: number) =>
      reports.nightly('audit', now, async () => {
        const differences = await goOn(now);
        if (differences === null) return null;
        if (differences.length > 0) log({ event: 'audit', differences: differences.length });
        return { ok: differences.length === 0, differences };
      }),
  };
}
