import type { Database } from '~/db/client.server';
import { all, batch, openStates, run, statement } from '~/db/statement';
import { keysOfPhoto, pictureKey, previewKey, userPrefix, videoKey } from './keys';
import { retention } from './retention';

/** Limits of one run: rows of a read, and objects of one R2 call. The next run continues. */
const mostClips = 100;
const mostProjects = 200;
const mostPeople = 20;
const mostObjects = 1000;

const toErase = (of: string, before: string) =>
  `${of}.deleted_at IS NOT NULL AND ${of}.erased_at IS NULL AND ${of}.deleted_at < ${before}`;

// A clip with an open generation waits until that has ended.
const page = `AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = c.latest_generation_id AND g.state IN ${openStates})
  LIMIT ${mostClips}`;

/** Clips that were deleted themselves, or with their project, before `deletedBefore`; or of accounts closed before `closedBefore`. */
const dueClips = ({ deletedBefore, closedBefore }: { deletedBefore: number; closedBefore: number }) =>
  statement(
    `SELECT * FROM (SELECT c.id, c.user_id AS userId FROM clips c WHERE ${toErase('c', '?1')} ${page})
  UNION ALL SELECT * FROM (SELECT c.id, c.user_id AS userId FROM projects p
    CROSS JOIN clips c ON c.user_id = p.user_id AND c.project_id = p.id AND c.erased_at IS NULL
    WHERE ${toErase('p', '?1')} ${page})
  UNION ALL SELECT * FROM (SELECT c.id, c.user_id AS userId FROM users u
    CROSS JOIN clips c ON c.user_id = u.id AND c.erased_at IS NULL
    WHERE u.closed_at IS NOT NULL AND u.erased_at IS NULL AND u.closed_at < ?2 ${page})`,
    deletedBefore,
    closedBefore,
  );

/** The generations of these clips that are not erased yet. `clipIds` here and below: ids as a JSON list. */
const generationsOf = (clipIds: string) =>
  statement(
    `SELECT g.id, g.user_id AS userId, g.media_key AS mediaKey FROM json_each(?1) wanted
  CROSS JOIN clips c ON c.id = wanted.value
  CROSS JOIN generations g ON g.user_id = c.user_id AND g.clip_id = c.id
  WHERE g.erased_at IS NULL LIMIT ${mostObjects / 2}`,
    clipIds,
  );

/** The photos of these clips that no other clip shows. */
const photosOf = (clipIds: string) =>
  statement(
    `SELECT DISTINCT p.id, p.media_key AS mediaKey FROM json_each(?1) wanted
  CROSS JOIN clips c ON c.id = wanted.value
  CROSS JOIN photos p ON p.user_id = c.user_id AND p.id = c.photo_id
  WHERE p.erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM clips o WHERE o.user_id = p.user_id AND o.photo_id = p.id
    AND o.erased_at IS NULL AND o.id NOT IN (SELECT value FROM json_each(?1)))`,
    clipIds,
  );

/** Projects that were deleted before `deletedBefore` and whose clips are all erased. */
const dueProjects = (deletedBefore: number) =>
  statement(
    `SELECT p.id FROM projects p WHERE ${toErase('p', '?1')}
  AND NOT EXISTS (SELECT 1 FROM clips c WHERE c.user_id = p.user_id AND c.project_id = p.id AND c.erased_at IS NULL)
  LIMIT ${mostProjects}`,
    deletedBefore,
  );

/** People whose account was closed before `closedBefore` and whose clips are all erased. */
const duePeople = (closedBefore: number) =>
  statement(
    `SELECT u.id FROM users u WHERE u.closed_at IS NOT NULL AND u.erased_at IS NULL AND u.closed_at < ?1
  AND NOT EXISTS (SELECT 1 FROM clips c WHERE c.user_id = u.id AND c.erased_at IS NULL)
  LIMIT ${mostPeople}`,
    closedBefore,
  );

// A time that is due at once: what was deleted cannot be put back from then on.
const hastenProjects = `UPDATE projects SET deleted_at = min(deleted_at, ?2)
  WHERE user_id = ?1 AND deleted_at IS NOT NULL AND erased_at IS NULL RETURNING id`;
const hastenClips = `UPDATE clips SET deleted_at = min(deleted_at, ?2)
  WHERE user_id = ?1 AND deleted_at IS NOT NULL AND erased_at IS NULL RETURNING id`;

const inList = 'IN (SELECT value FROM json_each(?2))';
const eraseGenerations = `UPDATE generations SET erased_at = ?1, words = '', prompt = '', failure_detail = NULL
  WHERE id ${inList} AND erased_at IS NULL AND state NOT IN ${openStates}`;
const eraseFeedback = `UPDATE generation_feedback SET words = '' WHERE generation_id IN (SELECT value FROM json_each(?1))`;
const erasePhotos = `UPDATE photos SET erased_at = ?1, taken_at = NULL, colour = NULL, content_hash = NULL WHERE id ${inList} AND erased_at IS NULL`;
const forgetUploads = `UPDATE uploads SET taken_at = NULL WHERE id ${inList}`;
const eraseClips = `UPDATE clips SET erased_at = ?1, words = '' WHERE id ${inList} AND erased_at IS NULL`;
const eraseProjects = `UPDATE projects SET erased_at = ?1, title = 'Erased film' WHERE id ${inList} AND erased_at IS NULL`;
const eraseProjectsOfPerson = `UPDATE projects SET erased_at = ?1, deleted_at = coalesce(deleted_at, ?1), title = 'Erased film' WHERE user_id = ?2 AND erased_at IS NULL`;
const forgetUploadsOfPerson = `UPDATE uploads SET taken_at = NULL, content_hash = NULL, file_name = '' WHERE user_id = ?2`;
const erasePerson = 'UPDATE users SET erased_at = ?1 WHERE id = ?2 AND erased_at IS NULL';

/**
 * Erases what people deleted, once it can no longer be restored: first its objects in R2, then its words in D1, then
 * `erased_at` is set. Rows to which the ledger refers stay, emptied. A run may be repeated, run twice at once, or stop
 * anywhere.
 */
export function createErasure({ db, bucket }: { db: Database; bucket: R2Bucket }) {
  async function removeObjects(keys: readonly string[]): Promise<number> {
    for (let at = 0; at < keys.length; at += mostObjects) await bucket.delete(keys.slice(at, at + mostObjects));
    return keys.length;
  }

  /**
   * Erases a page of clips with their generations, photos and share previews. Clips with more generations than one page
   * are left to the next run.
   */
  async function eraseDueClips(now: number): Promise<number> {
    const due = await all<{ id: string; userId: string }>(
      db,
      dueClips({ deletedBefore: now - retention.deleted, closedBefore: now - retention.closed }),
    );
    if (due.length === 0) return 0;
    const clipIds = idsOf(due);
    const generations = await all<{ id: string; userId: string; mediaKey: string | null }>(db, generationsOf(clipIds));
    const isLastPage = generations.length < mostObjects / 2;
    const photos = isLastPage ? await all<{ id: string; mediaKey: string }>(db, photosOf(clipIds)) : [];
    const removed = await removeObjects([
      ...generations.flatMap((one) => [one.mediaKey ?? videoKey(one), pictureKey(one)]),
      ...photos.flatMap(({ mediaKey }) => keysOfPhoto(mediaKey)),
      ...due.map(({ id, userId }) => previewKey({ userId, clipId: id })),
    ]);
    const statements = [
      statement(eraseGenerations, now, idsOf(generations)),
      statement(eraseFeedback, idsOf(generations)),
    ];
    if (isLastPage)
      statements.push(
        statement(erasePhotos, now, idsOf(photos)),
        statement(forgetUploads, now, idsOf(photos)),
        statement(eraseClips, now, clipIds),
      );
    await batch(db, statements);
    return removed;
  }

  async function eraseDueProjects(now: number): Promise<void> {
    const due = await all<{ id: string }>(db, dueProjects(now - retention.deleted));
    if (due.length > 0) await run(db, statement(eraseProjects, now, idsOf(due)));
  }

  /** Erases people after their clips: the objects left under their prefix in R2, and the words of their rows. */
  async function eraseDuePeople(now: number): Promise<number> {
    let removed = 0;
    for (const { id } of await all<{ id: string }>(db, duePeople(now - retention.closed))) {
      const { objects, truncated } = await bucket.list({ prefix: userPrefix(id), limit: mostObjects });
      removed += await removeObjects(objects.map(({ key }) => key));
      if (truncated) continue;
      const words = [eraseProjectsOfPerson, forgetUploadsOfPerson, erasePerson];
      await batch(
        db,
        words.map((sql) => statement(sql, now, id)),
      );
    }
    return removed;
  }

  return {
    /**
     * Makes all that this person has deleted due, so that the next runs erase it. False if nothing of theirs waits to be
     * erased. `now` in ms.
     */
    async hasten(userId: string, now: number): Promise<boolean> {
      const due = now - retention.deleted - 1;
      const waiting = [statement(hastenProjects, userId, due), statement(hastenClips, userId, due)];
      return (await batch<{ id: string }>(db, waiting)).some((rows) => rows.length > 0);
    },

    /** Erases one page of what is due at `now` (ms since 1970). Returns the number of keys that it deleted in R2. */
    async run(now: number): Promise<number> {
      const removed = await eraseDueClips(now);
      await eraseDueProjects(now);
      return removed + (await eraseDuePeople(now));
    },
  };
}

function idsOf(rows: readonly { id: string }[]): string {
  return JSON.stringify([...new Set(rows.map(({ id }) => id))]);
}
