import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '~/db/ids';

const markLength = 22;
const hour = 3_600_000;
/** How long a page may lie open before its film is started, and a film may stand still before its end. */
const ticketHours = 12;

/** What a ticket is good for: starting the film, or saying that it has ended. */
type TicketMoment = 'opened' | 'started';

/** A ticket that was made by us, for this link, and is not too old. `at` in ms: when it was given. */
export interface Ticket {
  moment: TicketMoment;
  at: number;
  visitor: string;
}

/**
 * What the visitors of a shared film carry: the link's own token, and tickets that say when they came and began. All are
 * made from a secret and what they are about, so that no row holds one and none can be made up.
 */
export function createShareTokens({ secret }: { secret: string }) {
  // 132 bits; what a mark is for is part of it, so that none can stand in for another, nor for a media link's.
  const mark = (purpose: string, ...about: string[]) =>
    createHmac('sha256', secret)
      .update([`share-${purpose}`, ...about].join('\n'))
      .digest('base64url')
      .slice(0, markLength);

  const same = (given: string, wanted: string) =>
    given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));

  return {
    /** The last part of a link's address: its id without the kind, and its mark. */
    tokenOf: (shareId: string): string => shareId.slice('shr_'.length) + mark('link', shareId),

    /** The link behind a token; null when anything in it is not as we made it. */
    read(token: string): string | null {
      const shareId = `shr_${token.slice(0, -markLength)}`;
      // Before the comparison: a length in letters must be one in bytes.
      if (!/^[\w-]+$/.test(token) || !isId('shr', shareId)) return null;
      return same(token.slice(-markLength), mark('link', shareId)) ? shareId : null;
    },

    /**
     * A name for who asks, which says nothing about them and is another one for each link: the place they come from,
     * and the browser they have there. An address of IPv6 counts by its network, as every device has many.
     */
    visitorOf({ shareId, request }: { shareId: string; request: Request }): string {
      const place = networkOf(request.headers.get('CF-Connecting-IP') ?? '');
      const browser = request.headers.get('User-Agent') ?? '';
      return `${mark('place', shareId, place)}.${mark('browser', shareId, place, browser)}`;
    },

    /** A ticket for this visitor of this link, given at `at`. */
    ticket: (shareId: string, { moment, at, visitor }: Ticket): string =>
      `${moment}.${at}.${visitor}.${mark('ticket', shareId, moment, String(at), visitor)}`,

    /** Reads a ticket of this link at `now`; null when it was not made by us, for another link, or too long ago. */
    readTicket({ shareId, ticket, now }: { shareId: string; ticket: string; now: number }): Ticket | null {
      const found = /^(opened|started)\.(\d{1,15})\.([\w-]{22}\.[\w-]{22})\.([\w-]{22})$/.exec(ticket);
      const [, moment = '', at = '', visitor = '', given = ''] = found ?? [];
      if (!found || !same(given, mark('ticket', shareId, moment, at, visitor))) return null;
      const age = now - Number(at);
      return age >= 0 && age <= ticketHours * hour ? { moment: moment as TicketMoment, at: Number(at), visitor } : null;
    },
  };
}

export type ShareTokens = ReturnType<typeof createShareTokens>;

/** The network of an address: all of an IPv4 one, the first half of an IPv6 one. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const whole = tail === undefined ? before : [...before, ...zeros, ...after];
  return `${whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
