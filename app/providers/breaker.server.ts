import { gt } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { defineRead } from '~/db/reads.server';
import { providerBreakers } from '~/db/schema.server';
import { log } from '~/log';
import type { SettingsReader } from '~/settings/settings.server';
import { breakerStatement, countStatement, type Noted } from './breaker';

/** Providers that take nothing new for now, with the moment (ms) when they may be asked again. */
export type Resting = ReadonlyMap<string, number>;

const restingRead = defineRead(
  ['now'],
  { provider: providerBreakers.provider, until: providerBreakers.openUntil },
  (query, { now }) => query.from(providerBreakers).where(gt(providerBreakers.openUntil, now)),
);

/** Counts what providers answer, and pauses those that do badly. */
export function createBreaker({ db, settings }: { db: Database; settings: SettingsReader }) {
  const prepared = ({ sql, params }: ReturnType<typeof countStatement>) => db.$client.prepare(sql).bind(...params);

  return {
    /** Notes what a provider did. Answers what became of its breaker, or null when nothing did. Never throws. */
    async note(noted: Noted): Promise<'opened' | 'closed' | null> {
      const { provider } = noted;
      try {
        const change = breakerStatement(noted, await settings.read());
        const results = await db.$client.batch<Change>([prepared(countStatement(noted)), prepared(change)]);
        const changed = results[1]?.results[0];
        if (changed) log({ event: 'provider-breaker', provider, ...changed });
        return changed?.state ?? null;
      } catch (error) {
        // Nothing hangs on one more or less.
        log({ event: 'error', where: `breaker: ${provider}`, message: String(error) });
        return null;
      }
    },

    /** Who rests at this moment. */
    async resting(now: number): Promise<Resting> {
      const rows = await db.ask(restingRead, { now });
      return new Map(rows.map(({ provider, until }) => [provider, until]));
    },
  };
}

type Change = { state: 'opened' | 'closed'; reason: string; openings: number; until: number };

export type Breaker = ReturnType<typeof createBreaker>;
