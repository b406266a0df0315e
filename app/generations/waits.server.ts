import { and, eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { defineRead } from '~/db/reads.server';
import { generationWaits } from '~/db/schema.server';
import type { CountedWait } from './polling';

const waitsRead = defineRead(
  ['provider', 'model', 'durationSeconds'],
  { bucketSeconds: generationWaits.bucketSeconds, count: generationWaits.count },
  (query, given) =>
    query
      .from(generationWaits)
      .where(
        and(
          eq(generationWaits.provider, given.provider),
          eq(generationWaits.model, given.model),
          eq(generationWaits.durationSeconds, given.durationSeconds),
        ),
      ),
);

/** How long films of this provider, model and length really took, from wish to ready: one row for each 5 seconds. */
export function measuredWaits(
  db: Database,
  { provider, model, durationSeconds }: { provider: string; model: string; durationSeconds: number },
): Promise<CountedWait[]> {
  return db.ask(waitsRead, { provider, model, durationSeconds });
}
