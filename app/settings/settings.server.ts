import * as v from 'valibot';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { createIsolateCache } from '~/db/isolate-cache.server';
import { defineRead } from '~/db/reads.server';
import { settings } from '~/db/schema.server';
import { defaults, isSettingKey, type SettingKey, type Settings, settingsSchema } from './settings';

const settingsRead = defineRead([], { key: settings.key, value: settings.value }, (query) => query.from(settings));

/** How old cached settings may be: a change in another isolate takes effect within this time. */
export const settingsKeptMilliseconds = 3000;

const cache = createIsolateCache<Settings>();

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

  async function load(): Promise<Settings> {
    const stored: Record<string, unknown> = {};
    for (const { key, value } of await db.ask(settingsRead, {}))
      if (isSettingKey(key)) stored[key] = storedValue(key, value);
    return v.parse(settingsSchema, stored);
  }

  function read(): Promise<Settings> {
    reading ??= cache.read(db.$client, { clock, keptMilliseconds, load });
    return reading;
  }

  /** The settings, or those that this isolate has read last while the database does not answer. */
  const lastKnown = () => read().catch(() => cache.last(db.$client) ?? defaults);

  return {
    read,

    /**
     * The mail address to which people write, '' for none. Never rejects, since the page about a database that is away
     * names it too: then it is the address that this isolate has read last.
     */
    async contact(): Promise<string> {
      return (await lastKnown()).contactAddress;
    },

    /** The message of maintenance mode, '' while it is off. Never rejects: it stands on every page. */
    async maintenance(): Promise<string> {
      return (await lastKnown()).maintenance;
    },

    /** Clears the cache after a change made here. */
    forget(): void {
      reading = undefined;
      cache.forget(db.$client);
    },
  };
}

type Reader = ReturnType<typeof createSettings>;
export type SettingsReader = Pick<Reader, 'read'>;
export type SettingsCache = Pick<Reader, 'read' | 'forget'>;
