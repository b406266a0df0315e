import type { Base } from '~/db/base';
import { lazyMembers } from '~/lazy';
import { createFramedPhotos } from './framed.server';
import { makeSmaller } from './smaller.server';
import { storedBytes } from './storage.server';
import { createUploads } from './uploads.server';

/** Photos as they are kept, and the uploads that become photos. */
export function createPhotos({
  base: { db, bucket: media, clock, newId },
  publishClip,
}: {
  base: Base;
  /** Tells open pages of the clip that a finished upload made. */
  publishClip: (userId: string, clipId: string) => Promise<unknown>;
}) {
  return lazyMembers(
    { uploads: () => createUploads({ db, media, publishClip, clock, newId }) },
    {
      ...createFramedPhotos({ db, media }),
      storedBytes: (userId: string) => storedBytes(db, userId),
      makeSmaller: () => makeSmaller({ db, media }),
    },
  );
}

export type Photos = ReturnType<typeof createPhotos>;
