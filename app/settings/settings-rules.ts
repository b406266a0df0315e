import * as v from 'valibot';
import { type SettingKey, type Settings, settingsSchema } from './settings';

/** A provider that has a key here, with its models. */
export interface Choosable {
  id: string;
  models: readonly string[];
}

/** Most characters of a setting as JSON; none needs as many. */
const mostCharacters = 30_000;

/** The value if it is valid for this setting, else the sentence that says why not. */
export function readValue<Key extends SettingKey>(
  key: Key,
  value: unknown,
): { ok: true; value: Settings[Key] } | { ok: false; message: string } {
  // The schema takes an absent value as the default, which a form never means.
  if (value === undefined || value === null) return { ok: false, message: 'Give a value.' };
  if (lengthOf(value) > mostCharacters) return { ok: false, message: 'This is longer than a setting can be.' };
  const read = v.safeParse(settingsSchema.entries[key], value);
  if (read.success) return { ok: true, value: read.output as Settings[Key] };
  return { ok: false, message: inWords(read.issues[0]) };
}

/**
 * The first contradiction between the new settings, or with the providers that have a key. Only settings in `changed` are
 * checked, so that an old contradiction never blocks another change.
 */
export function contradiction({
  settings,
  was,
  changed,
  choosable,
}: {
  settings: Settings;
  /** The settings before the change. */
  was: Pick<Settings, 'presets'>;
  changed: readonly SettingKey[];
  choosable: readonly Choosable[];
}): { key: SettingKey; message: string } | null {
  const { provider, model, fallbacks } = settings;
  if (changed.includes('provider') || changed.includes('model')) {
    const message = missing({ provider, model }, choosable);
    if (message) return { key: changed.includes('provider') ? 'provider' : 'model', message };
  }
  if (changed.includes('fallbacks')) {
    const order = [{ provider, model }, ...fallbacks].map((one) => `${one.provider} ${one.model}`);
    const twice = fallbacks.find((_one, index) => order.indexOf(order[index + 1] as string) !== index + 1);
    if (twice) return { key: 'fallbacks', message: `${twice.provider} · ${twice.model} is in the list already.` };
    for (const one of fallbacks) {
      const message = missing(one, choosable);
      if (message) return { key: 'fallbacks', message };
    }
  }
  if (changed.includes('presets')) {
    const kept = new Set(settings.presets.map(({ id }) => id));
    const gone = was.presets.find(({ id }) => !kept.has(id));
    if (gone)
      return { key: 'presets', message: `“${gone.name}” cannot be removed: clips were made with it. Switch it off.` };
  }
  return null;
}

/** Why this provider or model cannot be used, or null. */
function missing(one: { provider: string; model: string }, choosable: readonly Choosable[]): string | null {
  const found = choosable.find(({ id }) => id === one.provider);
  if (!found)
    return Object.hasOwn(settingsSchema.entries.maxAtProvider.wrapped.entries, one.provider)
      ? `${one.provider} is not set up here: its key is missing.`
      : `There is no film service named “${short(one.provider)}”.`;
  if (found.models.includes(one.model)) return null;
  return `${one.provider} has no model named “${short(one.model)}”. It has ${found.models.join(', ')}.`;
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

function lengthOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

/** "runway: Give a whole number from 1 to 1,000." */
function inWords(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? `No. ${key + 1}` : String(key)));
  return [...path, issue.message].join(': ');
}
