import * as v from 'valibot';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { defineRead } from '~/db/reads.server';
import { settings } from '~/db/schema.server';
import { isSettingKey, type SettingKey, type Settings, settingsSchema } from './settings';

const settingsRead = defineRead([], { key: settings.key, value: settings.value }, (query) => query.from(settings));

/** How long the doors go by settings they have read: a change made elsewhere holds here within this time. */
export const settingsKeptMilliseconds = 3000;

/**
 * What this isolate has read of each database. `changes` moves when it has changed something itself, so that what was
 * read before and arrives after is not kept.
 */
interface Kept {
  changes: number;
  last: { settings: Settings; readAt: number } | null;
}

const kept = new WeakMap<D1Database, Kept>();

function keptOf(binding: D1Database): Kept {
  const found = kept.get(binding) ?? { changes: 0, last: null };
  kept.set(binding, found);
  return found;
}

/** The value of this setting as it is stored, or undefined where that does not fit its limits: then it counts as not set. */
export function storedValue<Key extends SettingKey>(key: Key, text: string): Settings[Key] | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), settingsSchema.entries[key]), text);
  return parsed.success ? (parsed.output as Settings[Key]) : undefined;
}

/**
 * Reads the owner's settings, once per request. `keptMilliseconds`: how old may be what another request of this isolate
 * has read; 0, and every request reads for itself.
 */
export function createSettings({
  db,
  clock,
  keptMilliseconds = 0,
}: {
  db: Database;
  clock: Clock;
  keptMilliseconds?: number;
}) {
  let asked: Promise<Settings> | undefined;

  async function read(): Promise<Settings> {
    const entry = keptOf(db.$client);
    const { changes, last } = entry;
    // Its age counts from before it was read: nothing that was written later can be in it.
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
      asked ??= read();
      return asked;
    },

    /** Something was changed here: what was read before no longer counts in this isolate. */
    forget(): void {
      asked = undefined;
      const entry = keptOf(db.$client);
      entry.changes += 1;
      entry.last = null;
    },
  };
}

type Reader = ReturnType<typeof createSettings>;
export type SettingsReader = Pick<Reader, 'read'>;
export type SettingsCache = Pick<Reader, 'read' | 'forget'>;
