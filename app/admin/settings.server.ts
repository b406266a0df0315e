import * as v from 'valibot';
import type { Database } from '~/db/client.server';
import { defineRead } from '~/db/reads.server';
import { settings } from '~/db/schema.server';
import { type Settings, settingsSchema } from './settings';

const settingsRead = defineRead([], { key: settings.key, value: settings.value }, (query) => query.from(settings));

/** Reads the owner's settings, once per request; a stored value that does not fit its limits counts as not set. */
export function createSettings({ db }: { db: Database }) {
  let asked: Promise<Settings> | undefined;

  async function read(): Promise<Settings> {
    const stored: Record<string, unknown> = {};
    for (const { key, value } of await db.ask(settingsRead, {})) {
      const entry = settingsSchema.entries[key as keyof Settings];
      const parsed = entry && v.safeParse(v.pipe(v.string(), v.parseJson(), entry), value);
      if (parsed?.success) stored[key] = parsed.output;
    }
    return v.parse(settingsSchema, stored);
  }

  return {
    read(): Promise<Settings> {
      asked ??= read();
      return asked;
    },
  };
}

export type SettingsReader = ReturnType<typeof createSettings>;
