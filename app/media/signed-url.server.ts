import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '~/db/ids';

/** Who a link is for. `owner` also needs the session of that person; `provider` is the link alone, for a short time. */
export type MediaPurpose = 'owner' | 'provider';

/** Makes and checks links to private media. A link names the object, the purpose, the person and its end. */
export interface MediaLinks {
  /** A path (no origin) that works for about an hour; equal for half an hour, so that browsers can cache it. */
  ownerPath(link: { key: string; userId: string }): string;
  /** A path for one provider's fetch, for 15 minutes. */
  providerPath(link: { key: string; userId: string }): string;
  /** The link behind a request's URL, or null when anything in it was changed or its time is over. */
  check(url: URL): { key: string; userId: string; purpose: MediaPurpose; expiresAt: number } | null;
}

const halfHour = 30 * 60_000;

/** `secret` is the signing secret; `clock` in ms. */
export function createMediaLinks({ secret, clock }: { secret: string; clock: Clock }): MediaLinks {
  const signature = (purpose: string, key: string, userId: string, expires: string) =>
    createHmac('sha256', secret).update(`v1\n${purpose}\n${key}\n${userId}\n${expires}`).digest('base64url');

  const path = (purpose: MediaPurpose, { key, userId }: { key: string; userId: string }, expiresAt: number) =>
    `/media/${key}?for=${userId}&as=${purpose}&until=${expiresAt}&sig=${signature(purpose, key, userId, String(expiresAt))}`;

  return {
    ownerPath: (link) => path('owner', link, Math.floor(clock() / halfHour) * halfHour + 3 * halfHour),
    providerPath: (link) => path('provider', link, clock() + 15 * 60_000),
    check(url) {
      const key = url.pathname.slice('/media/'.length);
      const userId = url.searchParams.get('for') ?? '';
      const purpose = url.searchParams.get('as') ?? '';
      const until = url.searchParams.get('until') ?? '';
      const given = Buffer.from(url.searchParams.get('sig') ?? '', 'utf8');
      const wanted = Buffer.from(signature(purpose, key, userId, until), 'utf8');
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
      const expiresAt = Number(until);
      if (!(expiresAt > clock()) || (purpose !== 'owner' && purpose !== 'provider')) return null;
      return { key, userId, purpose, expiresAt };
    },
  };
}
