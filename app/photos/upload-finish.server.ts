import { createHash } from 'node:crypto';
import { and, asc, eq, isNull } from 'drizzle-orm';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { clips, photos, uploads } from '~/db/schema.server';
import { log } from '~/log';
import { keysOfPhoto, photoKey } from '~/media/keys';
import { type Brought, readBrought } from './brought.server';
import { placeByDate } from './place-by-date';
import { storeSmaller } from './smaller.server';
import { joinParts, removeParts } from './upload-parts.server';
import type { UploadReason } from './upload-reasons';

export type UploadRow = typeof uploads.$inferSelect;

/** The photo's clip, or the reason why there is none. */
export type Finished = { outcome: 'done'; clipId: string } | { outcome: 'refused'; reason: UploadReason };

/**
 * Turns an upload with all its bytes into a photo and its clip. Another request may repeat every step, at the same time
 * or after a crash: one batch decides, and later requests read its result.
 */
export function createFinish({
  db,
  media,
  clock,
  newId,
}: {
  db: Database;
  media: R2Bucket;
  clock: Clock;
  newId: NewId;
}) {
  const rowOf = async ({ userId, id }: Pick<UploadRow, 'userId' | 'id'>) => {
    const [row] = await db
      .select()
      .from(uploads)
      .where(and(eq(uploads.userId, userId), eq(uploads.id, id)));
    return row as UploadRow;
  };

  /** Result of an ended upload. */
  async function resultOf(upload: UploadRow): Promise<Finished> {
    if (upload.state !== 'done') return { outcome: 'refused', reason: (upload.reason ?? 'unexpected') as UploadReason };
    const [clip] = await db
      .select({ id: clips.id })
      .from(clips)
      .where(and(eq(clips.userId, upload.userId), eq(clips.photoId, upload.id)))
      .orderBy(asc(clips.id))
      .limit(1);
    return clip ? { outcome: 'done', clipId: clip.id } : { outcome: 'refused', reason: 'not-found' };
  }

  /** Ends an open upload without a photo; an ended upload keeps its result. */
  async function refuse({ upload, reason }: { upload: UploadRow; reason: UploadReason }): Promise<Finished> {
    await db
      .update(uploads)
      .set({ state: 'refused', reason, fileName: '', contentHash: null })
      .where(and(eq(uploads.userId, upload.userId), eq(uploads.id, upload.id), eq(uploads.state, 'open')));
    await removeParts({ db, media, uploadId: upload.id });
    const now = await rowOf(upload);
    // A crash may have stored the object without its row.
    if (now.state === 'refused') await media.delete(keysOfPhoto(photoKey(upload)));
    log({ event: 'upload', userId: upload.userId, uploadId: upload.id, outcome: reason, bytes: upload.lengthBytes });
    return resultOf(now);
  }

  /** From its parts, whose bytes were claimed by exactly one request each. */
  async function finish(upload: UploadRow): Promise<Finished> {
    const bytes = await joinParts({ db, media, uploadId: upload.id, lengthBytes: upload.lengthBytes });
    if (!bytes) {
      const now = await rowOf(upload);
      if (now.state === 'open') throw new Error(`upload ${upload.id} lacks a part`);
      return resultOf(now);
    }
    const photo = await readBrought(bytes);
    if (photo.outcome === 'refused') return refuse({ upload, reason: photo.reason });
    await media.put(photoKey(upload), photo.bytes, { httpMetadata });
    const result = await settle({ upload, photo });
    await removeParts({ db, media, uploadId: upload.id });
    return result ?? resultOf(await rowOf(upload));
  }

  /**
   * From one request with all bytes, which are stored once and never as a part. Null when another request has written
   * other bytes of this upload, or a part of it: the caller then stores a part too, and one of the two wins the offset.
   */
  async function finishAtOnce({ upload, bytes }: { upload: UploadRow; bytes: Uint8Array }): Promise<Finished | null> {
    const photo = await readBrought(bytes);
    if (photo.outcome === 'refused') return refuse({ upload, reason: photo.reason });
    const onlyIf = new Headers({ 'If-None-Match': '*' });
    const stored = await media.put(photoKey(upload), photo.bytes, { httpMetadata, onlyIf });
    if (!stored) {
      const there = await media.head(photoKey(upload));
      if (there?.etag !== createHash('md5').update(photo.bytes).digest('hex')) return null;
    }
    return settle({ upload, photo });
  }

  /** Commits a photo whose object is stored. Null when the upload's offset has moved since `upload` was read. */
  async function settle({ upload, photo }: { upload: UploadRow; photo: CleanPhoto }): Promise<Finished | null> {
    const mediaKey = photoKey(upload);
    const { smaller, bytes, takenAt } = photo;
    const smallerBytes = smaller && (await storeSmaller(media, mediaKey, smaller));
    const facts = {
      ...photo,
      ...{ mediaKey, sizeBytes: bytes.length, takenAt: takenAt ?? upload.takenAt },
      ...{ smallerBytes, colour: smaller?.colour ?? null },
    };
    // A commit writes nothing when another photo of this film was placed in between; it is then repeated with new positions.
    let now = upload;
    while (now.state === 'open' && now.offsetBytes === upload.offsetBytes) {
      await commit({ upload, facts });
      now = await rowOf(upload);
    }
    if (now.state === 'open') return null;
    const result = await resultOf(now);
    const outcome = result.outcome === 'done' ? 'done' : result.reason;
    if (outcome !== 'done') await media.delete(keysOfPhoto(mediaKey));
    log({ event: 'upload', userId: upload.userId, uploadId: upload.id, outcome, bytes: upload.lengthBytes });
    return result;
  }

  /** Photo, clip and the end of the upload in one batch, or nothing when the film's clips have changed meanwhile. */
  async function commit({ upload, facts }: { upload: UploadRow; facts: PhotoFacts }): Promise<void> {
    const { id, userId, projectId, offsetBytes } = upload;
    const placed = await db
      .select({ id: clips.id, position: clips.position, takenAt: photos.takenAt, contentHash: photos.contentHash })
      .from(clips)
      .innerJoin(photos, and(eq(photos.userId, clips.userId), eq(photos.id, clips.photoId)))
      .where(and(eq(clips.userId, userId), eq(clips.projectId, projectId), isNull(clips.deletedAt)))
      .orderBy(asc(clips.position), asc(clips.id));
    // The commit below writes nothing if a clip has come meanwhile: of two devices with one photo, the second reads here.
    const { contentHash, keepsBoth } = upload;
    if (contentHash && !keepsBoth && placed.some((clip) => clip.contentHash === contentHash)) {
      await refuse({ upload, reason: 'already-here' });
      return;
    }
    const newest =
      placed
        .map((clip) => clip.id)
        .sort()
        .at(-1) ?? '';
    const position = placeByDate({ clips: placed, takenAt: facts.takenAt });
    const { mediaKey, sizeBytes, width, height, orientation, takenAt, smallerBytes, colour } = facts;
    const now = clock();
    const { $client: d1 } = db;
    const statements = [
      d1
        .prepare(insertPhoto)
        .bind(
          ...[mediaKey, sizeBytes, width, height, orientation, takenAt, smallerBytes, colour, now],
          ...[id, userId, offsetBytes, `${placed.length}:${newest}`],
        ),
      d1.prepare(insertClip).bind(newId('clp'), position, now, keepsBoth ? now : null, id, userId),
      d1.prepare(endUpload).bind(id, userId),
    ];
    try {
      await d1.batch(statements);
    } catch (error) {
      // A clip that was put back has taken its room. Otherwise another request has committed this photo, or the batch failed.
      if (brokenLaw(error) === 'clip:film-full') await refuse({ upload, reason: 'film-full' });
      else if ((await rowOf(upload)).state === 'open') throw error;
    }
  }

  return { finish, finishAtOnce, refuse, resultOf };
}

const httpMetadata = { contentType: 'image/jpeg' } as const;

type CleanPhoto = Exclude<Brought, { outcome: 'refused' }>;

type PhotoFacts = Pick<
  typeof photos.$inferSelect,
  'mediaKey' | 'sizeBytes' | 'width' | 'height' | 'orientation' | 'takenAt' | 'smallerBytes' | 'colour'
>;

const insertPhoto = `INSERT INTO photos (id, user_id, project_id, media_key, size_bytes, width, height, orientation, taken_at, smaller_bytes, colour, created_at, content_hash)
  SELECT u.id, u.user_id, u.project_id, ?, ?, ?, ?, ?, ?, ?, ?, ?, u.content_hash FROM uploads u
  WHERE u.id = ? AND u.user_id = ? AND u.state = 'open' AND u.offset_bytes = ?
    AND (SELECT count(*) || ':' || coalesce(max(c.id), '') FROM clips c
      WHERE c.user_id = u.user_id AND c.project_id = u.project_id AND c.deleted_at IS NULL) = ?`;

const insertClip = `INSERT INTO clips (id, user_id, project_id, photo_id, position, created_at, kept_apart_at)
  SELECT ?, p.user_id, p.project_id, p.id, ?, ?, ? FROM photos p
  WHERE p.id = ? AND p.user_id = ? AND NOT EXISTS (SELECT 1 FROM clips c WHERE c.user_id = p.user_id AND c.photo_id = p.id)`;

const endUpload = `UPDATE uploads SET state = 'done', offset_bytes = length_bytes, file_name = '', content_hash = NULL WHERE id = ? AND user_id = ? AND state = 'open'
  AND EXISTS (SELECT 1 FROM photos p WHERE p.user_id = uploads.user_id AND p.id = uploads.id)`;
