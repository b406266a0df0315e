import type { Rewards } from '~/credits/rewards.server';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { statement } from '~/db/statement';
import type { ShareTokens } from './share-token.server';

/** How much of a film's length must have passed between its start and its end. */
const mostOfIt = 0.8;
/** Visitors of one link that are written down; more than that is nobody's family. */
const mostVisitors = 100_000;

// The first time is the one that counts, and the owner's own browser does not (its name stands there after "owner.").
const isNew = `NOT EXISTS (SELECT 1 FROM share_visits v WHERE v.share_id = ?1 AND v.visitor_hash IN (?2, 'owner.' || ?2))`;
const countView = `UPDATE shares SET views = views + 1 WHERE id = ?1 AND views < ${mostVisitors} AND ${isNew}`;
const insertVisit = `INSERT INTO share_visits (share_id, visitor_hash, first_at)
  SELECT s.id, ?2, ?3 FROM shares s WHERE s.id = ?1 AND s.views <= ${mostVisitors} AND ${isNew}`;
const markWatched = `UPDATE share_visits SET watched_at = ?3
  WHERE share_id = ?1 AND visitor_hash = ?2 AND watched_at IS NULL`;
const insertOwner = `INSERT INTO share_visits (share_id, visitor_hash, first_at) SELECT ?1, ?2, ?3
  WHERE NOT EXISTS (SELECT 1 FROM share_visits v WHERE v.share_id = ?1 AND v.visitor_hash = ?2)`;

/** `started`: with the ticket to say that the film has ended. `own`: the owner's visits count for nothing. */
export type VisitOutcome =
  | { outcome: 'started'; ticket: string }
  | { outcome: 'watched' }
  | { outcome: 'own' }
  | { outcome: 'refused'; reason: 'ticket' | 'too-quick' };

/** Who watches a shared film, without knowing who they are: once for each browser, by tickets that the page carries. */
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
  const run = (sql: string, ...values: (string | number)[]) => db.$client.prepare(sql).bind(...values);

  async function markOwner({ shareId, request }: { shareId: string; request: Request }): Promise<void> {
    await run(insertOwner, shareId, `owner.${tokens.visitorOf({ shareId, request })}`, clock()).run();
  }

  return {
    /** Remembers that this browser, and the place it is in, are the owner's. */
    markOwner,

    /** The ticket of a page that was opened just now. Nothing is written: who only looks is nobody. */
    open({ shareId, request }: { shareId: string; request: Request }): string {
      const visitor = tokens.visitorOf({ shareId, request });
      return tokens.ticket(shareId, { moment: 'opened', at: clock(), visitor });
    },

    /**
     * Takes a ticket. The one of the opened page counts a view and gives the one for the end; that one counts the film
     * as watched, if about as much time has passed as it takes (`seconds` is the film's length).
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
      /** Who is signed in there, if anybody. */
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
        await db.$client.batch([run(countView, shareId, visitor), run(insertVisit, shareId, visitor, now)]);
        return { outcome: 'started', ticket: tokens.ticket(shareId, { moment: 'started', at: now, visitor }) };
      }
      if (now - read.at < seconds * 1000 * mostOfIt) return { outcome: 'refused', reason: 'too-quick' };
      await rewards.withVisit(shareId, statement(markWatched, shareId, visitor, now));
      return { outcome: 'watched' };
    },
  };
}

export type ShareVisits = ReturnType<typeof createShareVisits>;
