import type { Clock } from '~/db/ids';
import { createSignature } from '~/signature.server';

/**
 * What a signed URL is for. `owner` also needs the session of its person, and `admin` that of the admin who asked for it;
 * `provider` and `share` (visitors of a shared film) need no session and expire within minutes.
 */
type MediaPurpose = 'owner' | 'provider' | 'share' | 'admin';

export interface MediaLink {
  key: string;
  userId: string;
  purpose: MediaPurpose;
  /** ms since 1970 */
  expiresAt: number;
  /** The attempt of a `provider` link; null for the others. */
  attempt: string | null;
  /** The share of a `share` link; null for the others. */
  shareId: string | null;
}

/** Makes and checks signed URLs of private media. A URL names the object, the purpose, the person and its expiry. */
export interface MediaLinks {
  /** A path (no origin) valid for 60 to 90 minutes; the same for half an hour, so that browsers can cache it. */
  ownerPath(link: { key: string; userId: string }): string;
  /** A path for a provider's picture fetch, valid for 15 minutes; it names the attempt. */
  providerPath(link: { key: string; userId: string; attempt: string }): string;
  /**
   * A path for the visitors of a shared film, valid for 10 to 15 minutes and the same for five; the player renews it. It
   * names the share, and ends with it.
   */
  sharePath(link: { key: string; userId: string; shareId: string }): string;
  /** A path for the media access of the admin `userId`, valid until `until` (ms since 1970). */
  adminPath(link: { key: string; userId: string; until: number }): string;
  /** The link of a request's URL, or null when any part of it was changed or it has expired. */
  check(url: URL): MediaLink | null;
}

const halfHour = 30 * 60_000;
const fiveMinutes = 5 * 60_000;
const purposes: readonly string[] = ['owner', 'provider', 'share', 'admin'] satisfies MediaPurpose[];

type PathOf = Pick<MediaLink, 'key' | 'userId'> & { attempt?: string; shareId?: string };

/** The first of `secrets` signs, each of them checks; `clock` in ms. */
export function createMediaLinks({ secrets, clock }: { secrets: readonly string[]; clock: Clock }): MediaLinks {
  const signature = createSignature({ secrets, purpose: 'media' });

  function path(purpose: MediaPurpose, { key, userId, attempt, shareId }: PathOf, expiresAt: number): string {
    const named = [attempt, shareId].filter((name) => name !== undefined);
    const query = new URLSearchParams({ for: userId, as: purpose, until: String(expiresAt) });
    if (attempt !== undefined) query.set('try', attempt);
    if (shareId !== undefined) query.set('share', shareId);
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
      const shareId = url.searchParams.get('share');
      const named = [attempt, shareId].filter((name) => name !== null);
      if (!signature.matches(url.searchParams.get('sig') ?? '', purpose, key, userId, until, ...named)) return null;
      const expiresAt = Number(until);
      if (!(expiresAt > clock()) || !purposes.includes(purpose)) return null;
      // What is named belongs to the purpose: an attempt to a provider's link, a share to a visitor's.
      if ((purpose === 'provider') !== (attempt !== null) || (purpose === 'share') !== (shareId !== null)) return null;
      return { key, userId, purpose: purpose as MediaPurpose, expiresAt, attempt, shareId };
    },
  };
}
