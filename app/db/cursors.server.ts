import { eq } from 'drizzle-orm';
import type { Database } from './client.server';
import { cursors } from './schema.server';

/** The name of a long run, which is also that of its row. */
export type Walk = 'media' | 'unheard' | 'stale' | 'ended' | 'audit';

/** Cursors: where each long run stopped and its next run continues. */
export function createCursors(db: Database) {
  return {
    /** The saved cursor; null if the next run starts at the beginning. */
    async read<Cursor>(walk: Walk): Promise<Cursor | null> {
      const [saved] = await db.select().from(cursors).where(eq(cursors.name, walk));
      return saved ? (JSON.parse(saved.value) as Cursor) : null;
    },

    /** Saves a cursor; null after a run that reached its end. `now` in ms. */
    async save(walk: Walk, cursor: unknown, now: number): Promise<void> {
      const removal = db.delete(cursors).where(eq(cursors.name, walk));
      if (cursor === null) return void (await removal);
      const row = { name: walk, value: JSON.stringify(cursor), updatedAt: now };
      await db.batch([removal, db.insert(cursors).values(row)]);
    },
  };
}
