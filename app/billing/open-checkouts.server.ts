import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { run } from '~/db/statement';
import { described, log } from '~/log';
import type { Books } from './fulfil.server';
import { mostOpenCheckouts } from './purchases';
import { abandonStatement, addStatement, openOfPersonStatement, type PurchaseRow } from './statements';
import type { Stripe } from './stripe.server';

/** The request that makes a session ends within this time, with its retry; until then its purchase is left alone. In ms. */
const settledMilliseconds = 60_000;
/** How often a concurrent checkout may take the place that was made. */
const mostTurns = 4;

/**
 * Keeps the open checkouts of a person few: beyond `mostOpenCheckouts`, which the schema counts over all accounts of their
 * Google account, the oldest end at Stripe. Stripe does not end a session that was paid meanwhile; it is booked instead.
 */
export function createOpenCheckouts({
  db,
  clock,
  stripe,
  books: { fulfil, rows },
}: {
  db: Database;
  clock: Clock;
  stripe: () => Stripe;
  books: Pick<Books, 'fulfil' | 'rows'>;
}) {
  /** Finds the session of a purchase whose answer was lost, by the purchase's id in its metadata. */
  async function lostSession({ id, createdAt }: PurchaseRow): Promise<string | null> {
    const from = Math.floor(createdAt / 1000);
    const created = { gte: from - 60, lte: from + settledMilliseconds / 1000 + 60 };
    const list = stripe().checkout.sessions.list({ created, limit: 100 });
    for await (const session of list) if (session.metadata?.purchase === id) return session.id;
    return null;
  }

  /** Ends an open checkout at Stripe and here. Throws if Stripe does not answer. */
  async function end(row: PurchaseRow): Promise<void> {
    const { id, userId } = row;
    const sessionId = row.checkoutSessionId ?? (await lostSession(row));
    if (sessionId === null) {
      const abandon = abandonStatement({ id, userId, now: clock() });
      await rows.write([abandon], { key: row, isDone: ({ state }) => state !== 'open' });
      return;
    }
    // Refused for a session that was paid or has ended meanwhile: what became of it is read and booked next.
    const refusal = await stripe()
      .checkout.sessions.expire(sessionId)
      .then(
        () => null,
        (error: unknown) => error,
      );
    const became = await fulfil(sessionId);
    if (became === 'open') throw refusal ?? new Error(`${sessionId} is still open`);
    log({ event: 'purchase', purchaseId: id, userId, outcome: 'checkout-ended', detail: became });
  }

  /** Ends the oldest checkouts of a person until only `keep` of those that can be ended are open. */
  async function endOldest(userId: string, keep: number): Promise<void> {
    const open = await rows.list(openOfPersonStatement(userId));
    const settled = open.filter(
      ({ checkoutSessionId, createdAt }) => checkoutSessionId !== null || createdAt < clock() - settledMilliseconds,
    );
    for (const row of settled.slice(0, Math.max(0, open.length - keep))) await end(row);
  }

  return {
    /** Inserts an open purchase once there is room for it. False if others took the room each time. */
    async add(purchase: Parameters<typeof addStatement>[0]): Promise<boolean> {
      for (let turn = 0; turn < mostTurns; turn += 1) {
        try {
          await run(db, addStatement(purchase));
          return true;
        } catch (error) {
          if (brokenLaw(error) !== 'purchase:too-many-open') throw error;
          await endOldest(purchase.userId, mostOpenCheckouts - 1);
        }
      }
      return false;
    },

    /**
     * Ends every open checkout of a person, before their account is deleted. A payment that arrives all the same is refunded
     * (reversing.server.ts), so an error keeps nobody from leaving.
     */
    endCheckouts: (userId: string): Promise<void> =>
      endOldest(userId, 0).catch((error: unknown) => {
        const detail = described(error).message;
        log({ event: 'purchase', purchaseId: 'none', userId, outcome: 'checkouts-not-ended', detail });
      }),
  };
}
