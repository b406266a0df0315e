import { createHash } from 'node:crypto';
import { asc, eq } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { uploadParts } from '~/db/schema.server';
import { partPrefix } from '~/media/keys';
import { joined } from './jpeg';

/** Reads a body to its end: `cut-off` when it broke or differs from its announced length, `too-long` beyond `limit` bytes. */
export async function readBody({
  body,
  declared,
  limit,
}: {
  body: ReadableStream<Uint8Array> | null;
  declared: number | null;
  limit: number;
}): Promise<{ outcome: 'read'; bytes: Uint8Array } | { outcome: 'refused'; reason: 'cut-off' | 'too-long' }> {
  if (declared !== null && declared > limit) return { outcome: 'refused', reason: 'too-long' };
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = body?.getReader();
    for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
      size += next.value.length;
      if (size > limit) {
        await reader?.cancel();
        return { outcome: 'refused', reason: 'too-long' };
      }
      pieces.push(next.value);
    }
  } catch {
    return { outcome: 'refused', reason: 'cut-off' };
  }
  if (declared !== null && declared !== size) return { outcome: 'refused', reason: 'cut-off' };
  return { outcome: 'read', bytes: joined(pieces) };
}

/** Checks tus' Upload-Checksum (`sha1 base64`): `unknown` for another algorithm. */
export function checkSum({ header, bytes }: { header: string; bytes: Uint8Array }): 'right' | 'wrong' | 'unknown' {
  const [algorithm = '', wanted = ''] = header.trim().split(/\s+/);
  if (algorithm !== 'sha1' && algorithm !== 'sha256') return 'unknown';
  return createHash(algorithm).update(bytes).digest('base64') === wanted ? 'right' : 'wrong';
}

/** Joins the parts; null when one is missing because another request has finished this upload. */
export async function joinParts({
  db,
  media,
  uploadId,
  lengthBytes,
}: {
  db: Database;
  media: R2Bucket;
  uploadId: string;
  lengthBytes: number;
}): Promise<Uint8Array | null> {
  const parts = await db
    .select()
    .from(uploadParts)
    .where(eq(uploadParts.uploadId, uploadId))
    .orderBy(asc(uploadParts.offsetBytes));
  const whole = new Uint8Array(lengthBytes);
  let at = 0;
  for (const part of parts) {
    const object = part.offsetBytes === at ? await media.get(part.mediaKey) : null;
    if (!object || object.size !== part.sizeBytes) return null;
    whole.set(await object.bytes(), at);
    at += part.sizeBytes;
  }
  return at === lengthBytes ? whole : null;
}

/** Removes all parts of an upload; safe to repeat. An upload has fewer than 1000 (the door takes none below 32 kB). */
export async function removeParts({ db, media, uploadId }: { db: Database; media: R2Bucket; uploadId: string }) {
  const { objects } = await media.list({ prefix: partPrefix(uploadId) });
  if (objects.length > 0) await media.delete(objects.map((object) => object.key));
  // Rows are deleted last: after a crash in between, the sweeper finds the objects by them.
  await db.delete(uploadParts).where(eq(uploadParts.uploadId, uploadId));
  return objects.length;
}
