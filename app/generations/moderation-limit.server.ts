import { and, desc, gt, sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import { defineRead } from '~/db/reads.server';
import { generations } from '~/db/schema.server';

/** How long a declined picture counts. */
const dayMilliseconds = 24 * 60 * 60_000;

const declinedRead = defineRead(
  ['userId', 'since', 'most'],
  { stateAt: generations.stateAt },
  (query, { userId, since, most }) =>
    query
      .from(generations)
      // Spelled as in the partial index: a bound value would not match it.
      .where(
        and(
          // Declined pictures of the person's earlier accounts count too.
          sql`${generations.userId} IN (SELECT same.id FROM users me JOIN users same ON same.account_hash = me.account_hash
            WHERE me.id = ${userId})`,
          sql`${generations.failureReason} = 'moderated'`,
          gt(generations.stateAt, since),
        ),
      )
      .orderBy(desc(generations.stateAt))
      .limit(most),
);

/**
 * How many more pictures of this person providers may decline within a day (`left`), and if none, until when (ms) none of
 * theirs is sent. Providers suspend accounts that keep sending what they decline, which would stop every person's clips.
 */
export async function moderationLimit(
  db: Database,
  { userId, most, now }: { userId: string; most: number; now: number },
): Promise<{ left: number; until: number | null }> {
  const declined = await db.ask(declinedRead, { userId, since: now - dayMilliseconds, most });
  const left = Math.max(0, most - declined.length);
  return { left, until: left === 0 ? (declined[most - 1]?.stateAt ?? now) + dayMilliseconds : null };
}
