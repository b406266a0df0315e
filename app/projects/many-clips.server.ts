import { and, eq, gte, isNull, sql } from 'drizzle-orm';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { clips } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import type { LiveFrame } from '~/live/frames';
import { retention } from '~/media/retention';
import type { MediaLinks } from '~/media/signed-url.server';
import { findClipViews } from './clip-rows.server';
import type { ClipView, ManyClipsAct } from './views';

/** `full`: the film has no room for all of them, and none is put back. */
export type ManyClipsOutcome =
  | { outcome: 'changed'; clips: ClipView[]; removed: { clipId: string; version: number }[] }
  | { outcome: 'not-found' }
  | { outcome: 'film-full' };

/** Changes several clips of a project in one statement. Those that are not here any more are left out. */
export function createManyClips({
  db,
  live,
  links,
  clock,
}: {
  db: Database;
  live: Live;
  links: MediaLinks;
  clock: Clock;
}) {
  /** Does the same when it is asked again. Sends live frames. */
  return async function changeMany({
    userId,
    projectId,
    clipIds,
    act,
  }: {
    userId: string;
    projectId: string;
    clipIds: readonly string[];
    act: ManyClipsAct;
  }): Promise<ManyClipsOutcome> {
    // One parameter for all ids: a statement of D1 has at most 100.
    const chosen = sql`${clips.id} IN (SELECT value FROM json_each(${JSON.stringify(clipIds)}))`;
    const mine = and(eq(clips.userId, userId), eq(clips.projectId, projectId), chosen);
    const { change, where } = changeOf(act, clock());
    try {
      await db.update(clips).set(change).where(and(mine, where));
    } catch (error) {
      if (brokenLaw(error) !== 'clip:film-full') throw error;
      return { outcome: 'film-full' };
    }
    const rows = await db
      .select({ clipId: clips.id, version: clips.version, deletedAt: clips.deletedAt })
      .from(clips)
      .where(mine);
    if (rows.length === 0) return { outcome: 'not-found' };
    const removed = rows.flatMap(({ clipId, version, deletedAt }) => (deletedAt === null ? [] : [{ clipId, version }]));
    const views = await findClipViews({ db, links, userId, projectId });
    const changed = views.filter(({ id }) => clipIds.includes(id));
    await live.publish(userId, [
      ...changed.map((clip): LiveFrame => ({ type: 'clip', clip })),
      ...removed.map((one): LiveFrame => ({ type: 'clip-removed', projectId, ...one })),
    ]);
    return { outcome: 'changed', clips: changed, removed };
  };
}

function changeOf(
  act: ManyClipsAct,
  now: number,
): { change: Partial<typeof clips.$inferInsert>; where: ReturnType<typeof and> } {
  const inFilm = isNull(clips.deletedAt);
  switch (act.kind) {
    case 'remove':
      return { change: { deletedAt: now }, where: inFilm };
    case 'restore':
      return { change: { deletedAt: null }, where: gte(clips.deletedAt, now - retention.restorable) };
    case 'keep-apart':
      return { change: { keptApartAt: now }, where: inFilm };
    case 'stack':
      return { change: { keptApartAt: null }, where: inFilm };
    case 'preset':
      return { change: { presetId: act.presetId }, where: inFilm };
    default:
      return act satisfies never;
  }
}
