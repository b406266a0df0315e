import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import type { Statement } from '~/db/statement';
import { log } from '~/log';
import { concurrencyLimit } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { nextAdmissionsStatement, queuedProvidersStatement, queuePositionStatement } from './admission-queue';

/** The line at each provider: who waits, who is next, and who is called when a place is free. */
export function createAdmissionQueue({
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
  async function wakeNext(provider: string): Promise<void> {
    const slots = concurrencyLimit(await settings.read(), provider);
    const next = await rowsOf<{ id: string }>(nextAdmissionsStatement({ provider, now: clock(), slots }));
    for (const { id } of next)
      await jobs
        .getByName(id)
        .nudge(id)
        .catch((error: unknown) => {
          log({ event: 'queue', generationId: id, outcome: 'not-nudged', detail: String(error) });
        });
  }

  return {
    wakeNext: wakeNext,

    /** The same at every provider that somebody waits for. */
    async wakeEverywhere(): Promise<void> {
      for (const { provider } of await rowsOf<{ provider: string }>(queuedProvidersStatement)) await wakeNext(provider);
    },

    /** How many tries are let in before this one, 0 for the next; null when it does not wait, or is somebody else's. */
    async queuePosition(of: { userId: string; generationId: string }): Promise<{ ahead: number } | null> {
      const [place] = await rowsOf<{ ahead: number }>(queuePositionStatement(of));
      return place ?? null;
    },
  };
}

export type AdmissionQueue = ReturnType<typeof createAdmissionQueue>;
