interface Tally {
  count: number;
  writtenAt: number;
}

/**
 * Counts what happens far too often to write each time, per database and for as long as the isolate lives. What was
 * counted since the last write is lost with the isolate: good for a gauge, and for nothing that anybody is owed.
 */
export function createIsolateTally({ everyMilliseconds }: { everyMilliseconds: number }) {
  const tallies = new WeakMap<D1Database, Tally>();

  return {
    /** Counts one at `now` (ms). Returns how many are to be written now: 0 until the last write is old enough. */
    add(binding: D1Database, now: number): number {
      const { count, writtenAt } = tallies.get(binding) ?? { count: 0, writtenAt: 0 };
      const isDue = now - writtenAt >= everyMilliseconds;
      tallies.set(binding, isDue ? { count: 0, writtenAt: now } : { count: count + 1, writtenAt });
      return isDue ? count + 1 : 0;
    },
  };
}
