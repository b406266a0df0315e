import type { Database } from '~/db/client.server';

/** Removes sign-in attempts and sessions whose time is over, 200 of each at most. May run twice at once. */
export async function removeExpired({ db, now }: { db: Database; now: number }): Promise<void> {
  await db.$client.batch([
    db.$client
      .prepare(
        `DELETE FROM sign_in_attempts WHERE state_hash IN
           (SELECT state_hash FROM sign_in_attempts WHERE expires_at < ?1 LIMIT 200)`,
      )
      .bind(now),
    db.$client
      .prepare('DELETE FROM sessions WHERE id_hash IN (SELECT id_hash FROM sessions WHERE expires_at < ?1 LIMIT 200)')
      .bind(now),
  ]);
}
