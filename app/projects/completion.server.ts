import type { Rewards } from '~/credits/rewards.server';
import type { Database } from '~/db/client.server';
import { first, openStates, statement } from '~/db/statement';
import type { ProjectStore } from './project-store.server';

/** The status of a project with an approved clip, no open generation, and no ready clip that waits for review. */
const finishedStatus = `SELECT p.status FROM projects p WHERE p.id = ?2 AND p.user_id = ?1 AND p.deleted_at IS NULL
  AND EXISTS (SELECT 1 FROM clips c WHERE c.user_id = ?1 AND c.project_id = ?2 AND c.deleted_at IS NULL
    AND c.approved_generation_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM clips c LEFT JOIN generations g ON g.id = c.latest_generation_id
    WHERE c.user_id = ?1 AND c.project_id = ?2 AND c.deleted_at IS NULL
      AND (g.state IN ${openStates}
        OR (c.approved_generation_id IS NULL AND c.ready_generation_id IS NOT NULL)))`;

/**
 * Completes projects: a project is `completed` once its owner has played the film to its end with nothing left to do in
 * it. The owner and the person who invited them are then rewarded.
 */
export function createCompletion({
  db,
  projects,
  rewards,
}: {
  db: Database;
  projects: ProjectStore;
  rewards: Rewards;
}) {
  return {
    /** Call each time the owner's player reaches the end; a reward that an earlier call missed is made up for. */
    async played({ userId, projectId }: { userId: string; projectId: string }) {
      const project = await first<{ status: string }>(db, statement(finishedStatus, userId, projectId));
      if (!project) return { outcome: 'not-finished' as const };
      if (project.status !== 'completed') await projects.update({ userId, projectId, change: { status: 'completed' } });
      await rewards.afterCompletedProject(userId, projectId);
      return { outcome: 'completed' as const };
    },
  };
}
