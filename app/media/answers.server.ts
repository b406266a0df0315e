import type { Clock } from '~/db/ids';
import { rangeAnswer } from './ranges';
import type { MediaLinks } from './signed-url.server';

/** Private media as responses. A link that is wrong in any way gets the same answer as one to nothing. */
export interface MediaAnswers {
  /**
   * Answers GET or HEAD for a link; null where the link or its object does not exist. `viewer` returns the signed-in
   * person or null: an `owner` link works for that person only, a `admin` link for that admin only while they are one.
   */
  answer(request: Request, viewer: () => Promise<Viewer | null>): Promise<Response | null>;
}

interface Viewer {
  id: string;
  isAdmin: boolean;
}

const typeOfSuffix: Readonly<Record<string, string>> = { jpg: 'image/jpeg', mp4: 'video/mp4' };

/**
 * `clock` in ms; `recordPictureFetch` runs before a provider gets a byte of a picture. The type comes from the key, which
 * the product makes, never from the upload.
 */
export function createMediaAnswers({
  media,
  links,
  recordPictureFetch,
  clock,
}: {
  media: R2Bucket;
  links: MediaLinks;
  recordPictureFetch: (link: { key: string; attempt: string }) => Promise<void>;
  clock: Clock;
}): MediaAnswers {
  return {
    async answer(request, viewer) {
      const link = links.check(new URL(request.url));
      const type = typeOfSuffix[link?.key.split('.').pop() ?? ''];
      if (!link || type === undefined) return null;
      if (link.purpose === 'owner' || link.purpose === 'admin') {
        const who = await viewer();
        if (who?.id !== link.userId || (link.purpose === 'admin' && !who.isAdmin)) return null;
      }

      const object = await media.head(link.key);
      if (!object) return null;
      const { key, attempt } = link;
      if (attempt !== null) await recordPictureFetch({ key, attempt });
      const seconds = Math.max(0, Math.floor((link.expiresAt - clock()) / 1000));
      const isFleeting = link.purpose === 'provider' || link.purpose === 'admin';
      const { status, headers, part } = rangeAnswer({
        request,
        etag: object.httpEtag,
        size: object.size,
        headers: {
          ...guards,
          'Content-Type': type,
          ETag: object.httpEtag,
          'Last-Modified': object.uploaded.toUTCString(),
          // A media object never changes under its key. Of what a provider or an admin sees, nothing stays anywhere.
          'Cache-Control': isFleeting ? 'no-store' : `private, max-age=${seconds}, immutable`,
        },
      });
      if (!part || request.method === 'HEAD') return new Response(null, { status, headers });
      const body = await media.get(link.key, status === 206 ? { range: part } : undefined);
      return body ? new Response(body.body, { status, headers }) : null;
    },
  };
}

/** Headers with which a browser trusts our type for any bytes, runs no script, and shares them with no other site. */
const guards = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Content-Disposition': 'inline',
};
