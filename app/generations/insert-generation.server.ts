import { and, eq } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import { brokenLaw, type Database } from '~/db/client.server';
import { clips, generations } from '~/db/schema.server';
import { openCountStatement } from '~/generations/pipeline/statements';
import type { StartOutcome } from './start';

/** Writes a try, and with it its debit: once for each (person, request key), whatever happens on the way. */
export function createGenerationInsert({ db, ledger }: { db: Database; ledger: Pick<Ledger, 'balance'> }) {
  /** The try that this key has made, or null. */
  async function findByRequestKey({ userId, requestKey }: { userId: string; requestKey: string }) {
    const [row] = await db
      .select({ id: generations.id, clipId: generations.clipId, state: generations.state })
      .from(generations)
      .where(and(eq(generations.userId, userId), eq(generations.requestKey, requestKey)));
    return row ?? null;
  }

  const prepared = ({ sql, params }: { sql: string; params: unknown[] }) => db.$client.prepare(sql).bind(...params);

  /**
   * The statement pays too: the schema adds the debit, or refuses both. What comes `first` is done with it or not at all.
   * `isNoted`: the words and the way to move stay with the clip for its next try.
   */
  async function insert({
    order,
    first = [],
    isNoted,
  }: {
    order: typeof generations.$inferInsert;
    first?: readonly D1PreparedStatement[] | undefined;
    isNoted: boolean;
  }): Promise<StartOutcome> {
    const kept = db
      .update(clips)
      .set({ presetId: order.presetId, words: order.words })
      .where(and(eq(clips.userId, order.userId), eq(clips.id, order.clipId)));
    for (let attempt = 1; ; attempt += 1) {
      try {
        const insert = db.insert(generations).values(order);
        const statements = [insert, ...(isNoted ? [kept] : [])].map((query) => prepared(query.toSQL()));
        await db.$client.batch([...first, ...statements]);
        return { outcome: 'started', generationId: order.id };
      } catch (error) {
        // An error does not mean "not written": what the table says counts, before anything is decided.
        const first = await findByRequestKey(order);
        if (first?.id === order.id) return { outcome: 'started', generationId: order.id };
        if (first && first.clipId !== order.clipId) return { outcome: 'not-found' };
        if (first) return { outcome: 'duplicate', generationId: first.id, state: first.state };
        const law = brokenLaw(error);
        if (law === 'generation:already-open') return { outcome: 'already-open' };
        if (law === 'ledger:overdraft')
          return { outcome: 'no-credit', balance: (await ledger.balance(order.userId)).balance, cost: order.cost };
        if (law !== null || attempt === 3) throw error;
      }
    }
  }

  /** Whether the person has `most` or more tries under way. */
  async function hasTooManyOpen(userId: string, most: number): Promise<boolean> {
    const { sql, params } = openCountStatement({ userId, most });
    const { results } = await db.$client
      .prepare(sql)
      .bind(...params)
      .all<{ count: number }>();
    return (results[0]?.count ?? 0) >= most;
  }

  return { findByRequestKey, insert, hasTooManyOpen };
}
