import type { Clock } from './ids';

interface Kept<Value> {
  value: Value;
  readAt: number;
}

/**
 * A cache of many values per database, for as long as the isolate lives: at most `most`, the oldest make room. Nothing
 * that is missing is kept, so what is made or put back shows at once, and what is taken away is gone after
 * `keptMilliseconds`.
 */
export function createIsolateMap<Value>({ most, keptMilliseconds }: { most: number; keptMilliseconds: number }) {
  const maps = new WeakMap<D1Database, Map<string, Kept<Value>>>();

  return {
    /** The cached value of `key`, or the one that `load` reads: null where there is none. */
    async read(
      binding: D1Database,
      key: string,
      { clock, load }: { clock: Clock; load: () => Promise<Value | null> },
    ): Promise<Value | null> {
      const map = maps.get(binding) ?? new Map<string, Kept<Value>>();
      maps.set(binding, map);
      // The age counts from before the read, since a later write cannot be in it.
      const readAt = clock();
      const kept = map.get(key);
      if (kept && readAt >= kept.readAt && readAt - kept.readAt < keptMilliseconds) return kept.value;
      map.delete(key);
      const value = await load();
      if (value === null) return null;
      map.set(key, { value, readAt });
      for (const oldest of map.keys()) {
        if (map.size <= most) break;
        map.delete(oldest);
      }
      return value;
    },
  };
}
