import { and, desc, eq, gte, isNull } from 'drizzle-orm';
import { encodeTime } from 'ulid';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { defineRead } from '~/db/reads.server';
import { clips, projects } from '~/db/schema.server';
import { run, sameAccount, statement } from '~/db/statement';
import type { Live } from '~/live/channel.server';
import { retention } from '~/media/retention';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Shape } from '~/photos/frame';
import { findCards } from './cards.server';
import { findClipViews } from './clip-rows.server';
import { firstTitle, unusedTitle } from './projects-page';
import type { ClipView, ProjectCard, ProjectView } from './views';

/** The most projects a person may have, and make within 24 hours (deleted ones included). */
export const projectLimits = { projects: 1000, projectsPerDay: 200 } as const;

/** How many of the newest films a new name is compared with. */
const namesCompared = 50;

/** What a person may change about a project; absent fields stay. */
export interface ProjectChange {
  title?: string;
  shape?: Shape;
  clipSeconds?: number;
  trackId?: string | null;
  status?: 'in_progress' | 'completed';
}

/** What a project begins with: without music where that is absent. */
interface NewProject {
  userId: string;
  title: string;
  trackId?: string;
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
    /** Makes a project within the person's limits, which the insert checks itself: concurrent calls cannot exceed them. */
    async create({ userId, title, trackId }: NewProject): Promise<Created> {
      const [id, now] = [newId('prj'), clock()];
      await run(db, statement(insertProject, id, userId, title, now, aDayBefore(now), trackId ?? null));
      const [row] = await db.select().from(projects).where(owned(userId, id));
      return row ? { outcome: 'created', project: toProjectView(row) } : { outcome: 'too-many' };
    },

    /**
     * The person's newest project while it is untouched, else a new one with this music: a request that arrives twice
     * makes one film. A name that one of the newest films has gets a number.
     */
    async begin({ userId, trackId }: Omit<NewProject, 'title'>): Promise<Created> {
      const newest = await db
        .select()
        .from(projects)
        .where(and(eq(projects.userId, userId), isNull(projects.deletedAt)))
        .orderBy(desc(projects.id))
        .limit(namesCompared);
      const [last] = newest;
      if (last?.version === 1) {
        const ofLast = and(eq(clips.userId, userId), eq(clips.projectId, last.id), isNull(clips.erasedAt));
        const [clip] = await db.select({ id: clips.id }).from(clips).where(ofLast).limit(1);
        if (!clip) return { outcome: 'created', project: toProjectView(last) };
      }
      const title = unusedTitle(
        firstTitle(clock()),
        newest.map((one) => one.title),
      );
      return this.create({ userId, title, trackId });
    },

    /** Projects newest first, at most `limit`, and only those older than the id `before` if given. */
    list({ userId, before, limit }: { userId: string; before?: string; limit: number }): Promise<ProjectCard[]> {
      return findCards({ db, links, userId, before, limit });
    },

    /** A project with its clips in order; null for another person's or a deleted one. */
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

    /** Changes title, shape, length, music or status, and sends a live frame. Null for another person's project. */
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
      // Read again: a trigger counts the version up after RETURNING.
      const [after] = await db.select().from(projects).where(owned(userId, projectId));
      const project = toProjectView(after as ProjectRow);
      await live.publish(userId, [{ type: 'project', project }]);
      return project;
    },

    /**
     * Deletes a project, or restores it within 30 days. False for another person's project, or too late; `full` when the
     * person has as many projects as allowed.
     */
    async setDeleted({
      userId,
      projectId,
      deleted,
    }: {
      userId: string;
      projectId: string;
      deleted: boolean;
    }): Promise<boolean | 'full'> {
      const before = deleted ? isNull(projects.deletedAt) : gte(projects.deletedAt, clock() - retention.restorable);
      try {
        await db
          .update(projects)
          .set({ deletedAt: deleted ? clock() : null })
          .where(and(owned(userId, projectId), before));
      } catch (error) {
        if (brokenLaw(error) !== 'project:too-many') throw error;
        return 'full';
      }
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

/** `too-many`: the person has as many projects as allowed, or made too many within a day. */
export type Created = { outcome: 'created'; project: ProjectView } | { outcome: 'too-many' };

/** The least id of the 24 hours before `now` (ms since 1970): ids sort by time. */
const aDayBefore = (now: number) => `prj_${encodeTime(Math.max(0, now - 24 * 3_600_000), 10)}`;

const insertProject = `INSERT INTO projects (id, user_id, title, created_at, updated_at, track_id) SELECT ?1, ?2, ?3, ?4, ?4, ?6
  WHERE (SELECT count(*) FROM projects WHERE user_id = ?2 AND deleted_at IS NULL) < ${projectLimits.projects}
    AND (SELECT count(*) FROM projects WHERE user_id IN ${sameAccount('?2')} AND id >= ?5) < ${projectLimits.projectsPerDay}`;

type ProjectRow = typeof projects.$inferSelect;

function toProjectView(row: ProjectRow): ProjectView {
  const { id, title, shape, clipSeconds, trackId, status, version } = row;
  return { id, title, shape, clipSeconds, trackId, status, version };
}
