import { and, eq, isNull } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { generations, projects } from '~/db/schema.server';
import { all, batch, openStates, type Statement, statement } from '~/db/statement';
import { cancelStatement } from '~/db/stops';
import { failStatement } from '~/generations/pipeline/statements';
import { type GenerationState, isOpen } from '~/generations/pipeline/states';
import { log } from '~/log';
import { type AtWork, findAtWork } from '~/providers/at-work';
import type { FailureReason } from '~/providers/failure-messages';
import type { Providers } from '~/providers/registry.server';
import { type OpenPages, publishBalance, publishClipAndBalance } from './open-pages.server';
import { type GenerationJobs, nudge } from './pipeline/generation-jobs.server';
import { type StopFacts, type StopOutcome, type Stopped, stoppingOf } from './stop';

/** Which generation to stop. The statements `first` run before it in the same batch: all happen or none. */
export interface StopRequest {
  userId: string;
  generationId: string;
  first?: readonly Statement[];
}

/** An admin's end of a generation, with the reason that the person reads. */
export type FailRequest = StopRequest & { reason: FailureReason; detail: string };

interface OpenGeneration extends StopFacts {
  id: string;
  provider: string;
  clipId: string;
  cost: number;
  /** 1 where feedback earned its gift, which can be used again. */
  isGift: number;
  isPaid: number;
}

const atProvider = {
  state: generations.state,
  submits: generations.submits,
  submitNonce: generations.submitNonce,
  providerTaskId: generations.providerTaskId,
  providerStatus: generations.providerStatus,
  canStop: generations.canStop,
};

/** The open generations of a project's clips. */
const openInProjectStatement = ({ userId, projectId }: { userId: string; projectId: string }): Statement =>
  statement(
    `SELECT g.id, g.clip_id AS clipId, g.submits, g.cost, g.gift IS NOT NULL AND g.gift_by IS NULL AS isGift,
       g.gift IS NULL AS isPaid, g.state, g.submit_nonce AS submitNonce, g.provider, g.provider_task_id AS providerTaskId,
       g.provider_status AS providerStatus, g.can_stop AS canStop FROM generations g
     JOIN clips c ON c.user_id = g.user_id AND c.id = g.clip_id
     WHERE g.user_id = ?1 AND g.state IN ${openStates} AND c.project_id = ?2`,
    userId,
    projectId,
  );

/** The states of these generations. */
const statesStatement = ({ userId, ids }: { userId: string; ids: readonly string[] }): Statement =>
  statement(
    'SELECT id, state FROM generations WHERE user_id = ?1 AND id IN (SELECT value FROM json_each(?2))',
    userId,
    JSON.stringify(ids),
  );

/** Stops generations before their end and returns their credits or gifts; their objects then ask the providers to stop too. */
export function createStop({
  db,
  providers,
  generationJobs,
  openPages,
  clock,
}: {
  db: Database;
  providers: Pick<Providers, 'find'>;
  generationJobs: GenerationJobs<'nudge' | 'hint'>;
  openPages: OpenPages;
  clock: Clock;
}) {
  /**
   * Whether the task that a provider has is still at work; null where there is none. Read before the stop, for the last poll may
   * be seconds old: a film that was made since is charged to us, and its clip arrives.
   */
  async function findTask({ provider, ...row }: StopFacts & { provider: string }): Promise<AtWork | null> {
    const { state, providerTaskId: taskId, canStop } = row;
    if (state !== 'generating' || taskId === null || stoppingOf(row) !== 'counted') return null;
    return findAtWork(providers.find(provider), { taskId, canStop });
  }

  async function stop<Ended extends 'canceled' | 'failed'>(
    { userId, generationId, first = [] }: StopRequest,
    ended: Ended,
    write: Statement,
  ): Promise<StopOutcome<Ended>> {
    const failed = await batch(db, [...first, write]).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const [row] = await db
      .select({ ...atProvider, clipId: generations.clipId })
      .from(generations)
      .where(and(eq(generations.userId, userId), eq(generations.id, generationId)));
    // An error may only be a lost answer: the state of the row decides.
    if (failed && row?.state !== ended) throw failed.error;
    if (!row) return { outcome: 'not-found' };
    const { state, clipId } = row;
    if (state !== ended) {
      const stopping = isOpen(state) && ended === 'canceled' ? stoppingOf(row) : 'finished';
      if (stopping === 'cannot') return { outcome: 'cannot-be-stopped' };
      if (stopping === 'counted') return { outcome: 'too-many-stops' };
      return { outcome: 'too-late', state, open: isOpen(state) };
    }
    log({ event: 'generation-step', generationId, userId, clipId, what: `stop: ${state}` });
    await publishClipAndBalance(openPages, userId, clipId);
    await nudge(generationJobs, generationId);
    return { outcome: ended };
  }

  return {
    /** Cancels an open generation that may be stopped, and returns its credit in the same write; any other goes on. */
    async cancel(request: StopRequest): Promise<StopOutcome<'canceled'>> {
      const { userId, generationId } = request;
      const [row] = await db
        .select({ ...atProvider, provider: generations.provider })
        .from(generations)
        .where(and(eq(generations.userId, userId), eq(generations.id, generationId)));
      const task = row ? await findTask(row) : null;
      if (task === 'no-answer') return { outcome: 'no-answer' };
      if (task === 'cannot') return { outcome: 'cannot-be-stopped' };
      if (task === 'ended') {
        await generationJobs
          .getByName(generationId)
          .hint(generationId)
          .catch((error: unknown) =>
            log({ event: 'queue', generationId, outcome: 'not-nudged', detail: String(error) }),
          );
        return { outcome: 'too-late', state: 'generating', open: true };
      }
      return stop(request, 'canceled', cancelStatement({ userId, ids: [generationId], now: clock() }));
    },

    /** Ends an open generation as failed and returns its credit; the person reads the reason as that of any failure. */
    fail({ reason, detail, ...request }: FailRequest): Promise<StopOutcome<'failed'>> {
      const { generationId: id } = request;
      return stop(request, 'failed', failStatement({ id, now: clock(), reason, detail, costCents: null }));
    },

    /** Cancels a project's open generations that may be stopped and returns their credits, all in one write. */
    async cancelProject({
      userId,
      projectId,
    }: {
      userId: string;
      projectId: string;
    }): Promise<Stopped | { outcome: 'not-found' }> {
      const [[project], open] = await Promise.all([
        db
          .select({ id: projects.id })
          .from(projects)
          .where(and(eq(projects.userId, userId), eq(projects.id, projectId), isNull(projects.deletedAt))),
        all<OpenGeneration>(db, openInProjectStatement({ userId, projectId })),
      ]);
      if (!project) return { outcome: 'not-found' };
      const tasks = await Promise.all(open.map(findTask));
      const ids = open.flatMap(({ id }, index) => {
        const task = tasks[index];
        return task === null || task === 'at-work' ? [id] : [];
      });
      const writes = [cancelStatement({ userId, ids, now: clock() }), statesStatement({ userId, ids })];
      type Row = { id: string; state: GenerationState };
      const [, rows = []] = ids.length > 0 ? await batch<Row>(db, writes) : [];
      const states = new Map(rows.map(({ id, state }) => [id, state]));
      const stopped = open.filter(({ id }) => states.get(id) === 'canceled');
      const kept = tasks.filter((task) => task === 'cannot' || task === 'no-answer').length;
      const goesOn = kept + rows.filter(({ state }) => isOpen(state) && state !== 'copying').length;
      for (const { id: generationId, clipId } of stopped) {
        log({ event: 'generation-step', generationId, userId, projectId, clipId, what: 'stop: canceled' });
        await openPages.clips.publish(userId, clipId);
      }
      if (stopped.length > 0) await publishBalance(openPages, userId);
      await Promise.all(stopped.map(({ id }) => nudge(generationJobs, id)));
      return {
        outcome: 'canceled',
        canceled: stopped.length,
        sent: stopped.filter(({ submits }) => submits > 0).length,
        goesOn,
        tooLate: open.length - stopped.length - goesOn,
        credits: stopped.reduce((sum, { cost, isPaid }) => sum + (isPaid ? cost : 0), 0),
        gifts: stopped.filter(({ isGift }) => isGift).length,
      };
    },
  };
}
