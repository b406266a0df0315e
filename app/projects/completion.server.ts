import type { Rewards } from '~/credits/rewards.server';
import type { Database } from '~/db/client.server';
import { openStates } from '~/db/statement';
import type { ProjectStore } from './project-store.server';

// At least one clip that was brought to life is in it, and nothing waits: no try is under way, none is ready unseen.
const isFinished = `SELECT p.status FROM projects p WHERE p.id = ?2 AND p.user_id = ?1 AND p.deleted_at IS NULL
  AND EXISTS (SELECT 1 FROM clips c WHERE c.user_id = ?1 AND c.project_id = ?2 AND c.deleted_at IS NULL
    AND c.approved_generation_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM clips c LEFT JOIN generations g ON g.id = c.latest_generation_id
    WHERE c.user_id = ?1 AND c.project_id = ?2 AND c.deleted_at IS NULL
      AND (g.state IN ${openStates}
        OR (c.approved_generation_id IS NULL AND c.ready_generation_id IS NOT NULL)))`;

/**
 * When a film is finished: its person has played it to its end, and nothing in it waits for them. From then on it is
 * `completed`; who had invited them is rewarded with them.
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
    /** Call when the person's own player has reached the end. Any number of times: what was missed is made up for. */
    async played({ userId, projectId }: { userId: string; projectId: string }) {
      const film = await db.$client.prepare(isFinished).bind(userId, projectId).first<{ status: string }>();
      if (!film) return { outcome: 'not-finished' as const };
      if (film.status !== 'completed') await projects.update({ userId, projectId, change: { status: 'completed' } });
      await rewards.afterCompletedProject(userId, projectId);
      return { outcome: 'completed' as const };
    },
  };
}
