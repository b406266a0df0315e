import type { Clock } from '~/db/ids';
import { createSignature } from '~/signature.server';

/**
 * What a signed URL is for. `owner` also needs the session of its person, and `admin` that of the admin who asked for it;
 * `provider` and `share` (visitors of a shared film) need no session and expire within minutes.
 */
type MediaPurpose = 'owner' | 'provider' | 'share' | 'admin';

interface Link {
  key: string;
  userId: string;
  purpose: MediaPurpose;
  /** ms since 1970 */
  expiresAt: number;
  /** The attempt of a `provider` link; null for the others. */
  attempt: string | null;
}

/** Makes and checks signed URLs of private media. A URL names the object, the purpose, the person and its expiry. */
export interface MediaLinks {
  /** A path (no origin) valid for 60 to 90 minutes; the same for half an hour, so that browsers can cache it. */
  ownerPath(link: { key: string; userId: string }): string;
  /** A path for a provider's picture fetch, valid for 15 minutes; it names the attempt. */
  providerPath(link: { key: string; userId: string; attempt: string }): string;
  /** A path for the visitors of a shared film, valid for 10 to 15 minutes and the same for five; the player renews it. */
  sharePath(link: { key: string; userId: string }): string;
  /** A path for the media access of the admin `userId`, valid until `until` (ms since 1970). */
  adminPath(link: { key: string; userId: string; until: number }): string;
  /** The link of a request's URL, or null when any part of it was changed or it has expired. */
  check(url: URL): Link | null;
}

const halfHour = 30 * 60_000;
const fiveMinutes = 5 * 60_000;
const purposes: readonly string[] = ['owner', 'provider', 'share', 'admin'] satisfies MediaPurpose[];

type PathOf = Pick<Link, 'key' | 'userId'> & { attempt?: string };

/** The first of `secrets` signs, each of them checks; `clock` in ms. */
export function createMediaLinks({ secrets, clock }: { secrets: readonly string[]; clock: Clock }): MediaLinks {
  const signature = createSignature({ secrets, purpose: 'media' });

  function path(purpose: MediaPurpose, { key, userId, attempt }: PathOf, expiresAt: number): string {
    const named = attempt === undefined ? [] : [attempt];
    const query = new URLSearchParams({ for: userId, as: purpose, until: String(expiresAt) });
    if (attempt !== undefined) query.set('try', attempt);
    query.set('sig', signature.of(purpose, key, userId, String(expiresAt), ...named));
    return `/media/${key}?${query}`;
  }

  return {
    ownerPath: (link) => path('owner', link, Math.floor(clock() / halfHour) * halfHour + 3 * halfHour),
    providerPath: (link) => path('provider', link, clock() + 15 * 60_000),
    sharePath: (link) => path('share', link, Math.floor(clock() / fiveMinutes) * fiveMinutes + 3 * fiveMinutes),
    adminPath: ({ until, ...link }) => path('admin', link, until),
    check(url) {
      const key = url.pathname.slice('/media/'.length);
      const userId = url.searchParams.get('for') ?? '';
      const purpose = url.searchParams.get('as') ?? '';
      const until = url.searchParams.get('until') ?? '';
      const attempt = url.searchParams.get('try');
      const named = attempt === null ? [] : [attempt];
      if (!signature.matches(url.searchParams.get('sig') ?? '', purpose, key, userId, until, ...named)) return null;
      const expiresAt = Number(until);
      if (!(expiresAt > clock()) || !purposes.includes(purpose)) return null;
      return { key, userId, purpose: purpose as MediaPurpose, expiresAt, attempt };
    },
  };
}
