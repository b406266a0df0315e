import { and, inArray, lt, sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { createCursors } from '~/db/cursors.server';
import { generations } from '~/db/schema.server';
import { all, openStates, run, type Statement, statement } from '~/db/statement';
import { type OpenPages, publishClipAndBalance } from '~/generations/open-pages.server';
import { log } from '~/log';
import { generationOf, peoplePrefix } from '~/media/keys';
import { unusedSmaller } from '~/photos/unused-smaller.server';
import type { AdmissionQueue } from './admission-queue.server';
import type { GenerationJobs } from './generation-jobs.server';
import { failStatement } from './statements';
import { isOpen } from './states';

const minute = 60_000;
/** Rows per query, objects per list, and pages of either per run: a run stays short, and the next one continues. */
const mostRows = 200;
const objectsPerPage = 1000;
const mostPages = 10;
/** Durable Objects that are started side by side. */
const startsAtOnce = 10;

const open = `state IN ${openStates}`;
/** Without the named index SQLite would walk through every generation that has ended. */
const pageOf = (index: 'generations_open' | 'generations_to_clean', where: string) =>
  `SELECT id, state_at AS stateAt FROM generations INDEXED BY ${index}
   WHERE ${where} AND state_at < ?1 AND (state_at, id) > (?2, ?3) ORDER BY state_at, id LIMIT ${mostRows}`;
const stuckPages = {
  unheard: pageOf('generations_open', `${open} AND state = 'queued'`),
  stale: pageOf('generations_open', `${open} AND state <> 'queued'`),
  ended: pageOf('generations_to_clean', "state IN ('ready','failed','canceled') AND cleaned_at IS NULL"),
} as const;

/** Why a generation needs a start: its hint got lost, it has not moved, or its clean-up is not done. */
type Stuck = keyof typeof stuckPages;

/** The last generation that a run looked at; the next run continues behind it. */
interface Position {
  stateAt: number;
  id: string;
}

/** A page of stuck generations that last moved before `before` (ms), behind `position`, oldest first. */
const stuckStatement = (stuck: Stuck, before: number, { stateAt, id }: Position): Statement =>
  statement(stuckPages[stuck], before, stateAt, id);

/** How many generations were past their deadline, and how many had not moved at a provider. */
export interface Swept {
  overdue: number;
  stale: number;
}

/**
 * Repairs what got lost: hints that never arrived, objects without an alarm, generations past their deadline, media of
 * no generation. Every step may be repeated, run twice at the same time, or stop half way.
 */
export function createSweep({
  db,
  bucket,
  generationJobs,
  openPages,
  admissionQueue,
}: {
  db: Database;
  bucket: R2Bucket;
  generationJobs: GenerationJobs<'start'>;
  openPages: OpenPages;
  admissionQueue: Pick<AdmissionQueue, 'wakeEverywhere'>;
}) {
  const cursors = createCursors(db);
  const columns = { id: generations.id, userId: generations.userId, clipId: generations.clipId };

  /** Starts a generation's object; one that cannot be reached is started by the next run. */
  async function start(id: string): Promise<void> {
    try {
      await generationJobs.getByName(id).start(id);
    } catch (error) {
      log({ event: 'queue', generationId: id, outcome: 'not-started', detail: String(error) });
    }
  }

  /**
   * Starts the stuck generations that last moved between `from` and `before` (ms), oldest first, up to `mostPages` pages;
   * the next run continues behind them. Returns how many.
   */
  async function startAll(
    stuck: Stuck,
    { from = 0, before, now }: { from?: number; before: number; now: number },
  ): Promise<number> {
    const saved = await cursors.read<Position>(stuck);
    let position: Position | null = saved && saved.stateAt > from ? saved : { stateAt: from, id: '' };
    let count = 0;
    for (let page = 0; position && page < mostPages; page += 1) {
      const rows: Position[] = await all<Position>(db, stuckStatement(stuck, before, position));
      for (let index = 0; index < rows.length; index += startsAtOnce)
        await Promise.all(rows.slice(index, index + startsAtOnce).map(({ id }) => start(id)));
      count += rows.length;
      position = rows.length < mostRows ? null : (rows.at(-1) ?? null);
    }
    if (position) log({ event: 'sweep-left', what: stuck, seen: count });
    if (position ?? saved) await cursors.save(stuck, position, now);
    return count;
  }

  /** The keys of objects whose generation has ended without them or does not exist. */
  async function unusedKeys(objects: readonly Pick<R2Object, 'key' | 'uploaded'>[], now: number): Promise<string[]> {
    const found = objects.flatMap(({ key, uploaded }) => {
      const id = generationOf(key);
      const age = now - uploaded.getTime();
      return id && age > 60 * minute ? [{ key, id, isDayOld: age > 24 * 60 * minute }] : [];
    });
    const keys: string[] = [];
    // D1 binds at most a hundred values.
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
        if (row ? !isOpen(row.state) && row.mediaKey !== key : isDayOld) keys.push(key);
      }
    }
    return keys;
  }

  return {
    /** Ends generations ten minutes past their deadline and starts those that have not moved for too long. `now` in ms. */
    async generations(now: number): Promise<Swept> {
      const overdue = await db
        .select(columns)
        .from(generations)
        .where(and(sql.raw(open), lt(generations.deadlineAt, now - 10 * minute)))
        .limit(mostRows);
      for (const { id, userId, clipId } of overdue) {
        const detail = 'ended by the sweeper';
        await run(db, failStatement({ id, now, reason: 'deadline', detail, costCents: null }));
        // The generation may have ended by itself just before; then the statement has changed nothing.
        log({ event: 'generation-step', generationId: id, userId, clipId, what: 'deadline: failed' });
        await publishClipAndBalance(openPages, userId, clipId);
        await start(id);
      }
      // A lost hint shows within five minutes. Older queued generations wait for a slot; the admission queue wakes them.
      await startAll('unheard', { from: now - 5 * minute, before: now - minute, now });
      const stale = await startAll('stale', { before: now - 5 * minute, now });
      await admissionQueue.wakeEverywhere();
      return { overdue: overdue.length, stale };
    },

    /** Starts generations that ended over five minutes ago and are not cleaned up. Returns how many. `now` in ms. */
    ended(now: number): Promise<number> {
      return startAll('ended', { before: now - 5 * minute, now });
    },

    /**
     * Lists some pages of the bucket, from where the last run stopped, and deletes videos and pictures of generations that
     * ended without them after an hour, and after a day those of unknown generations and smaller sizes of no photo. Returns how many. `now` in ms.
     */
    async media(now: number): Promise<number> {
      let cursor = await cursors.read<string>('media');
      let count = 0;
      for (let page = 0; page < mostPages; page += 1) {
        const list = await bucket.list({ prefix: peoplePrefix, limit: objectsPerPage, ...(cursor ? { cursor } : {}) });
        const unused = [
          ...(await unusedKeys(list.objects, now)),
          ...(await unusedSmaller({ db, objects: list.objects, now })),
        ];
        if (unused.length > 0) await bucket.delete(unused);
        count += unused.length;
        cursor = list.truncated ? list.cursor : null;
        // Saved after each page, so that a run that breaks off is continued from its last page.
        await cursors.save('media', cursor, now);
        if (cursor === null) break;
      }
      return count;
    },
  };
}
