import { and, desc, eq, isNull, lt, not, sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { defineRead, maybe } from '~/db/reads.server';
import { clips, generations, photos, projects } from '~/db/schema.server';
import type { MediaLinks } from '~/media/signed-url.server';
import { type Frame, type FrameColumns, frameOf } from '~/photos/frame';
import { filmSeconds } from './film-length';
import type { ProjectCard } from './views';

const ofProject = sql`FROM clips WHERE user_id = ${projects.userId} AND project_id = ${projects.id} AND deleted_at IS NULL`;

/** A project that was begun and left: never changed, without a photo and without one on its way. */
const untouched = sql`(${projects.version} = 1
  AND NOT EXISTS (SELECT 1 FROM clips WHERE user_id = ${projects.userId} AND project_id = ${projects.id} AND erased_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM uploads WHERE user_id = ${projects.userId} AND project_id = ${projects.id} AND state = 'open'))`;

const cardsRead = defineRead(
  ['userId', 'before', 'limit'],
  {
    id: projects.id,
    title: projects.title,
    shape: projects.shape,
    clipSeconds: projects.clipSeconds,
    count: sql<number>`(SELECT count(*) ${ofProject})`,
    approved: sql<number>`(SELECT count(approved_generation_id) ${ofProject})`,
    frameX: maybe(clips.frameX),
    frameY: maybe(clips.frameY),
    frameZoom: maybe(clips.frameZoom),
    frameTurn: maybe(clips.frameTurn),
    frameTilt: maybe(clips.frameTilt),
    photoKey: maybe(photos.mediaKey),
    width: maybe(photos.width),
    height: maybe(photos.height),
    colour: maybe(photos.colour),
    videoKey: maybe(generations.mediaKey),
    erasedAt: maybe(generations.erasedAt),
  },
  (query, given) =>
    query
      .from(projects)
      .leftJoin(
        clips,
        and(eq(clips.userId, projects.userId), eq(clips.id, sql`(SELECT id ${ofProject} ORDER BY position LIMIT 1)`)),
      )
      .leftJoin(photos, and(eq(photos.userId, clips.userId), eq(photos.id, clips.photoId)))
      .leftJoin(generations, eq(generations.id, clips.approvedGenerationId))
      .where(
        and(
          eq(projects.userId, given.userId),
          isNull(projects.deletedAt),
          lt(projects.id, given.before),
          not(untouched),
        ),
      )
      .orderBy(desc(projects.id))
      .limit(given.limit),
);

/** Sorts after every id of a project. */
const afterAll = 'prj_~';

/** A person's projects newest first, without untouched ones, at most `limit`, and only those older than the id `before` if given. */
export async function findCards({
  db,
  links,
  userId,
  before = afterAll,
  limit,
}: {
  db: Database;
  links: MediaLinks;
  userId: string;
  before?: string;
  limit: number;
}): Promise<ProjectCard[]> {
  const rows = await db.ask(cardsRead, { userId, before, limit });
  return rows.map((row) => {
    const { id, title, shape, clipSeconds, count, approved, photoKey, videoKey, width, height, colour } = row;
    const frame = frameOrNone(row);
    const link = (key: string) => links.ownerPath({ key, userId });
    return {
      id,
      title,
      shape,
      clipCount: count,
      seconds: filmSeconds({ videos: Array<number>(approved).fill(clipSeconds), stills: count - approved }),
      cover:
        photoKey === null || frame === null || width === null || height === null
          ? null
          : {
              photoUrl: link(photoKey),
              videoUrl: videoKey !== null && row.erasedAt === null ? link(videoKey) : null,
              frame,
              width,
              height,
              colour,
            },
    };
  });
}

/** The frame of a joined clip; null where there is no clip. */
function frameOrNone(row: { [Name in keyof FrameColumns]: number | null }): Frame | null {
  const { frameX, frameY, frameZoom, frameTurn, frameTilt } = row;
  if (frameX === null || frameY === null || frameZoom === null || frameTurn === null || frameTilt === null) return null;
  return frameOf({ frameX, frameY, frameZoom, frameTurn, frameTilt });
}
