import { and, eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { defineRead } from '~/db/reads.server';
import { generationWaits, providerWaits } from '~/db/schema.server';
import type { CountedWait } from './polling';

/** Generations whose times are counted together. */
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

/** Measured times from start to ready, one row for each bucket of 5 seconds. */
export function measuredWaits(db: Database, { provider, model, durationSeconds }: Kind): Promise<CountedWait[]> {
  return db.ask(waitsRead, { provider, model, durationSeconds });
}

/** Measured times from the provider's acceptance to the poll that saw the task finished, in the same buckets. */
export function measuredWork(db: Database, { provider, model, durationSeconds }: Kind): Promise<CountedWait[]> {
  return db.ask(workRead, { provider, model, durationSeconds });
}
