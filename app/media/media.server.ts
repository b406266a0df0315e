import type { Base } from '~/db/base';
import { lazy, lazyMembers } from '~/lazy';
import { createMediaAnswers } from './answers.server';
import { createErasure } from './erasure.server';
import { createMediaLinks } from './signed-url.server';

/** Private media: signed links to it, answers to them, and the erasure of what people deleted. */
export function createMedia({
  base: { db, bucket, config, clock },
  recordPictureFetch,
}: {
  base: Base;
  /** Runs before a provider gets the first byte of a picture. */
  recordPictureFetch: (link: { key: string; attempt: string }) => Promise<void>;
}) {
  const links = lazy(() => createMediaLinks({ secrets: config.MEDIA_SIGNING_SECRET, clock }));
  return lazyMembers({
    links,
    answers: () => createMediaAnswers({ db, media: bucket, links: links(), recordPictureFetch, clock }),
    erasure: () => createErasure({ db, bucket }),
  });
}
