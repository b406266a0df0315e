import { and, eq } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import { brokenLaw, type Database } from '~/db/client.server';
import { clips, generations } from '~/db/schema.server';
import { batch, first as firstRow, type Statement, statementOf } from '~/db/statement';
import { openCountStatement } from '~/generations/pipeline/statements';
import type { StartOutcome } from './start';

/** Inserts generations, each with its debit: at most one per person and request key, also when answers get lost. */
export function createGenerationInsert({ db, ledger }: { db: Database; ledger: Pick<Ledger, 'balance'> }) {
  /** The generation that this request key has made, or null. */
  async function findByRequestKey({ userId, requestKey }: { userId: string; requestKey: string }) {
    const [row] = await db
      .select({ id: generations.id, clipId: generations.clipId, state: generations.state })
      .from(generations)
      .where(and(eq(generations.userId, userId), eq(generations.requestKey, requestKey)));
    return row ?? null;
  }

  /**
   * Inserts the row; a trigger of the schema adds the debit or refuses both. The statements `first` are in the same
   * batch. `keepsDraft`: preset and words are stored with the clip for its next generation. `too-many-refused`: the
   * moderation limit was reached meanwhile.
   */
  async function insert({
    row,
    first = [],
    keepsDraft,
  }: {
    row: typeof generations.$inferInsert;
    first?: readonly Statement[] | undefined;
    keepsDraft: boolean;
  }): Promise<StartOutcome | 'too-many-refused'> {
    const draft = db
      .update(clips)
      .set({ presetId: row.presetId, words: row.words })
      .where(and(eq(clips.userId, row.userId), eq(clips.id, row.clipId)));
    for (let attempt = 1; ; attempt += 1) {
      try {
        const writes = [db.insert(generations).values(row), ...(keepsDraft ? [draft] : [])];
        await batch(db, [...first, ...writes.map(statementOf)]);
        return { outcome: 'started', generationId: row.id };
      } catch (error) {
        // An error does not mean that nothing was written: the table is read before anything is decided.
        const written = await findByRequestKey(row);
        if (written?.id === row.id) return { outcome: 'started', generationId: row.id };
        if (written && written.clipId !== row.clipId) return { outcome: 'not-found' };
        if (written) return { outcome: 'duplicate', generationId: written.id, state: written.state };
        const law = brokenLaw(error);
        if (law === 'generation:already-open') return { outcome: 'already-open' };
        if (law === 'generation:maintenance') return { outcome: 'maintenance', notice: '' };
        if (law === 'generation:too-many-refused') return 'too-many-refused';
        if (law === 'ledger:overdraft')
          return { outcome: 'no-credit', balance: (await ledger.balance(row.userId)).balance, cost: row.cost };
        if (law !== null || attempt === 3) throw error;
      }
    }
  }

  /** True if the person has `most` or more open generations. */
  async function hasTooManyOpen(userId: string, most: number): Promise<boolean> {
    const row = await firstRow<{ count: number }>(db, openCountStatement({ userId, most }));
    return (row?.count ?? 0) >= most;
  }

  return { findByRequestKey, insert, hasTooManyOpen };
}
