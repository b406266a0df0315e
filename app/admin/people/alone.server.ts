import type { Database } from '~/db/client.server';
import { first, statement } from '~/db/statement';
import type { SettingsReader } from '~/settings/settings.server';
import type { Alone } from './adjustments';

/** The window of the limit; the law has the same (migrations/0027_desk_refunds.sql). */
const day = 24 * 3_600_000;

/** ?1 the admin, ?2 the person, ?3 since when. Accounts of one Google account are one. */
const findAlone = `SELECT me.account_hash = person.account_hash AS isSelf,
    (SELECT coalesce(sum(abs(j.credits)), 0) FROM users mine
      JOIN adjustments j ON j.decided_by = mine.id AND j.state = 'done' AND j.decided_at > ?3
      JOIN users asked ON asked.id = j.requested_by AND asked.account_hash = mine.account_hash
      WHERE mine.account_hash = me.account_hash)
    + (SELECT coalesce(sum(g.cost), 0) FROM users mine JOIN generations g ON g.gift_by = mine.id AND g.created_at > ?3
      WHERE mine.account_hash = me.account_hash)
    + (SELECT coalesce(sum(r.credits), 0) FROM users mine
      JOIN refund_requests r ON r.decided_by = mine.id AND r.state IN ('asked','done') AND r.decided_at > ?3
      JOIN users asked ON asked.id = r.requested_by AND asked.account_hash = mine.account_hash
      WHERE mine.account_hash = me.account_hash) AS moved
  FROM users me JOIN users person ON person.id = ?2 WHERE me.id = ?1`;

/** The credits that an admin may give this person, or take, now without a second admin; gifts and refunds count. The law decides; this is for the page. */
export async function readAlone(
  { db, settings, now }: { db: Pick<Database, '$client'>; settings: SettingsReader; now: number },
  { adminId, userId }: { adminId: string; userId: string },
): Promise<Alone> {
  const [row, { secondAdminAbove: most }] = await Promise.all([
    first<{ isSelf: number; moved: number }>(db, statement(findAlone, adminId, userId, now - day)),
    settings.read(),
  ]);
  const isSelf = row?.isSelf === 1;
  return { isSelf, most, left: isSelf ? 0 : Math.max(0, most - (row?.moved ?? 0)) };
}
