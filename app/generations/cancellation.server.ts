import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { clips, generations, projects } from '~/db/schema.server';
import type { GenerationState } from '~/generations/pipeline/states';
import type { Live } from '~/live/channel.server';
import { log } from '~/log';
import type { Stopped } from './cancellation';

const open = ['queued', 'submitting', 'generating', 'copying'] as const satisfies readonly GenerationState[];

/** Stops everything that is under way in a film. */
export function createCancellation({
  db,
  jobs,
  clips: clipPages,
  ledger,
  live,
  clock,
}: {
  db: Database;
  jobs: { getByName(name: string): { nudge(generationId: string): Promise<void> } };
  clips: { publish(userId: string, clipId: string): Promise<unknown> };
  ledger: Pick<Ledger, 'balance'>;
  live: Live;
  clock: Clock;
}) {
  return {
    /** Ends every open try of a film in one write, with its credit; the film service is asked to stop what it has. */
    async all({
      userId,
      projectId,
    }: {
      userId: string;
      projectId: string;
    }): Promise<Stopped | { outcome: 'not-found' }> {
      const ofFilm = and(eq(clips.userId, userId), eq(clips.projectId, projectId));
      const [[film], rows] = await Promise.all([
        db
          .select({ id: projects.id })
          .from(projects)
          .where(and(eq(projects.userId, userId), eq(projects.id, projectId), isNull(projects.deletedAt))),
        db
          .select({ id: generations.id, clipId: generations.clipId, state: generations.state, cost: generations.cost })
          .from(generations)
          .innerJoin(clips, and(eq(clips.userId, generations.userId), eq(clips.id, generations.clipId)))
          .where(and(eq(generations.userId, userId), inArray(generations.state, [...open]), ofFilm)),
      ]);
      if (!film) return { outcome: 'not-found' };
      const stopped: typeof rows = [];
      // A statement takes a hundred values at most.
      for (let at = 0; at < rows.length; at += 80) {
        const part = rows.slice(at, at + 80);
        const these = and(
          eq(generations.userId, userId),
          inArray(
            generations.id,
            part.map(({ id }) => id),
          ),
        );
        await db
          .update(generations)
          .set({ state: 'canceled', stateAt: clock() })
          .where(and(these, inArray(generations.state, [...open])));
        const ended = await db
          .select({ id: generations.id })
          .from(generations)
          .where(and(these, eq(generations.state, 'canceled')));
        stopped.push(...part.filter(({ id }) => ended.some((one) => one.id === id)));
      }
      for (const { id: generationId, clipId } of stopped) {
        log({ event: 'generation-step', generationId, userId, projectId, clipId, what: 'stop: canceled' });
        await clipPages.publish(userId, clipId);
      }
      if (stopped.length > 0) await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
      await Promise.all(stopped.map(({ id }) => wake(id)));
      return {
        outcome: 'canceled',
        canceled: stopped.length,
        sent: stopped.filter(({ state }) => state !== 'queued').length,
        tooLate: rows.length - stopped.length,
        credits: stopped.reduce((sum, { cost }) => sum + cost, 0),
      };
    },
  };

  /** Its object then asks the film service to stop; the sweeper does it where it cannot be reached now. */
  async function wake(generationId: string): Promise<void> {
    await jobs
      .getByName(generationId)
      .nudge(generationId)
      .catch((error: unknown) => {
        log({ event: 'queue', generationId, outcome: 'not-nudged', detail: String(error) });
      });
  }
}
