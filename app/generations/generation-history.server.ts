import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { adminActs, clips, creditEntries, generationSteps, generations } from '~/db/schema.server';
import { queuePosition } from '~/generations/pipeline/admission-queue.server';
import { isOpen } from '~/generations/pipeline/states';
import { frameOf } from '~/photos/frame';
import { grantedTryKey } from './feedback.server';
import { handover, type PhotoLog } from './privacy';
import { creditView, type StepWhat, stepView, type Timeline } from './timeline';

/** The newest generations of a photo, and the newest media accesses, that its privacy log shows. */
const mostHandovers = 50;
const mostMediaAccesses = 50;
// With `mostHandovers`, below D1's limit of a hundred bound values.
const mostClipsOfPhoto = 40;

/** What a person may read of generations that exist: their timelines and the privacy log of a photo. */
export function createGenerationHistory({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** The timeline of one generation in plain words, or null when it is not this person's. */
    async timeline({ userId, generationId }: { userId: string; generationId: string }): Promise<Timeline | null> {
      const [generation] = await db
        .select({
          state: generations.state,
          stateAt: generations.stateAt,
          createdAt: generations.createdAt,
          clipId: generations.clipId,
          gift: generations.gift,
          giftBy: generations.giftBy,
        })
        .from(generations)
        .where(and(eq(generations.userId, userId), eq(generations.id, generationId)));
      if (!generation) return null;
      const keys = [grantedTryKey(generation.clipId), `generation:${generationId}`, `refund:${generationId}`];
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
        generation.state === 'queued' ? queuePosition(db, { userId, generationId }) : null,
      ]);
      // A second try from before gifts was granted as a credit: the entry before its debit.
      const debit = entries.find(({ kind }) => kind === 'generation');
      const moved = entries.filter(({ kind, seq }) => kind !== 'adjustment' || seq + 1 === debit?.seq);
      return {
        generationId,
        readAt: clock(),
        state: generation.state,
        ahead,
        steps: [...steps, ...giftSteps(generation)].sort((a, b) => a.at - b.at).flatMap((step) => stepView(step) ?? []),
        credits: moved.map(({ createdAt: at, delta, balanceAfter, kind }) =>
          creditView({ at, delta, balanceAfter, isGift: kind === 'adjustment' }),
        ),
      };
    },

    /** Which providers got the photo of a clip and which admins opened it; null when the clip is not this person's. */
    async privacy({ userId, clipId }: { userId: string; clipId: string }): Promise<PhotoLog | null> {
      const [clip] = await db
        .select({ photoId: clips.photoId })
        .from(clips)
        .where(and(eq(clips.userId, userId), eq(clips.id, clipId), isNull(clips.deletedAt)));
      if (!clip) return null;
      const made = await db
        .select({
          generationId: generations.id,
          provider: generations.provider,
          state: generations.state,
          cleanedAt: generations.cleanedAt,
          shape: generations.shape,
          ...frameFields,
        })
        .from(clips)
        .innerJoin(generations, and(eq(generations.userId, clips.userId), eq(generations.clipId, clips.id)))
        .where(and(eq(clips.userId, userId), eq(clips.photoId, clip.photoId)))
        .orderBy(desc(generations.id))
        .limit(mostHandovers);
      const ids = made.map((one) => one.generationId);
      const [steps, openings] = await Promise.all([
        db
          .select()
          .from(generationSteps)
          .where(inArray(generationSteps.generationId, ids))
          .orderBy(asc(generationSteps.id)),
        mediaAccesses({ userId, photoId: clip.photoId, generationIds: ids }),
      ]);
      const handovers = made.flatMap(({ generationId, provider, state, cleanedAt, shape, ...made }) => {
        const ofGeneration = steps.filter((step) => step.generationId === generationId);
        return byProvider(ofGeneration, provider).flatMap(({ provider: to, steps: ofProvider, hasMoved }) => {
          const at = (what: StepWhat) => ofProvider.find((step) => step.what === what);
          const forgotten = at('forgotten');
          const facts = {
            ...{ generationId, provider: to, framed: { shape, frame: frameOf(made) } },
            isUnderWay: !hasMoved && isOpen(state),
            isCleanedUp: hasMoved || cleanedAt !== null,
            sentAt: at('sent')?.at ?? null,
            wasTaken: at('generating') !== undefined,
            hasLeft: (at('fetched') ?? at('carried')) !== undefined,
            forgotten: forgotten ? { at: forgotten.at, outcome: forgotten.detail ?? '' } : null,
          };
          return handover(facts) ?? [];
        });
      });
      return { handovers, openings };
    },
  };

  /** Admins' accesses to a photo, through any of its clips or generations, newest first. */
  async function mediaAccesses({
    userId,
    photoId,
    generationIds,
  }: {
    userId: string;
    photoId: string;
    generationIds: string[];
  }) {
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
          inArray(adminActs.subject, [...ofPhoto.map(({ id }) => id), ...generationIds]),
          inArray(adminActs.what, ['photo-opened', 'clip-opened']),
          eq(adminActs.userId, userId),
        ),
      )
      .orderBy(desc(adminActs.id))
      .limit(mostMediaAccesses);
    return rows.map(({ at, what, reason }) => ({
      at,
      what: what === 'photo-opened' ? ('photo' as const) : ('clip' as const),
      reason: reason ?? '',
    }));
  }
}

/** The columns of the frame that a generation was made with. */
const frameFields = {
  frameX: generations.frameX,
  frameY: generations.frameY,
  frameZoom: generations.frameZoom,
  frameTurn: generations.frameTurn,
  frameTilt: generations.frameTilt,
};

/** The steps of a generation at each provider that it had, newest first: a step `moved` names the one that it left. */
function byProvider<Step extends { what: string; detail: string | null }>(steps: readonly Step[], provider: string) {
  const parts: { provider: string; steps: Step[]; hasMoved: boolean }[] = [{ provider, steps: [], hasMoved: false }];
  for (const step of steps.toReversed())
    if (step.what === 'moved') parts.push({ provider: step.detail ?? '', steps: [], hasMoved: true });
    else parts.at(-1)?.steps.unshift(step);
  return parts;
}

/** What a gift adds to its generation's timeline: that no credit is used and, after a failure or a stop, that one which feedback earned is back. */
function giftSteps({
  gift,
  giftBy,
  state,
  createdAt,
  stateAt,
}: Pick<typeof generations.$inferSelect, 'gift' | 'giftBy' | 'state' | 'createdAt' | 'stateAt'>) {
  if (gift === null) return [];
  const isBack = giftBy === null && (state === 'failed' || state === 'canceled');
  return [
    { at: createdAt, what: 'gift', detail: null },
    ...(isBack ? [{ at: stateAt, what: 'gift-back', detail: null }] : []),
  ];
}
