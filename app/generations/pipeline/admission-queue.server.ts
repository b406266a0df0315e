import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { all, first } from '~/db/statement';
import { concurrencyLimit } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import {
  nextAdmissionsStatement,
  queuedProvidersStatement,
  queuePositionStatement,
  waitingStatement,
} from './admission-queue';
import { type GenerationJobs, nudge } from './generation-jobs.server';

/** How many generations of the admission queue go before this one; null when it is not queued or not this person's. */
export async function queuePosition(
  db: Database,
  owned: { userId: string; generationId: string },
): Promise<number | null> {
  const position = await first<{ ahead: number }>(db, queuePositionStatement(owned));
  return position?.ahead ?? null;
}

/** Wakes the generations whose turn it is at a provider. */
export function createAdmissionQueue({
  db,
  generationJobs,
  settings,
  clock,
}: {
  db: Database;
  generationJobs: GenerationJobs<'nudge'>;
  settings: SettingsReader;
  clock: Clock;
}) {
  /** Wakes as many generations of this provider's queue as it has free slots. */
  async function wakeNext(provider: string): Promise<void> {
    const slots = concurrencyLimit(await settings.read(), provider);
    const next = await all<{ id: string }>(db, nextAdmissionsStatement({ provider, now: clock(), slots }));
    for (const { id } of next) await nudge(generationJobs, id);
  }

  return {
    wakeNext,

    /** Wakes the generations that wait at this provider, up to fifty; the others look by themselves within two minutes. */
    async wakeWaiting(provider: string): Promise<void> {
      for (const { id } of await all<{ id: string }>(db, waitingStatement(provider))) await nudge(generationJobs, id);
    },

    /** Does the same at every provider with an admission queue. */
    async wakeEverywhere(): Promise<void> {
      for (const { provider } of await all<{ provider: string }>(db, queuedProvidersStatement))
        await wakeNext(provider);
    },
  };
}

export type AdmissionQueue = ReturnType<typeof createAdmissionQueue>;
