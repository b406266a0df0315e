import { and, eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { generationWaits } from '~/db/schema.server';
import type { CountedWait } from './polling';

/** How long films of this provider, model and length really took, from wish to ready: one row for each 5 seconds. */
export async function measuredWaits(
  db: Database,
  { provider, model, durationSeconds }: { provider: string; model: string; durationSeconds: number },
): Promise<CountedWait[]> {
  return await db
    .select({ bucketSeconds: generationWaits.bucketSeconds, count: generationWaits.count })
    .from(generationWaits)
    .where(
      and(
        eq(generationWaits.provider, provider),
        eq(generationWaits.model, model),
        eq(generationWaits.durationSeconds, durationSeconds),
      ),
    );
}
