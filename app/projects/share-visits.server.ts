import { ownNetworkStatement } from '~/credits/rewards';
import type { Rewards } from '~/credits/rewards.server';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { batch, first, statement } from '~/db/statement';
import type { ShareTokens } from './share-token.server';

/** How much of a film's length must have passed between its start and its end. */
const mostOfIt = 0.8;
/**
 * The most visits stored for one share, of one network among them, and browsers of its owner. The schema has the same
 * limits (migrations/…_bounds.sql).
 */
export const visitLimits = { visits: 1000, ofNetwork: 20, ofOwner: 50 } as const;

// A visitor counts once. The owner's browsers are stored with the prefix "owner." and do not count.
const isNew = `NOT EXISTS (SELECT 1 FROM share_visits v WHERE v.share_id = ?1 AND v.visitor_hash IN (?2, 'owner.' || ?2))`;
const hasRoom = `(SELECT count(*) FROM (SELECT 1 FROM share_visits v WHERE v.share_id = ?1 LIMIT ${visitLimits.visits})) < ${visitLimits.visits}`;
const ofNetwork = `v.visitor_hash >= substr(?2, 1, 22) || '.' AND v.visitor_hash < substr(?2, 1, 22) || '/'`;
const isCounted = `${isNew} AND ${hasRoom}
  AND (SELECT count(*) FROM share_visits v WHERE v.share_id = ?1 AND ${ofNetwork}) < ${visitLimits.ofNetwork}`;
const countView = `UPDATE shares SET views = views + 1 WHERE id = ?1 AND ${isCounted}`;
const insertVisit = `INSERT INTO share_visits (share_id, visitor_hash, first_at)
  SELECT s.id, ?2, ?3 FROM shares s WHERE s.id = ?1 AND ${isCounted}`;
const markWatched = `UPDATE share_visits SET watched_at = ?3
  WHERE share_id = ?1 AND visitor_hash = ?2 AND watched_at IS NULL`;
const insertOwner = `INSERT INTO share_visits (share_id, visitor_hash, first_at) SELECT ?1, ?2, ?3
  WHERE NOT EXISTS (SELECT 1 FROM share_visits v WHERE v.share_id = ?1 AND v.visitor_hash = ?2) AND ${hasRoom}
    AND (SELECT count(*) FROM share_visits v WHERE v.share_id = ?1
      AND v.visitor_hash >= 'owner.' AND v.visitor_hash < 'owner/') < ${visitLimits.ofOwner}`;

const findOwner = `SELECT u.account_hash AS accountHash FROM shares s JOIN users u ON u.id = s.user_id WHERE s.id = ?1`;

/** `started` brings the ticket for the film's end. `own`: a visit of the owner, which does not count. */
export type VisitOutcome =
  | { outcome: 'started'; ticket: string }
  | { outcome: 'watched' }
  | { outcome: 'own' }
  | { outcome: 'refused'; reason: 'ticket' | 'too-quick' };

/** Counts visits of shares anonymously, once per browser, by tickets that the page carries. */
export function createShareVisits({
  db,
  tokens,
  rewards,
  clock,
}: {
  db: Database;
  tokens: ShareTokens;
  rewards: Rewards;
  clock: Clock;
}) {
  /** The network of a request, hashed for the owner of a share. */
  async function networkFor(shareId: string, request: Request): Promise<string> {
    const owner = await first<{ accountHash: string }>(db, statement(findOwner, shareId));
    return tokens.networkFor({ accountHash: owner?.accountHash ?? '', request });
  }

  async function markOwner({ shareId, request }: { shareId: string; request: Request }): Promise<void> {
    const now = clock();
    const network = await networkFor(shareId, request);
    await batch(db, [
      statement(insertOwner, shareId, `owner.${tokens.visitorOf({ shareId, request })}`, now),
      ownNetworkStatement({ shareId, network, now }),
    ]);
  }

  return {
    /** Stores that this browser and its network are the owner's. */
    markOwner,

    /** Makes the ticket of a page that was just opened. Nothing is written: opening is not a visit. */
    open({ shareId, request }: { shareId: string; request: Request }): string {
      const visitor = tokens.visitorOf({ shareId, request });
      return tokens.ticket(shareId, { moment: 'opened', at: clock(), visitor });
    },

    /**
     * Takes a ticket. That of the opened page counts a view and returns the ticket for the end; that one counts the film as
     * watched if most of the film's length (`seconds`) has passed since.
     */
    async take({
      share,
      seconds,
      ticket,
      visitorId,
      request,
    }: {
      share: { id: string; userId: string };
      seconds: number;
      ticket: string;
      /** The signed-in person of the request, or null. */
      visitorId: string | null;
      request: Request;
    }): Promise<VisitOutcome> {
      const shareId = share.id;
      const now = clock();
      const read = tokens.readTicket({ shareId, ticket, now });
      if (!read) return { outcome: 'refused', reason: 'ticket' };
      if (visitorId === share.userId) {
        await markOwner({ shareId, request });
        return { outcome: 'own' };
      }
      const { visitor } = read;
      if (read.moment === 'opened') {
        await batch(db, [statement(countView, shareId, visitor), statement(insertVisit, shareId, visitor, now)]);
        return { outcome: 'started', ticket: tokens.ticket(shareId, { moment: 'started', at: now, visitor }) };
      }
      if (now - read.at < seconds * 1000 * mostOfIt) return { outcome: 'refused', reason: 'too-quick' };
      const network = await networkFor(shareId, request);
      await rewards.withVisit({ shareId, visitor, network }, statement(markWatched, shareId, visitor, now));
      return { outcome: 'watched' };
    },
  };
}

export type ShareVisits = ReturnType<typeof createShareVisits>;
