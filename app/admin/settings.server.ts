import * as v from 'valibot';
import type { Database } from '~/db/client.server';
import { settings } from '~/db/schema.server';
import { type Settings, settingsSchema } from './settings';

/** Reads the owner's settings; a stored value that no longer fits its limits counts as not set. */
export function createSettings({ db }: { db: Database }) {
  return {
    async read(): Promise<Settings> {
      const rows = await db.select().from(settings);
      const stored: Record<string, unknown> = {};
      for (const row of rows) {
        const entry = settingsSchema.entries[row.key as keyof Settings];
        if (entry && v.is(entry, JSON.parse(row.value))) stored[row.key] = JSON.parse(row.value);
      }
      return v.parse(settingsSchema, stored);
    },
  };
}

export type SettingsReader = ReturnType<typeof createSettings>;
