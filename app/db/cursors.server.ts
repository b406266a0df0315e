import { eq } from 'drizzle-orm';
import type { Database } from './client.server';
import { settings } from './schema.server';

/** What goes a long way in several runs. */
export type Walk = 'media' | 'unheard' | 'stale' | 'ended' | 'audit';

/** Rows beside the owner's settings, under names that no setting has. */
const keys: Readonly<Record<Walk, string>> = {
  media: 'sweepCursor',
  unheard: 'sweepCursor:unheard',
  stale: 'sweepCursor:stale',
  ended: 'sweepCursor:ended',
  audit: 'auditCursor',
};

/** Where each walk has stopped, so that its next run goes on from there. Settings are read often: a place is small. */
export function createCursors(db: Database) {
  return {
    /** As it was saved; null where the next run begins anew. */
    async read<Place>(walk: Walk): Promise<Place | null> {
      const [saved] = await db.select().from(settings).where(eq(settings.key, keys[walk]));
      return saved ? (JSON.parse(saved.value) as Place) : null;
    },

    /** Null: it has come to the end. `now` in ms. */
    async save(walk: Walk, place: unknown, now: number): Promise<void> {
      const removal = db.delete(settings).where(eq(settings.key, keys[walk]));
      if (place === null) return void (await removal);
      const row = { key: keys[walk], value: JSON.stringify(place), updatedAt: now };
      await db.batch([removal, db.insert(settings).values(row)]);
    },
  };
}
