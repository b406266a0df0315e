import { and, desc, eq, gte, isNull, lt, ne } from 'drizzle-orm';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { positionBetween } from '~/db/positions';
import { clips, generations } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import { retention } from '~/media/retention';
import type { MediaLinks } from '~/media/signed-url.server';
import { type Frame, frameColumns } from '~/photos/frame';
import { findClipView, toGenerationView } from './clip-rows.server';
import { createManyClips } from './many-clips.server';
import type { ClipView, GenerationView } from './views';

/** What a person may change about a clip's next generation; absent fields stay. */
export interface ClipChange {
  frame?: Frame;
  presetId?: string;
  words?: string;
  /** Leaves the clip as a photo after a failure. */
  leaveAsPhoto?: true;
}

/** The clips of projects. Every function takes the owner; another person's clip does not exist. Writes send live frames. */
export function createClips({ db, live, links, clock }: { db: Database; live: Live; links: MediaLinks; clock: Clock }) {
  const owned = (userId: string, clipId: string) => and(eq(clips.userId, userId), eq(clips.id, clipId));
  const visible = (userId: string, clipId: string) => and(owned(userId, clipId), isNull(clips.deletedAt));

  async function publish(userId: string, clipId: string): Promise<ClipView | null> {
    const clip = await findClipView({ db, links, userId, clipId });
    if (clip) await live.publish(userId, [{ type: 'clip', clip }]);
    return clip;
  }

  return {
    publish,
    changeMany: createManyClips({ db, live, links, clock }),

    /** The view of a clip; null for another person's or a deleted one. */
    find({ userId, clipId }: { userId: string; clipId: string }): Promise<ClipView | null> {
      return findClipView({ db, links, userId, clipId });
    },

    /** A page of a clip's generations, newest first: at most `limit`, older than the id `before` if given. */
    async generations({
      userId,
      clipId,
      before,
      limit,
    }: {
      userId: string;
      clipId: string;
      before?: string;
      limit: number;
    }): Promise<GenerationView[]> {
      const rows = await db
        .select()
        .from(generations)
        .where(
          and(
            eq(generations.userId, userId),
            eq(generations.clipId, clipId),
            before === undefined ? undefined : lt(generations.id, before),
          ),
        )
        .orderBy(desc(generations.id))
        .limit(limit);
      return rows.map((row) => toGenerationView(row, links));
    },

    /** Changes frame, preset or words of the clip's next generation, or leaves the clip as a photo. */
    async update({
      userId,
      clipId,
      change,
    }: {
      userId: string;
      clipId: string;
      change: ClipChange;
    }): Promise<ClipView | null> {
      const { frame, leaveAsPhoto, ...rest } = change;
      const left = leaveAsPhoto && { leftAsPhotoAt: clock() };
      const framed = frame && { ...frameColumns(frame), frameOrigin: 'person' as const };
      await db
        .update(clips)
        .set({ ...rest, ...framed, ...left })
        .where(visible(userId, clipId));
      return publish(userId, clipId);
    },

    /** Moves the frame of a clip that nobody has framed and that was never brought to life; any other stays as it is. */
    async propose({ userId, clipId, frame }: { userId: string; clipId: string; frame: Frame }) {
      await db
        .update(clips)
        .set({ ...frameColumns(frame), frameOrigin: 'proposed' })
        .where(and(visible(userId, clipId), ne(clips.frameOrigin, 'person'), isNull(clips.latestGenerationId)));
      return publish(userId, clipId);
    },

    /**
     * Puts a clip between two others (null = the film's start or end). Only this clip's position changes, so two devices
     * may move different clips at once. `stale`: the two are no longer in that order.
     */
    async move({
      userId,
      clipId,
      after,
      before,
    }: {
      userId: string;
      clipId: string;
      after: string | null;
      before: string | null;
    }) {
      const neighbour = async (id: string | null) => {
        if (id === null) return null;
        const [row] = await db.select().from(clips).where(visible(userId, id));
        return row ?? undefined;
      };
      const [clip, left, right] = await Promise.all([neighbour(clipId), neighbour(after), neighbour(before)]);
      if (!clip || left === undefined || right === undefined) return { outcome: 'not-found' as const };
      if ([left, right].some((row) => row && row.projectId !== clip.projectId))
        return { outcome: 'not-found' as const };
      if (left && right && left.position >= right.position) return { outcome: 'stale' as const };
      const position = positionBetween(left?.position ?? null, right?.position ?? null);
      await db.update(clips).set({ position }).where(visible(userId, clipId));
      const moved = await publish(userId, clipId);
      return moved ? { outcome: 'moved' as const, clip: moved } : { outcome: 'not-found' as const };
    },

    /** Approves a ready generation of this clip, or takes the approval back with null. `not-ready` for any other. */
    async approve({ userId, clipId, generationId }: { userId: string; clipId: string; generationId: string | null }) {
      try {
        await db.update(clips).set({ approvedGenerationId: generationId }).where(visible(userId, clipId));
      } catch (error) {
        if (brokenLaw(error) !== 'clip:approves-only-its-own-ready-generation') throw error;
        return { outcome: 'not-ready' as const };
      }
      const clip = await publish(userId, clipId);
      return clip ? { outcome: 'approved' as const, clip } : { outcome: 'not-found' as const };
    },

    /**
     * Deletes a clip, or restores it at its position within 30 days. False for another person's, or too late; `full` for one
     * whose film has no room for it any more.
     */
    async setDeleted({
      userId,
      clipId,
      deleted,
    }: {
      userId: string;
      clipId: string;
      deleted: boolean;
    }): Promise<boolean | 'full'> {
      const before = deleted ? isNull(clips.deletedAt) : gte(clips.deletedAt, clock() - retention.restorable);
      try {
        await db
          .update(clips)
          .set({ deletedAt: deleted ? clock() : null })
          .where(and(owned(userId, clipId), before));
      } catch (error) {
        if (brokenLaw(error) !== 'clip:film-full') throw error;
        return 'full';
      }
      const [row] = await db.select().from(clips).where(owned(userId, clipId));
      if (!row || (!deleted && row.deletedAt !== null)) return false;
      if (deleted)
        await live.publish(userId, [{ type: 'clip-removed', projectId: row.projectId, clipId, version: row.version }]);
      else await publish(userId, clipId);
      return true;
    },
  };
}
