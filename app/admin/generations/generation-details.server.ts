import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import type { Logbook } from '~/admin/log/logbook.server';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import {
  clips,
  creditEntries,
  generationFeedback,
  generationSteps,
  generations,
  profiles,
  projects,
} from '~/db/schema.server';
import type { Providers } from '~/providers/registry.server';
import { canMake } from '~/providers/video-provider';

const mostSteps = 500;
const mostLines = 100;
const mostGenerations = 20;

/** The data of a generation's page: the generation, its timeline, credits and log lines, without photo and video. */
export type GenerationDetails = NonNullable<Awaited<ReturnType<typeof findGeneration>>>;

/** The entries of its debit and refund, and of a gift that paid it, which precedes the debit. */
async function entriesOf(db: Database, { id, userId }: { id: string; userId: string }) {
  const keys = [`generation:${id}`, `refund:${id}`];
  const moved = await db.select().from(creditEntries).where(inArray(creditEntries.key, keys));
  const debit = moved.find(({ kind }) => kind === 'generation');
  if (!debit) return moved;
  const [before] = await db
    .select()
    .from(creditEntries)
    .where(and(eq(creditEntries.userId, userId), eq(creditEntries.seq, debit.seq - 1)));
  const gift = before?.kind === 'adjustment' && before.delta === -debit.delta ? [before] : [];
  return [...gift, ...moved].sort((a, b) => a.seq - b.seq);
}

/** One generation with its timeline as it was written, or null for an id that does not exist. */
export async function findGeneration(
  {
    db,
    providers,
    logbook,
    clock,
  }: { db: Database; providers: Pick<Providers, 'all'>; logbook: Pick<Logbook, 'list'>; clock: Clock },
  generationId: string,
) {
  const [found] = await db
    .select({
      generation: generations,
      name: profiles.name,
      film: { id: projects.id, title: projects.title, shape: projects.shape, clipSeconds: projects.clipSeconds },
      clipDeletedAt: clips.deletedAt,
      projectDeletedAt: projects.deletedAt,
      feedback: {
        reason: generationFeedback.reason,
        words: generationFeedback.words,
        at: generationFeedback.createdAt,
      },
    })
    .from(generations)
    .leftJoin(profiles, eq(profiles.userId, generations.userId))
    .innerJoin(clips, and(eq(clips.userId, generations.userId), eq(clips.id, generations.clipId)))
    .innerJoin(projects, and(eq(projects.userId, clips.userId), eq(projects.id, clips.projectId)))
    .leftJoin(generationFeedback, eq(generationFeedback.generationId, generations.id))
    .where(eq(generations.id, generationId));
  if (!found) return null;
  const { id, userId, clipId, provider } = found.generation;
  const [steps, entries, siblings, lines] = await Promise.all([
    db
      .select()
      .from(generationSteps)
      .where(eq(generationSteps.generationId, id))
      .orderBy(asc(generationSteps.id))
      .limit(mostSteps),
    entriesOf(db, { id, userId }),
    db
      .select({
        id: generations.id,
        state: generations.state,
        provider: generations.provider,
        model: generations.model,
        createdAt: generations.createdAt,
      })
      .from(generations)
      .where(and(eq(generations.userId, userId), eq(generations.clipId, clipId)))
      .orderBy(desc(generations.id))
      .limit(mostGenerations),
    logbook.list({ generationId: id, limit: mostLines }),
  ]);
  const { clipSeconds: durationSeconds, shape } = found.film;
  const isGone = found.clipDeletedAt !== null || found.projectDeletedAt !== null;
  // Models that support the present length and shape of its film.
  const makers = providers
    .all()
    .flatMap((maker) =>
      maker.models
        .filter((model) => canMake(model, { durationSeconds, shape }))
        .map((model) => ({ provider: maker.id, model: model.id })),
    )
    // Other providers than its own come first.
    .sort((a, b) => Number(a.provider === provider) - Number(b.provider === provider));
  return { ...found, isGone, steps, entries, siblings, lines, makers: isGone ? [] : makers, now: clock() };
}
