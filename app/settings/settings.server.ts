import * as v from 'valibot';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { defineRead } from '~/db/reads.server';
import { settings } from '~/db/schema.server';
import { isSettingKey, type SettingKey, type Settings, settingsSchema } from './settings';

const settingsRead = defineRead([], { key: settings.key, value: settings.value }, (query) => query.from(settings));

/** How old cached settings may be: a change in another isolate takes effect within this time. */
export const settingsKeptMilliseconds = 3000;

/**
 * The settings that this isolate has read from a database. `changes` counts changes made here, so that a read that began
 * before one is not cached after it.
 */
interface Cached {
  changes: number;
  last: { settings: Settings; readAt: number } | null;
}

const cache = new WeakMap<D1Database, Cached>();

function cachedOf(binding: D1Database): Cached {
  const found = cache.get(binding) ?? { changes: 0, last: null };
  cache.set(binding, found);
  return found;
}

/** The stored value of a setting, or undefined if it is outside the limits: then the default holds. */
export function storedValue<Key extends SettingKey>(key: Key, text: string): Settings[Key] | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), settingsSchema.entries[key]), text);
  return parsed.success ? (parsed.output as Settings[Key]) : undefined;
}

/** Reads the settings once per request, or takes them from the isolate's cache if not older than `keptMilliseconds`. */
export function createSettings({
  db,
  clock,
  keptMilliseconds = 0,
}: {
  db: Database;
  clock: Clock;
  keptMilliseconds?: number;
}) {
  let reading: Promise<Settings> | undefined;

  async function read(): Promise<Settings> {
    const entry = cachedOf(db.$client);
    const { changes, last } = entry;
    // The age counts from before the read, since a later write cannot be in it.
    const readAt = clock();
    if (last && readAt >= last.readAt && readAt - last.readAt < keptMilliseconds) return last.settings;
    const stored: Record<string, unknown> = {};
    for (const { key, value } of await db.ask(settingsRead, {}))
      if (isSettingKey(key)) stored[key] = storedValue(key, value);
    const fresh = v.parse(settingsSchema, stored);
    if (entry.changes === changes) entry.last = { settings: fresh, readAt };
    return fresh;
  }

  return {
    read(): Promise<Settings> {
      reading ??= read();
      return reading;
    },

    /** Clears the cache after a change made here. */
    forget(): void {
      reading = undefined;
      const entry = cachedOf(db.$client);
      entry.changes += 1;
      entry.last = null;
    },
  };
}

type Reader = ReturnType<typeof createSettings>;
export type SettingsReader = Pick<Reader, 'read'>;
export type SettingsCache = Pick<Reader, 'read' | 'forget'>;
