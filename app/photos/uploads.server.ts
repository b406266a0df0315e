import { and, eq } from 'drizzle-orm';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { uploadParts, uploads } from '~/db/schema.server';
import { partPrefix } from '~/media/keys';
import { photoLimits } from './jpeg';
import type { ProtocolReason } from './tus';
import { admit, whyNotAdmitted } from './upload-admission.server';
import { createFinish, type Finished, type UploadRow } from './upload-finish.server';
import type { UploadMetadata } from './upload-metadata';
import { checkSum, readBody } from './upload-parts.server';
import type { UploadReason } from './upload-reasons';
import { sweepParts, sweepUploads } from './upload-sweep.server';

export type { UploadRow } from './upload-finish.server';

/** State of an upload; `clipId` is set once its clip exists. */
export type UploadOutcome =
  | { outcome: 'at'; upload: UploadRow; clipId: string | null }
  | { outcome: 'refused'; reason: UploadReason | ProtocolReason };

/** In bytes. Only the last part may be smaller: it bounds the number of parts of one photo. */
const smallestPart = 32 * 1024;

/**
 * Uploads by tus. A PATCH with all bytes becomes the photo; each other one becomes one object and one row, and moves the
 * offset in the same batch. An incomplete body leaves nothing. An upload's id is the id of its photo. Every function takes the owner.
 */
export function createUploads({
  db,
  media,
  publishClip,
  clock,
  newId,
}: {
  db: Database;
  media: R2Bucket;
  publishClip: (userId: string, clipId: string) => Promise<unknown>;
  clock: Clock;
  newId: NewId;
}) {
  const { finish, finishAtOnce, refuse, resultOf } = createFinish({ db, media, clock, newId });

  async function find(where: { userId: string } & ({ uploadId: string } | { requestKey: string })) {
    const match = 'uploadId' in where ? eq(uploads.id, where.uploadId) : eq(uploads.requestKey, where.requestKey);
    const [row] = await db
      .select()
      .from(uploads)
      .where(and(eq(uploads.userId, where.userId), match));
    return row ?? null;
  }

  /** State of the row; an upload with all its bytes is finished first. */
  async function standing(upload: UploadRow): Promise<UploadOutcome> {
    if (upload.state === 'open' && upload.expiresAt <= clock()) return { outcome: 'refused', reason: 'expired' };
    if (upload.state === 'open' && upload.offsetBytes < upload.lengthBytes)
      return { outcome: 'at', upload, clipId: null };
    return outcomeOf(upload, upload.state === 'open' ? await finish(upload) : await resultOf(upload));
  }

  /** Tells open pages of a photo that has just become a clip. `upload` as it was before. */
  async function outcomeOf(upload: UploadRow, finished: Finished): Promise<UploadOutcome> {
    if (finished.outcome === 'refused') return finished;
    if (upload.state === 'open') await publishClip(upload.userId, finished.clipId);
    const done = { ...upload, state: 'done', offsetBytes: upload.lengthBytes } as const;
    return { outcome: 'at', upload: done, clipId: finished.clipId };
  }

  return {
    /** Opens an upload. The same request key gives the same upload again. */
    async begin({
      userId,
      lengthBytes,
      metadata,
    }: {
      userId: string;
      lengthBytes: number;
      metadata: UploadMetadata;
    }): Promise<UploadOutcome> {
      if (lengthBytes < 1) return { outcome: 'refused', reason: 'empty' };
      if (lengthBytes > photoLimits.bytes) return { outcome: 'refused', reason: 'too-many-bytes' };
      const { projectId, requestKey } = metadata;
      const again = async () => {
        const row = await find({ userId, requestKey });
        if (row && (row.lengthBytes !== lengthBytes || row.projectId !== projectId))
          return { outcome: 'refused', reason: 'key-taken' } as const;
        return row && standing(row);
      };
      const known = await again();
      if (known) return known;
      const admission = { db, userId, uploadId: newId('pho'), lengthBytes, metadata, now: clock() };
      try {
        await admit(admission);
      } catch (error) {
        // Of two requests with one key at the same time, the second finds the row of the first.
        const made = await again();
        if (made) return made;
        const law = brokenLaw(error);
        if (law === 'upload:storage-full') return { outcome: 'refused', reason: 'storage-full' };
        if (law === 'upload:maintenance') return { outcome: 'refused', reason: 'maintenance' };
        throw error;
      }
      return (await again()) ?? { outcome: 'refused', reason: await whyNotAdmitted(admission) };
    },

    /** State of an upload. Finishes an upload whose bytes are complete but whose clip is missing, as after a crash. */
    async stand({ userId, uploadId }: { userId: string; uploadId: string }): Promise<UploadOutcome> {
      const upload = await find({ userId, uploadId });
      return upload ? standing(upload) : { outcome: 'refused', reason: 'not-found' };
    },

    /** Appends bytes at `offset`. `declared` is the body's announced length in bytes, `checksum` the tus header. */
    async append({
      userId,
      uploadId,
      offset,
      body,
      declared,
      checksum,
    }: {
      userId: string;
      uploadId: string;
      offset: number;
      body: ReadableStream<Uint8Array> | null;
      declared: number | null;
      checksum: string | null;
    }): Promise<UploadOutcome> {
      const before = await find({ userId, uploadId });
      if (!before) return { outcome: 'refused', reason: 'not-found' };
      if (before.state !== 'refused' && before.offsetBytes !== offset)
        return { outcome: 'refused', reason: 'wrong-offset' };
      const left = before.lengthBytes - before.offsetBytes;
      if (before.state !== 'open' || before.expiresAt <= clock() || left === 0) return standing(before);
      const read = await readBody({ body, declared, limit: left });
      if (read.outcome === 'refused') return read;
      const { bytes } = read;
      if (bytes.length === 0) return standing(before);
      if (bytes.length < Math.min(smallestPart, left)) return { outcome: 'refused', reason: 'part-too-small' };
      const sum = checksum === null ? 'right' : checkSum({ header: checksum, bytes });
      if (sum !== 'right')
        return { outcome: 'refused', reason: sum === 'wrong' ? 'checksum-wrong' : 'checksum-unknown' };

      if (bytes.length === before.lengthBytes) {
        const finished = await finishAtOnce({ upload: before, bytes });
        if (finished) return outcomeOf(before, finished);
      }

      const mediaKey = `${partPrefix(uploadId)}${offset}-${newId('req')}`;
      await media.put(mediaKey, bytes);
      const { $client: d1 } = db;
      const stored = await d1
        .batch([
          d1.prepare(insertPart).bind(bytes.length, mediaKey, uploadId, userId, offset),
          d1.prepare(moveOffset).bind(bytes.length, uploadId, userId, offset, mediaKey),
        ])
        .then(
          () => null,
          (error: unknown) => error,
        );
      const [part] = await db.select().from(uploadParts).where(eq(uploadParts.mediaKey, mediaKey));
      if (!part) {
        await media.delete(mediaKey);
        if (stored !== null) throw stored;
        return { outcome: 'refused', reason: 'wrong-offset' };
      }
      return standing({ ...before, offsetBytes: offset + bytes.length });
    },

    /** Ends an upload that is not a photo yet, and deletes its parts. */
    async cancel({
      userId,
      uploadId,
    }: {
      userId: string;
      uploadId: string;
    }): Promise<'canceled' | 'not-found' | 'already-done'> {
      const upload = await find({ userId, uploadId });
      if (!upload) return 'not-found';
      const ended = upload.state === 'open' ? await refuse({ upload, reason: 'canceled' }) : await resultOf(upload);
      return ended.outcome === 'done' ? 'already-done' : 'canceled';
    },

    /** Ends expired uploads and deletes their parts. `now` in ms; returns the number of deleted objects. */
    sweep: ({ now }: { now: number }): Promise<number> => sweepUploads({ db, media, now }),
    sweepParts: ({ now }: { now: number }): Promise<number> => sweepParts({ media, now }),
  };
}

export type Uploads = ReturnType<typeof createUploads>;

const insertPart = `INSERT INTO upload_parts (upload_id, offset_bytes, size_bytes, media_key)
  SELECT u.id, u.offset_bytes, ?, ? FROM uploads u
  WHERE u.id = ? AND u.user_id = ? AND u.state = 'open' AND u.offset_bytes = ?`;

const moveOffset = `UPDATE uploads SET offset_bytes = offset_bytes + ?
  WHERE id = ? AND user_id = ? AND state = 'open' AND offset_bytes = ?
    AND EXISTS (SELECT 1 FROM upload_parts p WHERE p.media_key = ?)`;
