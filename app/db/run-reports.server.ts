import type { Database } from './client.server';
import type { Clock } from './ids';
import type { ReportKind } from './run-reports';

const day = 24 * 60 * 60_000;
/** The hour (UTC) of what runs once a night: any minute of it, until one has come through. */
const nightHour = 3;

/** What a run came to. `differences`: whatever it found, as the owner should read it; `ok`: nothing is left to be done. */
export interface Findings {
  ok: boolean;
  differences: readonly unknown[];
}

/** The record of what Echoes does by itself, so that its owner sees when it last ran and what it found. */
export function createRunReports({ db, clock }: { db: Database; clock: Clock }) {
  const { $client: d1 } = db;

  /** Does the work and writes down what it found, unless that is not known yet (null). `at` (ms) names the run: the same run again is the same report. */
  async function report<Found extends Findings | null>(kind: ReportKind, at: number, work: () => Promise<Found>) {
    const began = clock();
    const found = await work();
    if (found === null) return found;
    await d1
      .prepare(
        `INSERT INTO house_reports (kind, at, ok, differences, milliseconds) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (kind, at) DO UPDATE SET ok = excluded.ok, differences = excluded.differences,
           milliseconds = excluded.milliseconds`,
      )
      .bind(kind, at, Number(found.ok), JSON.stringify(found.differences), clock() - began)
      .run();
    return found;
  }

  return {
    report,

    /**
     * Called each minute: reports once in the night of each day (UTC), also when some minutes were missed. Work that is
     * not through yet answers null, and is asked again in the next minute.
     */
    async nightly(
      kind: ReportKind,
      now: number,
      work: () => Promise<Findings | null>,
    ): Promise<'done' | 'not-through' | 'not-now'> {
      if (new Date(now).getUTCHours() !== nightHour) return 'not-now';
      const today = Math.floor(now / day) * day;
      const done = await d1
        .prepare('SELECT at FROM house_reports WHERE kind = ?1 AND at >= ?2 LIMIT 1')
        .bind(kind, today)
        .first();
      if (done) return 'not-now';
      return (await report(kind, now, work)) === null ? 'not-through' : 'done';
    },

    /** Sweeps come each minute: their reports of the last day are enough, as are the providers' minutes. */
    async forget(now: number): Promise<void> {
      await d1.batch([
        d1.prepare("DELETE FROM house_reports WHERE kind = 'sweep' AND at < ?1").bind(now - day),
        d1.prepare('DELETE FROM provider_minutes WHERE minute < ?1').bind(Math.floor((now - day) / 60_000)),
      ]);
    },
  };
}

export type RunReports = ReturnType<typeof createRunReports>;
