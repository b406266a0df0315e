import { serviceNames } from '~/admin/providers/providers';
import { findPack } from '~/settings/packs';
import type { Preset } from '~/settings/presets';
import { type SettingKey, type Settings, settingsSchema } from '~/settings/settings';
import type { SettingChangeView, SettingView } from './settings-changes';

/** The names of a setting's choices. */
export const choiceWords: Readonly<Record<string, string>> = {
  film: 'Finishes a film',
  purchase: 'Buys a pack',
  either: 'Whichever comes first',
};

/** "Runway · gen4_turbo". */
export function serviceInWords({ provider, model }: { provider: string; model: string }): string {
  return `${serviceNames[provider] ?? provider} · ${model}`;
}

/** The least and the most of a number, and whether it has no decimals; null for a setting of another type. */
export function limitsOf(key: SettingKey): { low: number; high: number; isWhole: boolean } | null {
  const { wrapped } = settingsSchema.entries[key];
  if (wrapped.type !== 'number') return null;
  const bound = (type: 'min_value' | 'max_value') => wrapped.pipe.find((rule) => rule.type === type);
  const [low, high] = [bound('min_value'), bound('max_value')].map((rule) =>
    rule && 'requirement' in rule ? Number(rule.requirement) : Number.NaN,
  );
  const isWhole = wrapped.pipe.some((rule) => rule.type === 'integer');
  return low === undefined || high === undefined ? null : { low, high, isWhole };
}

const wordsForNothing: Partial<Record<SettingKey, string>> = { alertUrl: 'Nowhere', maintenance: 'Off' };

/** The value of a setting in words. */
export function valueInWords(key: SettingKey, value: Settings[SettingKey]): string {
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (typeof value === 'number') return value.toLocaleString('en');
  if (value === '') return wordsForNothing[key] ?? 'None';
  if (typeof value === 'string') return choiceWords[value] ?? value;
  if (key === 'packsOnSale') return (value as string[]).map((id) => findPack(id)?.name ?? id).join(', ');
  if (key === 'presets') return (value as Preset[]).map(({ name, on }) => (on ? name : `${name} (off)`)).join(', ');
  if (Array.isArray(value)) return (value as Settings['fallbacks']).map(serviceInWords).join(', then ') || 'None';
  return Object.entries(value)
    .map(([id, count]) => `${serviceNames[id] ?? id} ${count}`)
    .join(', ');
}

/** The message of a conflict: the admin of the earlier change, and the value in force. */
export function conflictInWords({ changedBy, changedAt, key, value }: SettingView): string {
  const when = changedAt === null ? '' : ` at ${new Date(changedAt).toISOString().slice(11, 19)} UTC`;
  const who = changedBy?.name ?? 'The command line';
  return `${who} was quicker${when}. Now it is: ${valueInWords(key, value)}. Nothing of yours was saved; save again to put it in that place.`;
}

/** The message where another change of the setting waits. */
export function occupiedInWords(waits: SettingChangeView | null): string {
  if (waits === null) return 'Another change of it was just answered. Look at its value, then save again.';
  const to = waits.value === null ? 'a value that no longer fits' : valueInWords(waits.key, waits.value);
  return `A change to ${to} waits already, asked for by ${waits.requester ?? 'a deleted account'}. Answer that one first.`;
}
