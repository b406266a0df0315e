import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import type { Statement } from '~/db/statement';
import { log } from '~/log';
import { placesAt } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { nextInLineStatement, placeInLineStatement, waitedForStatement } from './admission-queue';

/** The line at each provider: who waits, who is next, and who is called when a place is free. */
export function createLine({
  db,
  jobs,
  settings,
  clock,
}: {
  db: Database;
  jobs: { getByName(name: string): { nudge(generationId: string): Promise<void> } };
  settings: SettingsReader;
  clock: Clock;
}) {
  const rowsOf = async <Row>({ sql, params }: Statement): Promise<Row[]> =>
    (
      await db.$client
        .prepare(sql)
        .bind(...params)
        .all<Row>()
    ).results;

  /** Wakes those who have their turn at this provider. Whoever cannot be reached is called again by the sweeper. */
  async function callNext(provider: string): Promise<void> {
    const places = placesAt(await settings.read(), provider);
    const next = await rowsOf<{ id: string }>(nextInLineStatement({ provider, now: clock(), places }));
    for (const { id } of next)
      await jobs
        .getByName(id)
        .nudge(id)
        .catch((error: unknown) => {
          log({ event: 'queue', generationId: id, outcome: 'not-nudged', detail: String(error) });
        });
  }

  return {
    callNext,

    /** The same at every provider that somebody waits for. */
    async callEverywhere(): Promise<void> {
      for (const { provider } of await rowsOf<{ provider: string }>(waitedForStatement)) await callNext(provider);
    },

    /** How many tries are let in before this one, 0 for the next; null when it does not wait, or is somebody else's. */
    async placeInLine(of: { userId: string; generationId: string }): Promise<{ ahead: number } | null> {
      const [place] = await rowsOf<{ ahead: number }>(placeInLineStatement(of));
      return place ?? null;
    },
  };
}

export type Line = ReturnType<typeof createLine>;
