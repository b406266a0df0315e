import type { Database } from '~/db/client.server';
import { createCursors } from '~/db/cursors.server';
import type { RunReports } from '~/db/run-reports.server';
import { all, first, type Statement, statement } from '~/db/statement';
import { log } from '~/log';
import { auditPaths, audits, type LedgerDifference } from './audit';

export type { LedgerDifference } from './audit';

const kinds = Object.keys(audits) as LedgerDifference['kind'][];
/** The most differences that a run collects. */
const mostFound = 200;
/** Rows per statement, which keep it far below D1's limit of 30 seconds, and pages per run. */
const mostRows = 5000;
const mostPages = 100;

/** Where an audit stopped: the query, the last key it looked at, and the differences found so far. */
interface AuditCursor {
  kind: LedgerDifference['kind'];
  after: string;
  found: LedgerDifference[];
}
const start: AuditCursor = { kind: 'balance', after: '', found: [] };

/** The last key of the next `rows` rows after `after`; no row if fewer are left. */
function lastOfPageStatement(kind: LedgerDifference['kind'], after: string, rows: number): Statement {
  const { table, key } = auditPaths[kind];
  const sql = `SELECT ${key} AS last FROM ${table} WHERE ${key} > ?1 ORDER BY ${key} LIMIT 1 OFFSET ?2`;
  return statement(sql, after, rows - 1);
}

/** What an audit finds wrong after the key `after`, up to `last` or to the end. */
function auditPageStatement(kind: LedgerDifference['kind'], after: string, last: string | null): Statement {
  const page = (upTo: string) => `SELECT subject FROM (${audits[kind]}) WHERE subject > ?1 ${upTo} LIMIT ${mostFound}`;
  return last === null ? statement(page(''), after) : statement(page('AND subject <= ?2'), after, last);
}

const lastAudit = statement("SELECT max(at) AS at FROM house_reports WHERE kind = 'audit'");

/** Audits the next rows of one query. `isEnd`: no query has rows left. */
async function auditPage(db: Pick<Database, '$client'>, { kind, after, found }: AuditCursor, rows: number) {
  const last = (await first<{ last: string }>(db, lastOfPageStatement(kind, after, rows)))?.last ?? null;
  const wrong = await all<{ subject: string }>(db, auditPageStatement(kind, after, last));
  const differences = [...found, ...wrong.map(({ subject }) => ({ kind, subject }))].slice(0, mostFound);
  const next = last === null ? kinds[kinds.indexOf(kind) + 1] : kind;
  const isEnd = next === undefined || differences.length === mostFound;
  return { isEnd, cursor: { kind: next ?? kind, after: last ?? '', found: differences } };
}

/** Audits the whole ledger (app/credits/audit.ts). An empty result means that no credit was lost or made from nothing. */
export async function auditLedger(d1: D1Database, rows = mostRows): Promise<LedgerDifference[]> {
  let step = await auditPage({ $client: d1 }, start, rows);
  while (!step.isEnd) step = await auditPage({ $client: d1 }, step.cursor, rows);
  return step.cursor.found;
}

/** The nightly audit: page by page, over as many runs as needed, with one run report at its end. */
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

  /** Where to go on. A cursor that is older than the last report is a leftover of two concurrent runs, and is dropped. */
  async function begin(now: number): Promise<AuditCursor & { begunAt: number }> {
    const saved = await cursors.read<AuditCursor & { begunAt: number }>('audit');
    const reported = await first<{ at: number | null }>(db, lastAudit);
    const isGood = saved !== null && saved.kind in audits && saved.begunAt > (reported?.at ?? 0);
    return isGood ? saved : { ...start, begunAt: now };
  }

  /** The differences, once the audit has reached its end; null before. The cursor is saved after each page. */
  async function goOn(now: number): Promise<LedgerDifference[] | null> {
    const { begunAt, ...begun } = await begin(now);
    let cursor: AuditCursor = begun;
    for (let page = 0; page < pagesPerRun; page += 1) {
      const step = await auditPage(db, cursor, rowsPerPage);
      cursor = step.cursor;
      await cursors.save('audit', step.isEnd ? null : { ...cursor, begunAt }, now);
      if (step.isEnd) return cursor.found;
    }
    return null;
  }

  return {
    /** Called each minute: runs in the nightly hour (UTC) until the audit has ended. `now` in ms. */
    nightly: (now: number) =>
      reports.nightly('audit', now, async () => {
        const differences = await goOn(now);
        if (differences === null) return null;
        if (differences.length > 0) log({ event: 'audit', differences: differences.length });
        return { ok: differences.length === 0, differences };
      }),
  };
}
