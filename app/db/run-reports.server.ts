import type { Database } from './client.server';
import type { Clock } from './ids';
import type { ReportKind } from './run-reports';
import { batch, first, run, statement } from './statement';

const day = 24 * 60 * 60_000;
/** The hour (UTC) of the nightly runs: each minute of it starts a run, until one has ended. */
const nightHour = 3;

/** The result of a run. `differences`: its findings; `ok`: nothing is left for the owner to do. */
export interface Findings {
  ok: boolean;
  differences: readonly unknown[];
}

const storeReport = `INSERT INTO house_reports (kind, at, ok, differences, milliseconds) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (kind, at) DO UPDATE SET ok = excluded.ok, differences = excluded.differences,
    milliseconds = excluded.milliseconds`;
const findReportSince = 'SELECT at FROM house_reports WHERE kind = ?1 AND at >= ?2 LIMIT 1';
const removeSweepReports = "DELETE FROM house_reports WHERE kind = 'sweep' AND at < ?1";
const removeProviderMinutes = 'DELETE FROM provider_minutes WHERE minute < ?1';

/** Run reports: when each nightly and scheduled run last ended, and what it found. */
export function createRunReports({ db, clock }: { db: Database; clock: Clock }) {
  /** Runs `work` and stores its findings, unless it is not finished (null). `at` (ms) names the run: a repeat replaces its report. */
  async function report<Found extends Findings | null>(kind: ReportKind, at: number, work: () => Promise<Found>) {
    const began = clock();
    const found = await work();
    if (found === null) return found;
    const differences = JSON.stringify(found.differences);
    await run(db, statement(storeReport, kind, at, Number(found.ok), differences, clock() - began));
    return found;
  }

  return {
    report,

    /**
     * Called each minute: reports once in the nightly hour of each day (UTC), also if calls were missed. Work that returns
     * null is not finished, and is called again in the next minute.
     */
    async nightly(
      kind: ReportKind,
      now: number,
      work: () => Promise<Findings | null>,
    ): Promise<'done' | 'not-through' | 'not-now'> {
      if (new Date(now).getUTCHours() !== nightHour) return 'not-now';
      const today = Math.floor(now / day) * day;
      if (await first(db, statement(findReportSince, kind, today))) return 'not-now';
      return (await report(kind, now, work)) === null ? 'not-through' : 'done';
    },

    /** Removes reports of sweeps and minutes of providers that are more than a day old. */
    async forget(now: number): Promise<void> {
      await batch(db, [
        statement(removeSweepReports, now - day),
        statement(removeProviderMinutes, Math.floor((now - day) / 60_000)),
      ]);
    },
  };
}

export type RunReports = ReturnType<typeof createRunReports>;
