import type { Clock } from './ids';

/** `changes` counts changes made in this isolate, so that a read that began before one is not cached after it. */
interface Entry<Value> {
  changes: number;
  last: { value: Value; readAt: number } | null;
}

/**
 * A cache of one value per database, for as long as the isolate lives. A change made in another isolate shows once the
 * cached value is older than `keptMilliseconds`.
 */
export function createIsolateCache<Value>() {
  const entries = new WeakMap<D1Database, Entry<Value>>();

  function entryOf(binding: D1Database): Entry<Value> {
    const found = entries.get(binding) ?? { changes: 0, last: null };
    entries.set(binding, found);
    return found;
  }

  return {
    /** The cached value, or the one that `load` reads. */
    async read(
      binding: D1Database,
      { clock, keptMilliseconds, load }: { clock: Clock; keptMilliseconds: number; load: () => Promise<Value> },
    ): Promise<Value> {
      const entry = entryOf(binding);
      const { changes, last } = entry;
      // The age counts from before the read, since a later write cannot be in it.
      const readAt = clock();
      if (last && readAt >= last.readAt && readAt - last.readAt < keptMilliseconds) return last.value;
      const value = await load();
      if (entry.changes === changes) entry.last = { value, readAt };
      return value;
    },

    /** The value that was cached last, however old; null without one. */
    last(binding: D1Database): Value | null {
      return entryOf(binding).last?.value ?? null;
    },

    /** Clears the cache after a change made in this isolate. */
    forget(binding: D1Database): void {
      const entry = entryOf(binding);
      entry.changes += 1;
      entry.last = null;
    },
  };
}
