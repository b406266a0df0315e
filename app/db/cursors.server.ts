import { eq } from 'drizzle-orm';
import type { Database } from './client.server';
import { settings } from './schema.server';

/** A long run that goes on from its cursor. */
export type Walk = 'media' | 'unheard' | 'stale' | 'ended' | 'audit';

/** Cursors are rows of the table `settings`, under keys that no setting has. */
const keys: Readonly<Record<Walk, string>> = {
  media: 'sweepCursor',
  unheard: 'sweepCursor:unheard',
  stale: 'sweepCursor:stale',
  ended: 'sweepCursor:ended',
  audit: 'auditCursor',
};

/** Cursors: where each run stopped, so that the next one goes on. They stay small, because the settings are read often. */
export function createCursors(db: Database) {
  return {
    /** The saved cursor; null if the next run starts at the beginning. */
    async read<Place>(walk: Walk): Promise<Place | null> {
      const [saved] = await db.select().from(settings).where(eq(settings.key, keys[walk]));
      return saved ? (JSON.parse(saved.value) as Place) : null;
    },

    /** Saves a cursor; null after a run that reached its end. `now` in ms. */
    async save(walk: Walk, place: unknown, now: number): Promise<void> {
      const removal = db.delete(settings).where(eq(settings.key, keys[walk]));
      if (place === null) return void (await removal);
      const row = { key: keys[walk], value: JSON.stringify(place), updatedAt: now };
      await db.batch([removal, db.insert(settings).values(row)]);
    },
  };
}
