interface Tally {
  count: number;
  writtenAt: number;
}

/**
 * Counts what happens far too often to write each time, per database and key, for as long as the isolate lives. What was
 * counted since the last write is lost with the isolate: good for a gauge, and for nothing that anybody is owed.
 */
export function createIsolateTally({ everyMilliseconds }: { everyMilliseconds: number }) {
  const databases = new WeakMap<D1Database, Map<string, Tally>>();

  return {
    /** Counts one at `now` (ms). Returns how many are to be written now: 0 until the last write is old enough. */
    add(binding: D1Database, now: number, key = ''): number {
      const tallies = databases.get(binding) ?? new Map<string, Tally>();
      databases.set(binding, tallies);
      const { count, writtenAt } = tallies.get(key) ?? { count: 0, writtenAt: 0 };
      const isDue = now - writtenAt >= everyMilliseconds;
      tallies.set(key, isDue ? { count: 0, writtenAt: now } : { count: count + 1, writtenAt });
      return isDue ? count + 1 : 0;
    },
  };
}
