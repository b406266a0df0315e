import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { adminActs, clips, creditEntries, generationSteps, generations } from '~/db/schema.server';
import { queuePositionStatement } from '~/generations/pipeline/admission-queue';
import { isOpen } from '~/generations/pipeline/states';
import { handover, type PhotoLog } from './privacy';
import { creditView, type StepWhat, stepView, type Timeline } from './timeline';

/** Tries of one photo whose handovers are told, and times it was opened, the newest ones. */
const mostHandovers = 50;
const mostOpenings = 50;
// D1 takes a hundred values with a question.
const mostClipsOfPhoto = 40;

/** What may be known about a try once it is paid: its timeline, its photo's way. Before that: offers.server.ts. */
export function createGenerationHistory({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** The story of one try in plain words, or null when it is not this person's. */
    async timeline({ userId, generationId }: { userId: string; generationId: string }): Promise<Timeline | null> {
      const [generation] = await db
        .select({ state: generations.state, clipId: generations.clipId })
        .from(generations)
        .where(and(eq(generations.userId, userId), eq(generations.id, generationId)));
      if (!generation) return null;
      const keys = [`second-try:${generation.clipId}`, `generation:${generationId}`, `refund:${generationId}`];
      const [steps, entries, ahead] = await Promise.all([
        db
          .select()
          .from(generationSteps)
          .where(eq(generationSteps.generationId, generationId))
          .orderBy(asc(generationSteps.id)),
        db
          .select()
          .from(creditEntries)
          .where(and(inArray(creditEntries.key, keys), eq(creditEntries.userId, userId)))
          .orderBy(asc(creditEntries.seq)),
        generation.state === 'queued' ? queuePosition({ userId, generationId }) : null,
      ]);
      // The clip's gift belongs to the try that was paid right after it.
      const debit = entries.find(({ kind }) => kind === 'generation');
      const moved = entries.filter(({ kind, seq }) => kind !== 'adjustment' || seq + 1 === debit?.seq);
      return {
        generationId,
        readAt: clock(),
        state: generation.state,
        ahead,
        steps: steps.flatMap((step) => stepView(step) ?? []),
        credits: moved.map(({ createdAt: at, delta, balanceAfter, kind }) =>
          creditView({ at, delta, balanceAfter, isGift: kind === 'adjustment' }),
        ),
      };
    },

    /** Where the photo of a clip went, and who looked at it; null when the clip is not this person's. */
    async privacy({ userId, clipId }: { userId: string; clipId: string }): Promise<PhotoLog | null> {
      const [clip] = await db
        .select({ photoId: clips.photoId })
        .from(clips)
        .where(and(eq(clips.userId, userId), eq(clips.id, clipId), isNull(clips.deletedAt)));
      if (!clip) return null;
      const tries = await db
        .select({
          generationId: generations.id,
          provider: generations.provider,
          state: generations.state,
          cleanedAt: generations.cleanedAt,
        })
        .from(clips)
        .innerJoin(generations, and(eq(generations.userId, clips.userId), eq(generations.clipId, clips.id)))
        .where(and(eq(clips.userId, userId), eq(clips.photoId, clip.photoId)))
        .orderBy(desc(generations.id))
        .limit(mostHandovers);
      const ids = tries.map((one) => one.generationId);
      const [steps, openings] = await Promise.all([
        db
          .select()
          .from(generationSteps)
          .where(inArray(generationSteps.generationId, ids))
          .orderBy(asc(generationSteps.id)),
        openingsOf({ userId, photoId: clip.photoId, tries: ids }),
      ]);
      const handovers = tries.flatMap(({ generationId, provider, state, cleanedAt }) => {
        const of = steps.filter((step) => step.generationId === generationId);
        const at = (what: StepWhat) => of.find((step) => step.what === what);
        const told = at('forgotten');
        const facts = {
          ...{ generationId, provider },
          isUnderWay: isOpen(state),
          isCleanedUp: cleanedAt !== null,
          sentAt: at('sent')?.at ?? null,
          wasTaken: at('generating') !== undefined,
          hasLeft: (at('fetched') ?? at('carried')) !== undefined,
          forgotten: told ? { at: told.at, outcome: told.detail ?? '' } : null,
        };
        return handover(facts) ?? [];
      });
      return { handovers, openings };
    },
  };

  /** What admins opened of a photo: by any clip of it, or as one of its tries. */
  async function openingsOf({ userId, photoId, tries }: { userId: string; photoId: string; tries: string[] }) {
    const ofPhoto = await db
      .select({ id: clips.id })
      .from(clips)
      .where(and(eq(clips.userId, userId), eq(clips.photoId, photoId)))
      .limit(mostClipsOfPhoto);
    const rows = await db
      .select({ at: adminActs.at, what: adminActs.what, reason: adminActs.reason })
      .from(adminActs)
      .where(
        and(
          inArray(adminActs.subject, [...ofPhoto.map(({ id }) => id), ...tries]),
          inArray(adminActs.what, ['photo-opened', 'clip-opened']),
          eq(adminActs.userId, userId),
        ),
      )
      .orderBy(desc(adminActs.id))
      .limit(mostOpenings);
    return rows.map(({ at, what, reason }) => ({
      at,
      what: what === 'photo-opened' ? ('photo' as const) : ('clip' as const),
      reason: reason ?? '',
    }));
  }

  /** How many tries are let in before this one; null when it does not wait. */
  async function queuePosition(of: { userId: string; generationId: string }): Promise<number | null> {
    const { sql, params } = queuePositionStatement(of);
    const { results } = await db.$client
      .prepare(sql)
      .bind(...params)
      .all<{ ahead: number }>();
    return results[0]?.ahead ?? null;
  }
}
