import { eq, sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { clips, generations, providerBreakers } from '~/db/schema.server';
import { nextDayAt, overBudget } from '~/providers/budget';
import type { LoadedGeneration } from './provider-calls.server';

/** Reads a generation for one run, or null if it has no row. `now` in ms. */
export async function load(db: Database, id: string, now: number): Promise<LoadedGeneration | null> {
  const [row] = await db
    .select({
      generation: generations,
      projectId: clips.projectId,
      photoId: clips.photoId,
      restingUntil: providerBreakers.openUntil,
      restingReason: providerBreakers.reason,
      budgetUntil: sql<number | null>`iif(${sql.raw(overBudget('generations', String(now)))}, ${nextDayAt(now)}, NULL)`,
    })
    .from(generations)
    .innerJoin(clips, eq(clips.id, generations.clipId))
    .leftJoin(providerBreakers, eq(providerBreakers.provider, generations.provider))
    .where(eq(generations.id, id));
  if (!row) return null;
  const { generation, ...rest } = row;
  return { ...generation, ...rest };
}
