import type { Database } from '~/db/client.server';
import { all, first, run, statement } from '~/db/statement';
import { keysOfPhoto, type SmallerSize, smallerKey, smallerSizes } from '~/media/keys';
import type { SmallerPhotos } from './brought.server';
import { photoLimits } from './jpeg';
import { decodeJpeg, encodeJpeg } from './jpeg-codec.server';
import { meanColour } from './mean-colour';
import { smallerOf, smallerPhotos } from './photo-sizes';
import { cropAndScale } from './resample';

/** Photos of one run. Each takes about 400 ms of CPU. */
const mostPhotos = 8;

const jpeg = { httpMetadata: { contentType: 'image/jpeg' } } as const;
const whole = { left: 0, top: 0, width: 1, height: 1 };

interface Unsized {
  id: string;
  userId: string;
  mediaKey: string;
  width: number;
  height: number;
  orientation: number;
}

const findUnsized = `SELECT id, user_id AS userId, media_key AS mediaKey, width, height, orientation
  FROM photos INDEXED BY photos_to_size WHERE smaller_bytes IS NULL AND erased_at IS NULL ORDER BY id LIMIT ${mostPhotos}`;
const noteSizes = `UPDATE photos SET smaller_bytes = ?3, colour = ?4
  WHERE user_id = ?1 AND id = ?2 AND smaller_bytes IS NULL AND erased_at IS NULL`;
const findErased = 'SELECT erased_at AS erasedAt FROM photos WHERE user_id = ?1 AND id = ?2';

/** Stores the smaller sizes of the photo with this key. Returns their bytes. */
export async function storeSmaller(media: R2Bucket, mediaKey: string, { copies }: SmallerPhotos): Promise<number> {
  await Promise.all(copies.map(({ size, bytes }) => media.put(smallerKey(mediaKey, size), bytes, jpeg)));
  return copies.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/**
 * Makes the smaller sizes of photos that came without them, at most eight in one call. A photo that cannot be opened is
 * noted as one without smaller sizes. Two calls at once, and calls that stop anywhere, do no harm. Returns how many.
 */
export async function makeSmaller({ db, media }: { db: Database; media: R2Bucket }): Promise<number> {
  const photos = await all<Unsized>(db, statement(findUnsized));
  for (const photo of photos) {
    const { userId, id, mediaKey } = photo;
    const made = await smallerFrom(photo, media);
    const bytes = made ? await storeSmaller(media, mediaKey, made) : 0;
    await run(db, statement(noteSizes, userId, id, bytes, made?.colour ?? null));
    // Its objects may have been erased just before these were stored.
    const now = await first<{ erasedAt: number | null }>(db, statement(findErased, userId, id));
    if (now?.erasedAt !== null) await media.delete(keysOfPhoto(mediaKey));
  }
  return photos.length;
}

async function smallerFrom(photo: Unsized, media: R2Bucket): Promise<SmallerPhotos | null> {
  if (photo.width * photo.height > photoLimits.keptPixels) return null;
  const object = await media.get(photo.mediaKey);
  let source = object && (await decodeJpeg(await object.bytes()));
  if (!source) return null;
  let orientation = photo.orientation;
  const copies: { size: SmallerSize; bytes: Uint8Array }[] = [];
  for (const size of smallerSizes) {
    const pixels = smallerOf(photo, size);
    if (!pixels) continue;
    // The small size is drawn from the medium one, which stands upright already.
    source = cropAndScale({ source, orientation, crop: whole, size: pixels });
    orientation = 1;
    copies.push({ size, bytes: await encodeJpeg({ pixels: source, quality: smallerPhotos[size].quality * 100 }) });
  }
  return { copies, colour: meanColour(source) };
}
