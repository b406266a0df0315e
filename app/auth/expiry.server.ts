import type { Database } from '~/db/client.server';
import { batch, statement } from '~/db/statement';

const removeAttempts = `DELETE FROM sign_in_attempts WHERE state_hash IN
  (SELECT state_hash FROM sign_in_attempts WHERE expires_at < ?1 LIMIT 200)`;
const removeSessions =
  'DELETE FROM sessions WHERE id_hash IN (SELECT id_hash FROM sessions WHERE expires_at < ?1 LIMIT 200)';

/** Removes expired sign-in attempts and sessions, at most 200 of each. `now` in ms. */
export async function removeExpired({ db, now }: { db: Database; now: number }): Promise<void> {
  await batch(db, [statement(removeAttempts, now), statement(removeSessions, now)]);
}
