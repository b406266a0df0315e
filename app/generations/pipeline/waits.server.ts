import { and, eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { defineRead } from '~/db/reads.server';
import { generationWaits, providerWaits } from '~/db/schema.server';
import type { CountedWait } from './polling';

/** What is alike enough to have taken as long. */
interface Kind {
  provider: string;
  model: string;
  durationSeconds: number;
}

const countsIn = (table: typeof generationWaits | typeof providerWaits) =>
  defineRead(
    ['provider', 'model', 'durationSeconds'],
    { bucketSeconds: table.bucketSeconds, count: table.count },
    (query, { provider, model, durationSeconds }) =>
      query
        .from(table)
        .where(and(eq(table.provider, provider), eq(table.model, model), eq(table.durationSeconds, durationSeconds))),
  );
const waitsRead = countsIn(generationWaits);
const workRead = countsIn(providerWaits);

/** How long films of this provider, model and length really took, from wish to ready: one row for each 5 seconds. */
export function measuredWaits(db: Database, { provider, model, durationSeconds }: Kind): Promise<CountedWait[]> {
  return db.ask(waitsRead, { provider, model, durationSeconds });
}

/** The same from when the provider took them until they were seen as finished. */
export function measuredWork(db: Database, { provider, model, durationSeconds }: Kind): Promise<CountedWait[]> {
  return db.ask(workRead, { provider, model, durationSeconds });
}
