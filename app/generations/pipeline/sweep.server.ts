import { and, inArray, lt, sql } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import { createCursors } from '~/db/cursors.server';
import { generations } from '~/db/schema.server';
import { openStates } from '~/db/statement';
import type { Live } from '~/live/channel.server';
import { log } from '~/log';
import { generationOf, peoplePrefix } from '~/media/keys';
import type { AdmissionQueue } from './admission-queue.server';
import { failStatement } from './statements';
import { isOpen } from './states';

const minute = 60_000;
/** Rows of one query, objects of one list, and of each the pages of one run: it stays small, and the next one goes on. */
const mostRows = 200;
const objectsPerPage = 1000;
const mostPages = 10;
/** Objects that are woken at the same moment. */
const atOnce = 10;

const open = `state IN ${openStates}`;
/** A page of those that moved last before ?1, behind the place ?2, ?3. Left to itself SQLite would walk through all that ever ended. */
const standing = (index: 'generations_open' | 'generations_to_clean', where: string) =>
  `SELECT id, state_at AS stateAt FROM generations INDEXED BY ${index}
   WHERE ${where} AND state_at < ?1 AND (state_at, id) > (?2, ?3) ORDER BY state_at, id LIMIT ${mostRows}`;
const stills = {
  unheard: standing('generations_open', `${open} AND state = 'queued'`),
  stale: standing('generations_open', `${open} AND state <> 'queued'`),
  ended: standing('generations_to_clean', "state IN ('ready','failed','canceled') AND cleaned_at IS NULL"),
} as const;

/** In ms. */
interface Still {
  from?: number;
  before: number;
  now: number;
}

/** The last one that was looked at, oldest first: the next is behind it. */
interface Place {
  stateAt: number;
  id: string;
}

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
  admissionQueue,
}: {
  db: Database;
  bucket: R2Bucket;
  jobs: { getByName(name: string): { start(generationId: string): Promise<void> } };
  clips: { publish(userId: string, clipId: string): Promise<unknown> };
  ledger: Pick<Ledger, 'balance'>;
  live: Live;
  admissionQueue: Pick<AdmissionQueue, 'wakeEverywhere'>;
}) {
  const cursors = createCursors(db);
  const columns = { id: generations.id, userId: generations.userId, clipId: generations.clipId };

  /** An object that cannot be reached now is reached by the next run. */
  async function drive(id: string): Promise<void> {
    try {
      await jobs.getByName(id).start(id);
    } catch (error) {
      log({ event: 'queue', generationId: id, outcome: 'not-started', detail: String(error) });
    }
  }

  /**
   * Wakes all that stand still since before this moment and after `from`, oldest first, or so many pages of them: then
   * the next run goes on behind. Answers how many.
   */
  async function driveAll(still: keyof typeof stills, { from = 0, before, now }: Still): Promise<number> {
    const query = db.$client.prepare(stills[still]);
    const saved = await cursors.read<Place>(still);
    let place: Place | null = saved && saved.stateAt > from ? saved : { stateAt: from, id: '' };
    let count = 0;
    for (let page = 0; place && page < mostPages; page += 1) {
      const { results: rows }: D1Result<Place> = await query.bind(before, place.stateAt, place.id).all<Place>();
      for (let index = 0; index < rows.length; index += atOnce)
        await Promise.all(rows.slice(index, index + atOnce).map(({ id }) => drive(id)));
      count += rows.length;
      place = rows.length < mostRows ? null : (rows.at(-1) ?? null);
    }
    if (place) log({ event: 'sweep-left', what: still, seen: count });
    if (place ?? saved) await cursors.save(still, place, now);
    return count;
  }

  /** The keys of these objects that belong to no try, or to one that ended without them. */
  async function unwanted(objects: readonly Pick<R2Object, 'key' | 'uploaded'>[], now: number): Promise<string[]> {
    const found = objects.flatMap(({ key, uploaded }) => {
      const id = generationOf(key);
      const age = now - uploaded.getTime();
      return id && age > 60 * minute ? [{ key, id, isDayOld: age > 24 * 60 * minute }] : [];
    });
    const keys: string[] = [];
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
        if (row ? !isOpen(row.state) && row.mediaKey !== key : isDayOld) keys.push(key);
      }
    }
    return keys;
  }

  return {
    /** Ends what is ten minutes past its deadline, and wakes what has not moved for too long. `now` in ms. */
    async generations(now: number): Promise<Swept> {
      const overdue = await db
        .select(columns)
        .from(generations)
        .where(and(sql.raw(open), lt(generations.deadlineAt, now - 10 * minute)))
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
      // A hint that was lost is a minute old. Whoever waits longer than that waits for a place, and is called below.
      await driveAll('unheard', { from: now - 5 * minute, before: now - minute, now });
      const stale = await driveAll('stale', { before: now - 5 * minute, now });
      await admissionQueue.wakeEverywhere();
      return { overdue: overdue.length, stale };
    },

    /**
     * Wakes what ended more than five minutes ago and was not cleaned up: its object died, or was never told. Answers how
     * many. One that is still asking a provider in vain keeps its own pace.
     */
    ended(now: number): Promise<number> {
      return driveAll('ended', { before: now - 5 * minute, now });
    },

    /**
     * Looks through some pages of the bucket, from where the last run stopped, and removes videos and pictures of tries
     * that ended without them: after an hour, or after a day where the try itself is unknown. Answers how many.
     */
    async media(now: number): Promise<number> {
      let cursor = await cursors.read<string>('media');
      let count = 0;
      for (let page = 0; page < mostPages; page += 1) {
        const list = await bucket.list({ prefix: peoplePrefix, limit: objectsPerPage, ...(cursor ? { cursor } : {}) });
        const removed = await unwanted(list.objects, now);
        if (removed.length > 0) await bucket.delete(removed);
        count += removed.length;
        cursor = list.truncated ? list.cursor : null;
        // After each page: a run that breaks off has lost nothing of the way.
        await cursors.save('media', cursor, now);
        if (cursor === null) break;
      }
      return count;
    },
  };
}
