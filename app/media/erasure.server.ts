import type { Database } from '~/db/client.server';
import { openStates } from '~/db/statement';
import { pictureKey, previewKey, userPrefix, videoKey } from './keys';
import { retention } from './retention';

/** Rows of one query, and objects of one R2 call: a run stays small, the next one goes on. */
const mostClips = 100;
const mostProjects = 200;
const mostPeople = 20;
const mostObjects = 1000;

const toErase = (of: string, before: string) =>
  `${of}.deleted_at IS NOT NULL AND ${of}.erased_at IS NULL AND ${of}.deleted_at < ${before}`;

// A clip goes with itself, with its film or with its person. One that is still being made waits until that has ended.
const page = `AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = c.latest_generation_id AND g.state IN ${openStates})
  LIMIT ${mostClips}`;
const dueClips = `SELECT * FROM (SELECT c.id, c.user_id AS userId FROM clips c WHERE ${toErase('c', '?1')} ${page})
  UNION ALL SELECT * FROM (SELECT c.id, c.user_id AS userId FROM projects p
    CROSS JOIN clips c ON c.user_id = p.user_id AND c.project_id = p.id AND c.erased_at IS NULL
    WHERE ${toErase('p', '?1')} ${page})
  UNION ALL SELECT * FROM (SELECT c.id, c.user_id AS userId FROM users u
    CROSS JOIN clips c ON c.user_id = u.id AND c.erased_at IS NULL
    WHERE ${toErase('u', '?2')} ${page})`;

const generationsOf = `SELECT g.id, g.user_id AS userId, g.media_key AS mediaKey FROM json_each(?1) wanted
  CROSS JOIN clips c ON c.id = wanted.value
  CROSS JOIN generations g ON g.user_id = c.user_id AND g.clip_id = c.id
  WHERE g.erased_at IS NULL LIMIT ${mostObjects / 2}`;

const photosOf = `SELECT DISTINCT p.id, p.media_key AS mediaKey FROM json_each(?1) wanted
  CROSS JOIN clips c ON c.id = wanted.value
  CROSS JOIN photos p ON p.user_id = c.user_id AND p.id = c.photo_id
  WHERE p.erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM clips o WHERE o.user_id = p.user_id AND o.photo_id = p.id
    AND o.erased_at IS NULL AND o.id NOT IN (SELECT value FROM json_each(?1)))`;

const dueProjects = `SELECT p.id FROM projects p WHERE ${toErase('p', '?1')}
  AND NOT EXISTS (SELECT 1 FROM clips c WHERE c.user_id = p.user_id AND c.project_id = p.id AND c.erased_at IS NULL)
  LIMIT ${mostProjects}`;

const duePeople = `SELECT u.id FROM users u WHERE ${toErase('u', '?1')}
  AND NOT EXISTS (SELECT 1 FROM clips c WHERE c.user_id = u.id AND c.erased_at IS NULL)
  LIMIT ${mostPeople}`;

const inList = 'IN (SELECT value FROM json_each(?2))';
const eraseGenerations = `UPDATE generations SET erased_at = ?1, words = '', prompt = '', failure_detail = NULL
  WHERE id ${inList} AND erased_at IS NULL AND state NOT IN ${openStates}`;
const eraseFeedback = `UPDATE generation_feedback SET words = '' WHERE generation_id IN (SELECT value FROM json_each(?1))`;
const erasePhotos = `UPDATE photos SET erased_at = ?1, taken_at = NULL WHERE id ${inList} AND erased_at IS NULL`;
const forgetUploads = `UPDATE uploads SET taken_at = NULL WHERE id ${inList}`;
const eraseClips = `UPDATE clips SET erased_at = ?1, words = '' WHERE id ${inList} AND erased_at IS NULL`;
const eraseProjects = `UPDATE projects SET erased_at = ?1, title = 'Erased film' WHERE id ${inList} AND erased_at IS NULL`;
const eraseProjectsOfPerson = `UPDATE projects SET erased_at = ?1, title = 'Erased film' WHERE user_id = ?2 AND erased_at IS NULL`;
const forgetUploadsOfPerson = `UPDATE uploads SET taken_at = NULL, file_name = '' WHERE user_id = ?2`;
const endSessions = 'DELETE FROM sessions WHERE user_id = ?2';
const erasePerson = 'UPDATE users SET erased_at = ?1 WHERE id = ?2 AND erased_at IS NULL';

/**
 * Erases what was deleted, once it cannot come back: first its objects in R2, then its words in the database, then the
 * row says so. Rows that the ledger leans on stay, emptied. May run twice, at once, or stop anywhere.
 */
export function createErasure({ db, bucket }: { db: Database; bucket: R2Bucket }) {
  const { $client: d1 } = db;

  async function read<Row>(sql: string, ...values: (string | number)[]): Promise<Row[]> {
    const { results } = await d1
      .prepare(sql)
      .bind(...values)
      .all<Row>();
    return results;
  }

  async function removeObjects(keys: readonly string[]): Promise<number> {
    for (let at = 0; at < keys.length; at += mostObjects) await bucket.delete(keys.slice(at, at + mostObjects));
    return keys.length;
  }

  /** Clips with all their tries, their photos, and the picture that a link's previews could show. Tries beyond one page leave their clips to the next run. */
  async function clips(now: number): Promise<number> {
    const due = await read<{ id: string; userId: string }>(dueClips, now - retention.deleted, now - retention.account);
    if (due.length === 0) return 0;
    const clipIds = idsOf(due);
    const tries = await read<{ id: string; userId: string; mediaKey: string | null }>(generationsOf, clipIds);
    const isLastPage = tries.length < mostObjects / 2;
    const pictures = isLastPage ? await read<{ id: string; mediaKey: string }>(photosOf, clipIds) : [];
    const removed = await removeObjects([
      ...tries.flatMap((one) => [one.mediaKey ?? videoKey(one), pictureKey(one)]),
      ...pictures.map(({ mediaKey }) => mediaKey),
      ...due.map(({ id, userId }) => previewKey({ userId, clipId: id })),
    ]);
    const statements = [
      d1.prepare(eraseGenerations).bind(now, idsOf(tries)),
      d1.prepare(eraseFeedback).bind(idsOf(tries)),
    ];
    if (isLastPage)
      statements.push(
        d1.prepare(erasePhotos).bind(now, idsOf(pictures)),
        d1.prepare(forgetUploads).bind(now, idsOf(pictures)),
        d1.prepare(eraseClips).bind(now, clipIds),
      );
    await d1.batch(statements);
    return removed;
  }

  async function projects(now: number): Promise<void> {
    const due = await read<{ id: string }>(dueProjects, now - retention.deleted);
    if (due.length > 0) await d1.prepare(eraseProjects).bind(now, idsOf(due)).run();
  }

  /** After their clips: whatever else lies under a person's name in R2, and what their rows still say. */
  async function people(now: number): Promise<number> {
    let removed = 0;
    for (const { id } of await read<{ id: string }>(duePeople, now - retention.account)) {
      const { objects, truncated } = await bucket.list({ prefix: userPrefix(id), limit: mostObjects });
      removed += await removeObjects(objects.map(({ key }) => key));
      if (truncated) continue;
      const words = [eraseProjectsOfPerson, forgetUploadsOfPerson, endSessions, erasePerson];
      await d1.batch(words.map((sql) => d1.prepare(sql).bind(now, id)));
    }
    return removed;
  }

  return {
    /** One page of what is due at `now` (ms). Answers how many names of objects it told R2 to remove. */
    async run(now: number): Promise<number> {
      const removed = await clips(now);
      await projects(now);
      return removed + (await people(now));
    },
  };
}

function idsOf(rows: readonly { id: string }[]): string {
  return JSON.stringify([...new Set(rows.map(({ id }) => id))]);
}
