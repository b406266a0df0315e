import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { generations } from '~/db/schema.server';
import { openStates } from '~/db/statement';
import { failStatement } from '~/generations/pipeline/statements';
import { type GenerationState, isOpen } from '~/generations/pipeline/states';
import { log } from '~/log';
import type { FailureReason } from '~/providers/failure-messages';

/** Which try, whose, and what is written in the same batch, before it. */
export interface Stop {
  userId: string;
  generationId: string;
  first?: readonly D1PreparedStatement[];
}

/** `too-late`: it had ended by itself. */
export type StopOutcome<Stopped extends string> =
  | { outcome: Stopped }
  | { outcome: 'too-late'; state: GenerationState; open: boolean }
  | { outcome: 'not-found' };

/** Ends a try before its time, with its credit; its object then asks the film service to stop what it has. */
export function createStop({
  db,
  jobs,
  publish,
  clock,
}: {
  db: Database;
  jobs: { getByName(name: string): { nudge(generationId: string): Promise<void> } };
  /** Tells the person's open pages of the clip and the balance. */
  publish: (userId: string, clipId: string) => Promise<void>;
  clock: Clock;
}) {
  const { $client: d1 } = db;
  const prepared = ({ sql: text, params }: { sql: string; params: readonly unknown[] }) =>
    d1.prepare(text).bind(...params);

  async function end<Ended extends 'canceled' | 'failed'>(
    { userId, generationId, first = [] }: Stop,
    ended: Ended,
    statement: D1PreparedStatement,
  ): Promise<StopOutcome<Ended>> {
    const failed = await d1.batch([...first, statement]).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const [row] = await db
      .select({ state: generations.state, clipId: generations.clipId })
      .from(generations)
      .where(and(eq(generations.userId, userId), eq(generations.id, generationId)));
    // The answer may be lost though all was written: the row tells.
    if (failed && row?.state !== ended) throw failed.error;
    if (!row) return { outcome: 'not-found' };
    const { state, clipId } = row;
    if (state !== ended) return { outcome: 'too-late', state, open: isOpen(state) };
    log({ event: 'generation-step', generationId, userId, clipId, what: `stop: ${state}` });
    await publish(userId, clipId);
    await jobs
      .getByName(generationId)
      .nudge(generationId)
      .catch((error: unknown) => {
        log({ event: 'queue', generationId, outcome: 'not-nudged', detail: String(error) });
      });
    return { outcome: ended };
  }

  return {
    /** Ends an open try and returns its credit at once; the provider is asked to stop as well. */
    cancel(stop: Stop): Promise<StopOutcome<'canceled'>> {
      const owned = and(eq(generations.userId, stop.userId), eq(generations.id, stop.generationId));
      const open = sql`${generations.state} IN ${sql.raw(openStates)}`;
      const update = db.update(generations).set({ state: 'canceled', stateAt: clock() }).where(and(owned, open));
      return end(stop, 'canceled', prepared(update.toSQL()));
    },

    /** The same by somebody of the house, who says why: the person reads it as they read of any failure. */
    fail({ reason, detail, ...stop }: Stop & { reason: FailureReason; detail: string }) {
      const { generationId: id } = stop;
      return end(stop, 'failed', prepared(failStatement({ id, now: clock(), reason, detail, costCents: null })));
    },
  };
}
