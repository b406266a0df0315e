import { gt } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { defineRead } from '~/db/reads.server';
import { providerBreakers } from '~/db/schema.server';
import { batch } from '~/db/statement';
import { log } from '~/log';
import type { SettingsReader } from '~/settings/settings.server';
import { breakerStatement, countStatement, type ProviderSignal } from './breaker';
import { budgetsOfToday, dayOf, isWithin, nextDayAt, spentRead } from './budget';

/** Which providers take nothing new for now: they rest, or the task is beyond a budget of today. */
export interface Resting {
  /**
   * When (ms) the provider takes a task of this list price again (`untilWoken` where an admin has to wake it); null if it takes
   * one now.
   */
  until(provider: string, listCents: number): number | null;
}

const restingRead = defineRead(
  ['now'],
  { provider: providerBreakers.provider, until: providerBreakers.openUntil },
  (query, { now }) => query.from(providerBreakers).where(gt(providerBreakers.openUntil, now)),
);

type Change = { state: 'opened' | 'closed'; reason: string; openings: number; until: number };

/** Counts provider calls and pauses providers that fail too often. */
export function createBreaker({ db, settings }: { db: Database; settings: SettingsReader }) {
  return {
    /** Applies a signal. Returns how the breaker changed, or null. Never throws, since nothing depends on one signal. */
    async note(signal: ProviderSignal): Promise<Change['state'] | null> {
      const { provider } = signal;
      try {
        const change = breakerStatement(signal, await settings.read());
        const [, [changed] = []] = await batch<Change>(db, [countStatement(signal), change]);
        if (changed) log({ event: 'provider-breaker', provider, ...changed });
        return changed?.state ?? null;
      } catch (error) {
        log({ event: 'error', where: `breaker: ${provider}`, message: String(error) });
        return null;
      }
    },

    /** Which providers take nothing new at `now` (ms). */
    async resting(now: number): Promise<Resting> {
      const [rows, spent, current] = await Promise.all([
        db.ask(restingRead, { now }),
        db.ask(spentRead, { day: dayOf(now) }),
        settings.read(),
      ]);
      const pauses = new Map(rows.map(({ provider, until }) => [provider, until]));
      const budgets = budgetsOfToday(current, spent);
      return {
        until(provider, listCents) {
          const pause = pauses.get(provider) ?? null;
          return isWithin(budgets, { provider, listCents }) ? pause : Math.max(pause ?? 0, nextDayAt(now));
        },
      };
    },
  };
}

export type Breaker = ReturnType<typeof createBreaker>;
