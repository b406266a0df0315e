import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { createIsolateMap } from '~/db/isolate-map.server';
import { type SmallerSize, smallerKey, smallerSizes } from './keys';
import { rangeAnswer } from './ranges';
import { mayBeShown } from './shown-media.server';
import type { MediaLink, MediaLinks } from './signed-url.server';

/** Private media as responses. A link that is wrong in any way gets the same answer as one to nothing. */
export interface MediaAnswers {
  /**
   * Answers GET or HEAD for a link; null where the link or its object does not exist. `viewer` returns the signed-in
   * person or null: an `owner` link works for that person only, a `admin` link for that admin only while they are one.
   * What was deleted, revoked or suspended is null within `mediaKeptMilliseconds`.
   */
  answer(request: Request, viewer: () => Promise<Viewer | null>): Promise<Response | null>;
}

interface Viewer {
  id: string;
  isAdmin: boolean;
}

/** What a player asks of one object again and again, range by range. */
interface Facts {
  /** The key of the object: the photo's own, or that of a smaller size. */
  key: string;
  etag: string;
  size: number;
  uploaded: Date;
}

/** How long an isolate answers for a link without asking whether its object may still be shown. */
const mediaKeptMilliseconds = 3000;
const kept = createIsolateMap<Facts>({ most: 2000, keptMilliseconds: mediaKeptMilliseconds });

const typeOfSuffix: Readonly<Record<string, string>> = { jpg: 'image/jpeg', mp4: 'video/mp4' };

/**
 * `clock` in ms; `recordPictureFetch` runs before a provider gets a byte of a picture. The type comes from the key, which
 * the product makes, never from the upload.
 */
export function createMediaAnswers({
  db,
  media,
  links,
  recordPictureFetch,
  clock,
}: {
  db: Database;
  media: R2Bucket;
  links: MediaLinks;
  recordPictureFetch: (link: { key: string; attempt: string }) => Promise<void>;
  clock: Clock;
}): MediaAnswers {
  /** A photo without the smaller size that is asked for answers with itself. */
  async function findObject(key: string, size: SmallerSize | null): Promise<R2Object | null> {
    return (size && (await media.head(smallerKey(key, size)))) ?? media.head(key);
  }

  async function load(link: MediaLink, size: SmallerSize | null): Promise<Facts | null> {
    const [isShown, object] = await Promise.all([mayBeShown(db, { link, now: clock() }), findObject(link.key, size)]);
    if (!isShown || !object) return null;
    const { key, httpEtag: etag, uploaded } = object;
    return { key, etag, size: object.size, uploaded };
  }

  /** A photo or video never changes under its key; a picture for a provider and a preview may be made anew. */
  function find(link: MediaLink, size: SmallerSize | null): Promise<Facts | null> {
    if (!/\/[pg]\//.test(link.key)) return load(link, null);
    const name = [link.purpose, link.shareId ?? '', link.key, size ?? ''].join(' ');
    return kept.read(db.$client, name, { clock, load: () => load(link, size) });
  }

  return {
    async answer(request, viewer) {
      const link = links.check(new URL(request.url));
      const type = typeOfSuffix[link?.key.split('.').pop() ?? ''];
      if (!link || type === undefined) return null;
      if (link.purpose === 'owner' || link.purpose === 'admin') {
        const who = await viewer();
        if (who?.id !== link.userId || (link.purpose === 'admin' && !who.isAdmin)) return null;
      }

      const object = await find(link, link.purpose === 'provider' ? null : smallerSizeOf(request));
      if (!object) return null;
      const { key } = object;
      const { attempt } = link;
      if (attempt !== null) await recordPictureFetch({ key, attempt });
      const { status, headers, part } = rangeAnswer({
        request,
        etag: object.etag,
        size: object.size,
        headers: {
          ...guards,
          'Content-Type': type,
          ETag: object.etag,
          'Last-Modified': object.uploaded.toUTCString(),
          'Cache-Control': link.purpose === 'share' ? 'private, no-cache' : 'private, no-store',
        },
      });
      if (!part || request.method === 'HEAD') return new Response(null, { status, headers });
      const body = await media.get(key, status === 206 ? { range: part } : undefined);
      return body ? new Response(body.body, { status, headers }) : null;
    },
  };
}

/** The size of a photo that an address asks for, beside its signature: a link opens every size of its photo. */
function smallerSizeOf(request: Request): SmallerSize | null {
  const asked = new URL(request.url).searchParams.get('size');
  return smallerSizes.find((size) => size === asked) ?? null;
}

/** Headers with which a browser trusts our type for any bytes, runs no script, and shares them with no other site. */
const guards = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Content-Disposition': 'inline',
};
