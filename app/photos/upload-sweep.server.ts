import { and, asc, eq, lt, ne } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { uploadParts, uploads } from '~/db/schema.server';
import { allParts, keysOfPhoto, photoKey } from '~/media/keys';
import { uploadLimits } from './upload-limits';
import { removeParts } from './upload-parts.server';

const page = 200;

/**
 * Ends expired uploads, and deletes parts that a crash left beside an ended upload. At most 200 of each in one call; two
 * calls at the same time do no harm. `now` in ms. Returns the number of objects deleted from R2.
 */
export async function sweepUploads({
  db,
  media,
  now,
}: {
  db: Database;
  media: R2Bucket;
  now: number;
}): Promise<number> {
  const overdue = await db
    .select({ id: uploads.id, userId: uploads.userId })
    .from(uploads)
    .where(and(eq(uploads.state, 'open'), lt(uploads.expiresAt, now)))
    .orderBy(asc(uploads.expiresAt))
    .limit(page);
  for (const { id, userId } of overdue) {
    const owned = and(eq(uploads.userId, userId), eq(uploads.id, id));
    await db
      .update(uploads)
      .set({ state: 'refused', reason: 'expired', fileName: '', contentHash: null })
      .where(and(owned, eq(uploads.state, 'open')));
    // A crash may have stored the photo's object without its row; an expired upload never gets one.
    const [ended] = await db.select({ state: uploads.state }).from(uploads).where(owned);
    if (ended?.state === 'refused') await media.delete(keysOfPhoto(photoKey({ userId, id })));
  }
  // Only open uploads should have parts, so this table is small.
  const left = await db
    .selectDistinct({ id: uploadParts.uploadId })
    .from(uploadParts)
    .innerJoin(uploads, and(eq(uploads.id, uploadParts.uploadId), ne(uploads.state, 'open')))
    .limit(page);
  let removed = 0;
  for (const id of new Set([...overdue, ...left].map((upload) => upload.id)))
    removed += await removeParts({ db, media, uploadId: id });
  return removed;
}

/**
 * Deletes parts in R2 that have no row: they were stored while their upload ended. A part older than twice the lifetime of
 * an upload belongs to no open one; ids sort by time, so the first page holds the oldest. Returns the number deleted.
 */
export async function sweepParts({ media, now }: { media: R2Bucket; now: number }): Promise<number> {
  const { objects } = await media.list({ prefix: allParts, limit: page });
  const left = objects.filter(({ uploaded }) => uploaded.getTime() < now - 2 * uploadLimits.openFor);
  if (left.length > 0) await media.delete(left.map(({ key }) => key));
  return left.length;
}
