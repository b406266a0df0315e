import { isSettingKey, type SettingKey, type Settings, settingsSchema } from '~/settings/settings';
import type { SettingViews, WantedChange } from './settings-changes';

/** What a setting's form asks for. `typed` is the text of its field, shown again where it cannot be saved. */
export interface SentSetting {
  key: SettingKey;
  changes: WantedChange[];
  reason: string | null;
  typed: string[];
}

/**
 * Reads the form of one setting: `key`, `version` (the one its admin saw), `value`, `reason`, and `act` for a button other
 * than "Save": `default`, or a move in a list. Null for a key that is no setting.
 */
export function readSettingForm(form: FormData, current: SettingViews): SentSetting | null {
  const key = form.get('key');
  if (!isSettingKey(key)) return null;
  const [act, reason] = [textIn(form, 'act'), reasonIn(form)];
  const typed = form.getAll('value').map(String);
  const seenVersion = versionIn(form, 'version');
  const one = (value: unknown): SentSetting => ({ key, changes: [{ key, value, seenVersion }], reason, typed });
  if (key === 'provider') {
    const { provider, model } = act === 'default' ? byDefault(current) : serviceIn(typed[0] ?? '');
    const changes = [
      { key: 'provider', value: provider, seenVersion },
      { key: 'model', value: model, seenVersion: versionIn(form, 'modelVersion') },
    ];
    return { key, changes, reason, typed };
  }
  if (act === 'default') return one(current[key].byDefault);
  if (key === 'fallbacks') return one(movedIn(current.fallbacks.value, act, typed[0] ?? ''));
  if (key === 'maxAtProvider' || key === 'budgetAtProvider') {
    const names = Object.keys(settingsSchema.entries[key].wrapped.entries);
    return one(Object.fromEntries(names.map((name, index) => [name, numberIn(typed[index] ?? '')])));
  }
  if (key === 'packsOnSale') return one(typed);
  if (key === 'freeSecondTry') return one(typed[0] === 'on' ? true : typed[0] === 'off' ? false : typed[0]);
  return one(settingsSchema.entries[key].wrapped.type === 'number' ? numberIn(typed[0] ?? '') : typed[0]);
}

/** A plain field of a form; '' where it is missing or a file. */
export function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** The reason of a change, at most 500 letters; null where there is none. */
export function reasonIn(form: FormData): string | null {
  return textIn(form, 'reason').trim().slice(0, 500) || null;
}

/** The version of a setting that an admin saw; -1, which no setting has, where the field is no number. */
export function versionIn(form: FormData, name: string): number {
  const value = textIn(form, name);
  return /^\d{1,9}$/.test(value) ? Number(value) : -1;
}

/** The typed number, or the text as it is, which the limits of the setting then refuse with their message. */
function numberIn(typed: string): number | string {
  const plain = typed.trim();
  return /^-?\d{1,12}(\.\d{1,6})?$/.test(plain) ? Number(plain) : plain;
}

/** The value of a choice of service and model, as its option holds it. */
export function serviceValue({ provider, model }: { provider: string; model: string }): string {
  return `${provider} ${model}`;
}

function serviceIn(value: string): { provider: string; model: string } {
  const [provider = '', ...model] = value.split(' ');
  return { provider, model: model.join(' ') };
}

function byDefault(current: SettingViews) {
  return { provider: current.provider.byDefault, model: current.model.byDefault };
}

/** The list after a button: `up 1`, `down 0`, `remove 2`, or `add` for the chosen service. */
function movedIn(list: Settings['fallbacks'], act: string, chosen: string): Settings['fallbacks'] {
  const [verb, at] = act.split(' ');
  if (verb === 'add') return [...list, serviceIn(chosen)];
  return moved(list, verb ?? '', Number(at));
}

/** The list with the row at `index` moved one place `up` or `down`, or removed (`remove`). */
export function moved<Row>(list: readonly Row[], verb: string, index: number): Row[] {
  const row = list[index];
  if (row === undefined) return [...list];
  const rest = list.filter((_one, at) => at !== index);
  if (verb === 'remove') return rest;
  const place = Math.max(0, Math.min(rest.length, index + (verb === 'up' ? -1 : verb === 'down' ? 1 : 0)));
  return [...rest.slice(0, place), row, ...rest.slice(place)];
}
