import type { Clock } from '~/db/ids';
import { rangeAnswer } from './ranges';
import type { MediaLinks } from './signed-url.server';

/** Private media as responses. All that may be wrong with a link looks the same from outside: nothing there. */
export interface MediaStore {
  /**
   * Answers GET or HEAD for a link; null where nothing is. `viewer` is who asks, or null: links of an `owner` work for that
   * person only, links of the `desk` for that admin only, as long as they are one.
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
 * we made, never from what somebody once sent.
 */
export function createMedia({
  media,
  links,
  recordPictureFetch,
  clock,
}: {
  media: R2Bucket;
  links: MediaLinks;
  recordPictureFetch: (link: { key: string; attempt: string }) => Promise<void>;
  clock: Clock;
}): MediaStore {
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

/** Whatever the bytes turn out to be, a browser shows them as what we say, runs nothing, and lends them to no other site. */
const guards = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Content-Disposition': 'inline',
};
