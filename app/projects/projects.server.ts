import { and, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { clips, projects } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import { retention } from '~/media/retention';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Shape } from '~/photos/frame';
import { selectClips, selectClipsOfProject, toClipView } from './clip-rows.server';
import { filmSeconds } from './film-length';
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
    /** Begins a film. */
    async create({ userId, title }: { userId: string; title: string }): Promise<ProjectView> {
      const now = clock();
      const [row] = await db
        .insert(projects)
        .values({ id: newId('prj'), userId, title, createdAt: now, updatedAt: now })
        .returning();
      return toProjectView(row as ProjectRow);
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

type ProjectRow = typeof projects.$inferSelect;

function toProjectView(row: ProjectRow): ProjectView {
  const { id, title, shape, clipSeconds, trackId, status, version } = row;
  return { id, title, shape, clipSeconds, trackId, status, version };
}
