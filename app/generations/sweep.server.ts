import { and, asc, eq, gte, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import { generations, settings } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import { log } from '~/log';
import type { Line } from './line.server';
import { failStatement } from './statements';
import { isOpen } from './states';

const minute = 60_000;
/** Rows of one query, and objects of one page: one run stays small, the next one goes on. */
const mostRows = 200;
const objectsPerPage = 500;
const cursorKey = 'sweepCursor';

/** What one run has found: past their deadline, and at a provider without having moved. */
export interface Swept {
  overdue: number;
  stale: number;
}

/**
 * Takes up what got lost on the way: hints that never arrived, objects whose alarm died, tries past their deadline,
 * media that belongs to nothing. Every step may run twice, at once, or stop half way.
 */
export function createSweep({
  db,
  bucket,
  jobs,
  clips,
  ledger,
  live,
  line,
}: {
  db: Database;
  bucket: R2Bucket;
  jobs: { getByName(name: string): { start(generationId: string): Promise<void> } };
  clips: { publish(userId: string, clipId: string): Promise<unknown> };
  ledger: Pick<Ledger, 'balance'>;
  live: Live;
  line: Pick<Line, 'callEverywhere'>;
}) {
  const open = sql`${generations.state} IN ('queued','submitting','generating','copying')`;
  const ended = sql`${generations.state} IN ('ready','failed','canceled')`;
  const columns = { id: generations.id, userId: generations.userId, clipId: generations.clipId };

  /** An object that cannot be reached now is reached by the next run. */
  async function drive(id: string): Promise<void> {
    try {
      await jobs.getByName(id).start(id);
    } catch (error) {
      log({ event: 'queue', generationId: id, outcome: 'not-started', detail: String(error) });
    }
  }

  return {
    /** Ends what is ten minutes past its deadline, and wakes what has not moved for too long. `now` in ms. */
    async generations(now: number): Promise<Swept> {
      const overdue = await db
        .select(columns)
        .from(generations)
        .where(and(open, lt(generations.deadlineAt, now - 10 * minute)))
        .limit(mostRows);
      for (const { id, userId, clipId } of overdue) {
        const { sql: text, params } = failStatement({
          id,
          now,
          reason: 'deadline',
          detail: 'ended by the sweeper',
          costCents: null,
        });
        await db.$client
          .prepare(text)
          .bind(...params)
          .run();
        // It may have ended by itself in the last moment: its row tells.
        log({ event: 'generation-step', generationId: id, userId, clipId, what: 'deadline: failed' });
        await clips.publish(userId, clipId);
        await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
        await drive(id);
      }
      const unmoved = (where: SQL | undefined) =>
        db.select({ id: generations.id }).from(generations).where(and(open, where)).limit(mostRows);
      const isQueued = sql`${generations.state} = 'queued'`;
      // A hint that was lost is a minute old. Whoever waits longer than that waits for a place, and is called below.
      const unheard = and(isQueued, lt(generations.stateAt, now - minute), gte(generations.stateAt, now - 5 * minute));
      const stale = await unmoved(
        and(sql`${generations.state} <> 'queued'`, lt(generations.stateAt, now - 5 * minute)),
      );
      for (const { id } of [...(await unmoved(unheard)), ...stale]) await drive(id);
      await line.callEverywhere();
      return { overdue: overdue.length, stale: stale.length };
    },

    /**
     * Wakes what ended more than five minutes ago and was not cleaned up: its object died, or was never told. Answers how
     * many. One that is still asking a provider in vain keeps its own pace.
     */
    async ended(now: number): Promise<number> {
      const left = await db
        .select({ id: generations.id })
        .from(generations)
        .where(and(ended, isNull(generations.cleanedAt), lt(generations.stateAt, now - 5 * minute)))
        .orderBy(asc(generations.stateAt))
        .limit(mostRows);
      for (const { id } of left) await drive(id);
      return left.length;
    },

    /**
     * Looks through one page of the bucket, from where the last run stopped, and removes videos and pictures of tries
     * that ended without them: after an hour, or after a day where the try itself is unknown. Answers how many.
     */
    async media(now: number): Promise<number> {
      const [saved] = await db.select().from(settings).where(eq(settings.key, cursorKey));
      const cursor = saved ? (JSON.parse(saved.value) as string) : '';
      const page = await bucket.list({ prefix: 'u/', limit: objectsPerPage, ...(cursor ? { cursor } : {}) });
      const found = page.objects.flatMap(({ key, uploaded }) => {
        const id = /^u\/[^/]+\/[fg]\/(gen_[0-9A-Z]+)\.(?:mp4|jpg)$/.exec(key)?.[1];
        const age = now - uploaded.getTime();
        return id && age > 60 * minute ? [{ key, id, isDayOld: age > 24 * 60 * minute }] : [];
      });
      const removed: string[] = [];
      // A statement takes a hundred values at most.
      for (let index = 0; index < found.length; index += 90) {
        const part = found.slice(index, index + 90);
        const ids = part.map(({ id }) => id);
        const rows = await db
          .select({ id: generations.id, state: generations.state, mediaKey: generations.mediaKey })
          .from(generations)
          .where(inArray(generations.id, ids));
        const known = new Map(rows.map((row) => [row.id, row]));
        for (const { key, id, isDayOld } of part) {
          const row = known.get(id);
          if (row ? !isOpen(row.state) && row.mediaKey !== key : isDayOld) removed.push(key);
        }
      }
      if (removed.length > 0) await bucket.delete(removed);
      const next = JSON.stringify(page.truncated ? page.cursor : '');
      await db.batch([
        db.delete(settings).where(eq(settings.key, cursorKey)),
        db.insert(settings).values({ key: cursorKey, value: next, updatedAt: now }),
      ]);
      return removed.length;
    },
  };
}

export type Sweep = ReturnType<typeof createSweep>;
