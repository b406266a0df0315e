import { and, eq, isNull } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { photos } from '~/db/schema.server';
import { cropOf, type Frame, type Shape } from './frame';
import { photoLimits } from './jpeg';
import { decodeJpeg, encodeJpeg } from './jpeg-codec.server';
import { cropAndScale } from './resample';

/** Pixels of the picture a provider gets, for each shape of a film. */
export const framedSizes: Readonly<Record<Shape, { width: number; height: number }>> = {
  '9:16': { width: 720, height: 1280 },
  '16:9': { width: 1280, height: 720 },
  '1:1': { width: 960, height: 960 },
};

/** The picture for a provider, or the reason why there is none. */
export type FramedJpeg =
  | { outcome: 'framed'; bytes: Uint8Array; width: number; height: number }
  | { outcome: 'refused'; reason: 'not-found' | 'too-large' | 'damaged' };

export type PhotoRow = typeof photos.$inferSelect;

/** Stored photos. Every function takes the owner. */
export function createFramedPhotos({ db, media }: { db: Database; media: R2Bucket }) {
  async function find({ userId, photoId }: { userId: string; photoId: string }): Promise<PhotoRow | null> {
    const [row] = await db
      .select()
      .from(photos)
      .where(and(eq(photos.userId, userId), eq(photos.id, photoId), isNull(photos.erasedAt)));
    return row ?? null;
  }

  return {
    /** A photo of this person; null for a foreign id or one whose media was removed. */
    find,

    /**
     * The part of a photo that a frame shows, upright, without metadata, at the size `framedSizes` gives for the shape:
     * exactly what the person saw in the preview. About 300 ms of CPU for 2048 x 1536.
     */
    async framedJpeg({
      userId,
      photoId,
      shape,
      frame,
    }: {
      userId: string;
      photoId: string;
      shape: Shape;
      frame: Frame;
    }): Promise<FramedJpeg> {
      const photo = await find({ userId, photoId });
      if (!photo) return { outcome: 'refused', reason: 'not-found' };
      if (photo.width * photo.height > photoLimits.keptPixels) return { outcome: 'refused', reason: 'too-large' };
      const object = await media.get(photo.mediaKey);
      if (!object) return { outcome: 'refused', reason: 'not-found' };
      const source = await decodeJpeg(await object.bytes());
      if (!source) return { outcome: 'refused', reason: 'damaged' };
      const size = framedSizes[shape];
      const crop = cropOf({ size: photo, shape, frame });
      const pixels = cropAndScale({ source, orientation: photo.orientation, crop, size });
      return { outcome: 'framed', bytes: await encodeJpeg({ pixels, quality: 88 }), ...size };
    },
  };
}
