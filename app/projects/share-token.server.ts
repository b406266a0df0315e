import { isId } from '~/db/ids';
import { networkOf } from '~/network';
import { createSignature } from '~/signature.server';

/** Characters of a mark: 132 bits. */
const markLength = 22;
const hour = 3_600_000;
/** How long a ticket is valid: from the opening of the page to play, and from play to the film's end. */
const ticketHours = 12;

/** What a ticket proves: that the page was opened, or that the film was started. */
type TicketMoment = 'opened' | 'started';

/** A valid ticket of a share. `at`: when it was made, in ms since 1970. */
export interface Ticket {
  moment: TicketMoment;
  at: number;
  visitor: string;
}

/**
 * The token of a share and the tickets of its visitors, which say when they opened the page and started the film. All are
 * signed, so that no row stores them and nobody can forge them: the first of `secrets` signs, each of them checks. Visitors
 * are told apart by `identitySecret`, which stays the same when the others are replaced.
 */
export function createShareTokens({ secrets, identitySecret }: { secrets: readonly string[]; identitySecret: string }) {
  const signed = (purpose: string, by = secrets) => createSignature({ secrets: by, purpose, length: markLength });
  const links = signed('share-link');
  const tickets = signed('share-ticket');
  const places = signed('share-place', [identitySecret]);
  const browsers = signed('share-browser', [identitySecret]);
  const networks = signed('share-network', [identitySecret]);

  return {
    /** The last segment of a share's address: its id without the prefix, and its mark. */
    tokenOf: (shareId: string): string => shareId.slice('shr_'.length) + links.of(shareId),

    /** The share id of a token; null for a forged one. */
    read(token: string): string | null {
      const shareId = `shr_${token.slice(0, -markLength)}`;
      return isId('shr', shareId) && links.matches(token.slice(-markLength), shareId) ? shareId : null;
    },

    /**
     * The visitor hash of a request: one part for the network address, one for the browser there. It cannot be linked
     * across shares. An IPv6 address counts by its network, since a device has many.
     */
    visitorOf({ shareId, request }: { shareId: string; request: Request }): string {
      const place = networkOf(request.headers.get('CF-Connecting-IP') ?? '');
      const browser = request.headers.get('User-Agent') ?? '';
      return `${places.of(shareId, place)}.${browsers.of(shareId, place, browser)}`;
    },

    /** The network of a request, as a hash that is the same for all shares of one owner and for nobody else's. */
    networkFor({ accountHash, request }: { accountHash: string; request: Request }): string {
      return networks.of(accountHash, networkOf(request.headers.get('CF-Connecting-IP') ?? ''));
    },

    /** Makes a ticket for a visitor of this share. */
    ticket: (shareId: string, { moment, at, visitor }: Ticket): string =>
      `${moment}.${at}.${visitor}.${tickets.of(shareId, moment, String(at), visitor)}`,

    /** Reads a ticket of this share at `now` (ms since 1970); null for a forged, another share's or an expired one. */
    readTicket({ shareId, ticket, now }: { shareId: string; ticket: string; now: number }): Ticket | null {
      const found = /^(opened|started)\.(\d{1,15})\.([\w-]{22}\.[\w-]{22})\.([\w-]{22})$/.exec(ticket);
      const [, moment = '', at = '', visitor = '', given = ''] = found ?? [];
      if (!found || !tickets.matches(given, shareId, moment, at, visitor)) return null;
      const age = now - Number(at);
      return age >= 0 && age <= ticketHours * hour ? { moment: moment as TicketMoment, at: Number(at), visitor } : null;
    },
  };
}

export type ShareTokens = ReturnType<typeof createShareTokens>;
