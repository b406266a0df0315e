import { and, eq, gte, isNull } from 'drizzle-orm';
import { encodeTime } from 'ulid';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { defineRead } from '~/db/reads.server';
import { projects } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import { retention } from '~/media/retention';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Shape } from '~/photos/frame';
import { findCards } from './cards.server';
import { findClipViews } from './clip-rows.server';
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

const projectRead = defineRead(
  ['userId', 'projectId'],
  {
    id: projects.id,
    title: projects.title,
    shape: projects.shape,
    clipSeconds: projects.clipSeconds,
    trackId: projects.trackId,
    status: projects.status,
    version: projects.version,
  },
  (query, given) =>
    query
      .from(projects)
      .where(and(eq(projects.userId, given.userId), eq(projects.id, given.projectId), isNull(projects.deletedAt))),
);

/** Reads and writes of projects. Every function takes the owner; a foreign project does not exist. */
export function createProjectStore({
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
    list({ userId, before, limit }: { userId: string; before?: string; limit: number }): Promise<ProjectCard[]> {
      return findCards({ db, links, userId, before, limit });
    },

    /** A project with its clips in order; null when it is not this person's or was deleted. */
    async find({
      userId,
      projectId,
    }: {
      userId: string;
      projectId: string;
    }): Promise<{ project: ProjectView; clips: ClipView[] } | null> {
      const [[project], clips] = await Promise.all([
        db.ask(projectRead, { userId, projectId }),
        findClipViews({ db, links, userId, projectId }),
      ]);
      return project ? { project, clips } : null;
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

export type ProjectStore = ReturnType<typeof createProjectStore>;

/** `too-many`: the person has all the films one may have, or began too many within a day. */
export type Created = { outcome: 'created'; project: ProjectView } | { outcome: 'too-many' };

/** Ids sort by time: those from this one on are of the last 24 hours, deleted ones among them. */
const aDayBefore = (now: number) => `prj_${encodeTime(Math.max(0, now - 24 * 3_600_000), 10)}`;

const insertProject = `INSERT INTO projects (id, user_id, title, created_at, updated_at) SELECT ?1, ?2, ?3, ?4, ?4
  WHERE (SELECT count(*) FROM projects WHERE user_id = ?2 AND deleted_at IS NULL) < ${projectLimits.films}
    AND (SELECT count(*) FROM projects WHERE user_id = ?2 AND id >= ?5) < ${projectLimits.projectsPerDay}`;

type ProjectRow = typeof projects.$inferSelect;

function toProjectView(row: ProjectRow): ProjectView {
  const { id, title, shape, clipSeconds, trackId, status, version } = row;
  return { id, title, shape, clipSeconds, trackId, status, version };
}
