import type { Database } from '~/db/client.server';
import { all, statement } from '~/db/statement';

/** The most rows of one statement, and statements of one run. */
const mostRows = 1000;
const mostStatements = 50;

// Attempts are cookies now. Rows of the version before are removed until the next deployment drops their table.
const removeAttempts = `DELETE FROM sign_in_attempts WHERE state_hash IN
  (SELECT state_hash FROM sign_in_attempts WHERE expires_at < ?1 LIMIT ${mostRows}) RETURNING 1`;
const removeSessions = `DELETE FROM sessions WHERE id_hash IN
  (SELECT id_hash FROM sessions WHERE expires_at < ?1 LIMIT ${mostRows}) RETURNING 1`;

/** Removes expired sign-in attempts and sessions until none is left. `now` in ms. */
export async function removeExpired({ db, now }: { db: Database; now: number }): Promise<void> {
  for (const removal of [removeAttempts, removeSessions])
    for (let count = 0; count < mostStatements; count++)
      if ((await all(db, statement(removal, now))).length < mostRows) break;
}
