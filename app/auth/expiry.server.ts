import type { Database } from '~/db/client.server';
import { all, statement } from '~/db/statement';

/** The most rows of one statement, and statements of one run. */
const mostRows = 1000;
const mostStatements = 50;

const removeSessions = `DELETE FROM sessions WHERE id_hash IN
  (SELECT id_hash FROM sessions WHERE expires_at < ?1 LIMIT ${mostRows}) RETURNING 1`;

/** How long the hashes of a sign-up's network and device are kept, as networks of visitors are. */
const arrivalsKept = 30 * 24 * 60 * 60_000;
const removeArrivals = `DELETE FROM arrivals WHERE user_id IN
  (SELECT user_id FROM arrivals WHERE at < ?1 LIMIT ${mostRows}) RETURNING 1`;

/** Removes expired sessions, and what is kept of sign-ups for 30 days, until none is left. `now` in ms. */
export async function removeExpired({ db, now }: { db: Database; now: number }): Promise<void> {
  for (const [removal, before] of [
    [removeSessions, now],
    [removeArrivals, now - arrivalsKept],
  ] as const)
    for (let count = 0; count < mostStatements; count++)
      if ((await all(db, statement(removal, before))).length < mostRows) break;
}
