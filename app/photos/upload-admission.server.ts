import { and, eq, isNull } from 'drizzle-orm';
import { encodeTime } from 'ulid';
import type { Database } from '~/db/client.server';
import { projects } from '~/db/schema.server';
import { first, run, sameAccount, statement } from '~/db/statement';
import { uploadLimits } from './upload-limits';
import type { UploadMetadata } from './upload-metadata';
import type { UploadReason } from './upload-reasons';

interface Admission {
  userId: string;
  uploadId: string;
  lengthBytes: number;
  metadata: UploadMetadata;
  /** In ms since 1970. */
  now: number;
}

/**
 * Inserts the row of a new upload if the film belongs to this person and has room, the photo is not in it already (unless
 * the person keeps both), and the daily limits allow it. One statement checks and inserts, so that concurrent requests
 * cannot pass a limit together. Inserts nothing otherwise; throws for a request key that exists, and by the law
 * `upload:storage-full` if the person has no room for it, and by `upload:maintenance` while Echoes takes nothing new.
 */
export async function admit({ db, ...admission }: Admission & { db: Database }): Promise<void> {
  const { userId, uploadId, lengthBytes, metadata, now } = admission;
  const { projectId, requestKey, fileName, takenAt, contentHash = null, keepsBoth = false } = metadata;
  const since = aDayBefore(now);
  const row = [uploadId, requestKey, fileName, takenAt, lengthBytes, now, now + uploadLimits.openFor] as const;
  const content = [contentHash, keepsBoth ? 1 : 0] as const;
  const limits = [uploadLimits.clipsInProject, uploadLimits.photosPerDay, uploadLimits.bytesPerDay - lengthBytes];
  await run(db, statement(insertUpload, ...row, projectId, userId, since, ...limits, ...content));
}

/** The reason why `admit` inserted nothing. */
export async function whyNotAdmitted({ db, ...admission }: Admission & { db: Database }): Promise<UploadReason> {
  const { userId, lengthBytes, metadata, now } = admission;
  const { projectId, contentHash = null, keepsBoth = false } = metadata;
  const mine = and(eq(projects.userId, userId), eq(projects.id, projectId), isNull(projects.deletedAt));
  const [project] = await db.select({ id: projects.id }).from(projects).where(mine);
  if (!project) return 'not-found';
  const isHere =
    contentHash !== null &&
    !keepsBoth &&
    (await first(db, statement(findContent, userId, projectId, contentHash))) !== null;
  if (isHere) return 'already-here';
  const day = await first<{ photos: number; bytes: number }>(db, statement(sumOfDay, userId, aDayBefore(now)));
  const isDayFull =
    (day?.photos ?? 0) >= uploadLimits.photosPerDay || (day?.bytes ?? 0) + lengthBytes > uploadLimits.bytesPerDay;
  return isDayFull ? 'day-full' : 'film-full';
}

/** Smallest id of the last 24 hours: ids sort by time, and the index of (user, id) finds them. */
function aDayBefore(now: number): string {
  return `pho_${encodeTime(Math.max(0, now - 24 * 3_600_000), 10)}`;
}

const sumOfDay = `SELECT count(*) AS photos, coalesce(sum(u.length_bytes), 0) AS bytes FROM uploads u
  WHERE u.user_id IN ${sameAccount('?1')} AND u.id >= ?2`;

/** A photo of this content among the clips of a film; the same in `insertUpload`. */
const findContent = `SELECT 1 FROM photos o INDEXED BY photos_content JOIN clips c ON c.user_id = o.user_id AND c.photo_id = o.id
  WHERE o.user_id = ?1 AND o.project_id = ?2 AND o.content_hash = ?3 AND c.deleted_at IS NULL LIMIT 1`;

const insertUpload = `INSERT INTO uploads
  (id, user_id, project_id, request_key, file_name, taken_at, length_bytes, offset_bytes, state, created_at, expires_at, content_hash, keeps_both)
  SELECT ?1, p.user_id, p.id, ?2, ?3, ?4, ?5, 0, 'open', ?6, ?7, ?14, ?15 FROM projects p
  WHERE p.id = ?8 AND p.user_id = ?9 AND p.deleted_at IS NULL
    AND (?14 IS NULL OR ?15 = 1 OR NOT EXISTS (
      SELECT 1 FROM photos o INDEXED BY photos_content JOIN clips c ON c.user_id = o.user_id AND c.photo_id = o.id
      WHERE o.user_id = ?9 AND o.project_id = ?8 AND o.content_hash = ?14 AND c.deleted_at IS NULL))
    AND (SELECT count(*) FROM clips c WHERE c.user_id = p.user_id AND c.project_id = p.id AND c.deleted_at IS NULL)
      + (SELECT count(*) FROM uploads u WHERE u.user_id = p.user_id AND u.id >= ?10 AND u.project_id = p.id AND u.state = 'open') < ?11
    AND (SELECT count(*) FROM uploads u WHERE u.user_id IN ${sameAccount('?9')} AND u.id >= ?10) < ?12
    AND (SELECT coalesce(sum(u.length_bytes), 0) FROM uploads u WHERE u.user_id IN ${sameAccount('?9')} AND u.id >= ?10) <= ?13`;
