import { and, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm';
import { encodeTime } from 'ulid';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { clips, projects } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import { retention } from '~/media/retention';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Shape } from '~/photos/frame';
import { selectClips, selectClipsOfProject, toClipView } from './clip-rows.server';
import { filmSeconds } from './film-length';
import { projectLimits } from './project-limits';
import type { ClipView, ProjectCard, ProjectView } from './views';

/** What a person may change about a project; what is absent stays. */
export interface ProjectChange {
  title?: string;
  shape?: Shape;
  clipSeconds?: number;
  trackId?: string | null;
  status?: 'in_progress' | 'completed';
}

/** Films in the making. Every function takes the owner; a project of somebody else does not exist. */
export function createProjects({
  db,
  live,
  links,
  clock,
  newId,
}: {
  db: Database;
  live: Live;
  links: MediaLinks;
  clock: Clock;
  newId: NewId;
}) {
  const owned = (userId: string, projectId: string) => and(eq(projects.userId, userId), eq(projects.id, projectId));

  return {
    /** Begins a film, where the person has room for one. Checks and writes at once, so that many cannot pass together. */
    async create({ userId, title }: { userId: string; title: string }): Promise<Created> {
      const id = newId('prj');
      const { $client: d1 } = db;
      const now = clock();
      await d1.prepare(insertProject).bind(id, userId, title, now, aDayBefore(now)).run();
      const [row] = await db.select().from(projects).where(owned(userId, id));
      return row ? { outcome: 'created', project: toProjectView(row) } : { outcome: 'too-many' };
    },

    /** Films newest first, `limit` at most, older than the id `before` where given. */
    async list({ userId, before, limit }: { userId: string; before?: string; limit: number }): Promise<ProjectCard[]> {
      const ofProject = sql`FROM clips WHERE user_id = ${projects.userId} AND project_id = ${projects.id} AND deleted_at IS NULL`;
      const rows = await db
        .select({
          project: projects,
          coverId: sql<string | null>`(SELECT id ${ofProject} ORDER BY position LIMIT 1)`,
          count: sql<number>`(SELECT count(*) ${ofProject})`,
          approved: sql<number>`(SELECT count(approved_generation_id) ${ofProject})`,
        })
        .from(projects)
        .where(
          and(
            eq(projects.userId, userId),
            isNull(projects.deletedAt),
            before === undefined ? undefined : lt(projects.id, before),
          ),
        )
        .orderBy(desc(projects.id))
        .limit(limit);
      const coverIds = rows.flatMap((row) => row.coverId ?? []);
      const coverRows =
        coverIds.length > 0
          ? await selectClips(db).where(and(eq(clips.userId, userId), inArray(clips.id, coverIds)))
          : [];
      const covers = new Map(coverRows.map((row) => [row.clip.id, toClipView(row, links)]));
      return rows.map(({ project, coverId, count, approved }) => {
        const cover = covers.get(coverId ?? '');
        return {
          id: project.id,
          title: project.title,
          shape: project.shape,
          clipCount: count,
          seconds: filmSeconds({ videos: Array<number>(approved).fill(project.clipSeconds), stills: count - approved }),
          cover: cover
            ? {
                photoUrl: cover.photo.url,
                videoUrl: cover.approved?.videoUrl ?? null,
                frame: cover.frame,
                width: cover.photo.width,
                height: cover.photo.height,
              }
            : null,
        };
      });
    },

    /** A project with its clips in order; null when it is not this person's or was deleted. */
    async find({
      userId,
      projectId,
    }: {
      userId: string;
      projectId: string;
    }): Promise<{ project: ProjectView; clips: ClipView[] } | null> {
      // Side by side, not as a batch: drizzle's D1 batch mixes up equally named columns of a join.
      const [[project], clipRows] = await Promise.all([
        db
          .select()
          .from(projects)
          .where(and(owned(userId, projectId), isNull(projects.deletedAt))),
        selectClipsOfProject(db, { userId, projectId }),
      ]);
      return project ? { project: toProjectView(project), clips: clipRows.map((row) => toClipView(row, links)) } : null;
    },

    /** Changes title, shape, length, music or status, and tells the open pages. Null for a foreign id. */
    async update({
      userId,
      projectId,
      change,
    }: {
      userId: string;
      projectId: string;
      change: ProjectChange;
    }): Promise<ProjectView | null> {
      const [row] = await db
        .update(projects)
        .set({ ...change, updatedAt: clock() })
        .where(and(owned(userId, projectId), isNull(projects.deletedAt)))
        .returning({ id: projects.id });
      if (!row) return null;
      // Read again: the version is moved by a trigger, after RETURNING has looked.
      const [after] = await db.select().from(projects).where(owned(userId, projectId));
      const project = toProjectView(after as ProjectRow);
      await live.publish(userId, [{ type: 'project', project }]);
      return project;
    },

    /** Takes a film away, or brings it back within 30 days. False for a foreign id, and when it is too late. */
    async setDeleted({
      userId,
      projectId,
      deleted,
    }: {
      userId: string;
      projectId: string;
      deleted: boolean;
    }): Promise<boolean> {
      const before = deleted ? isNull(projects.deletedAt) : gte(projects.deletedAt, clock() - retention.restorable);
      await db
        .update(projects)
        .set({ deletedAt: deleted ? clock() : null })
        .where(and(owned(userId, projectId), before));
      const [row] = await db.select().from(projects).where(owned(userId, projectId));
      if (!row || (!deleted && row.deletedAt !== null)) return false;
      await live.publish(userId, [
        deleted
          ? { type: 'project-removed', projectId, version: row.version }
          : { type: 'project', project: toProjectView(row) },
      ]);
      return true;
    },
  };
}

export type Projects = ReturnType<typeof createProjects>;

/** `too-many`: the person has all the films one may have, or began too many within a day. */
export type Created = { outcome: 'created'; project: ProjectView } | { outcome: 'too-many' };

/** Ids sort by time: those from this one on are of the last 24 hours, deleted ones among them. */
const aDayBefore = (now: number) => `prj_${encodeTime(Math.max(0, now - 24 * 3_600_000), 10)}`;

const insertProject = `INSERT INTO projects (id, user_id, title, created_at, updated_at) SELECT ?1, ?2, ?3, ?4, ?4
  WHERE (SELECT count(*) FROM projects WHERE user_id = ?2 AND deleted_at IS NULL) < ${projectLimits.films}
    AND (SELECT count(*) FROM projects WHERE user_id = ?2 AND id >= ?5) < ${projectLimits.filmsPerDay}`;

type ProjectRow = typeof projects.$inferSelect;

function toProjectView(row: ProjectRow): ProjectView {
  const { id, title, shape, clipSeconds, trackId, status, version } = row;
  return { id, title, shape, clipSeconds, trackId, status, version };
}
