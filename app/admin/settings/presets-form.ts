import { type Preset, presetLimits } from '~/settings/presets';
import { moved, reasonIn, textIn, versionIn } from './settings-form';

/** The words of one preset as they were typed. */
export interface TypedPreset {
  name: string;
  description: string;
  prompt: string;
}

/** What a preset's form asks for: the whole list as it would be. `about` is the preset's id, or `new`. */
export interface SentPresets {
  about: string;
  presets: Preset[];
  typed: TypedPreset | null;
  seenVersion: number;
  reason: string | null;
}

/**
 * Reads a preset's form: `about` (its id, or `new`), `act` (`save`, `add`, `on`, `off`, or `up 2`, `down 1` to move it),
 * `version`, `reason` and its words. Null for a preset or an `act` that does not exist.
 */
export function readPresetForm(form: FormData, presets: readonly Preset[]): SentPresets | null {
  const [about, act] = [textIn(form, 'about'), textIn(form, 'act')];
  const typed = {
    name: textIn(form, 'name'),
    description: textIn(form, 'description'),
    prompt: textIn(form, 'prompt'),
  };
  const sent = { about, seenVersion: versionIn(form, 'version'), reason: reasonIn(form) };
  if (about === 'new') {
    const id = idFrom(typed.name, presets);
    return { ...sent, presets: [...presets, { id, ...typed, on: true }], typed };
  }
  const index = presets.findIndex(({ id }) => id === about);
  if (index < 0) return null;
  const changed = (change: Partial<Preset>) => presets.map((one) => (one.id === about ? { ...one, ...change } : one));
  const [verb = ''] = act.split(' ');
  if (verb === 'save') return { ...sent, presets: changed(typed), typed };
  if (verb === 'on' || verb === 'off') return { ...sent, presets: changed({ on: verb === 'on' }), typed: null };
  if (verb === 'up' || verb === 'down') return { ...sent, presets: moved(presets, verb, index), typed: null };
  return null;
}

/** "Wind and light" becomes `wind-and-light`; where that is taken, `wind-and-light-2`. The id never changes. */
export function idFrom(name: string, presets: readonly Pick<Preset, 'id'>[]): string {
  const taken = new Set(presets.map(({ id }) => id));
  const plain =
    name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[\u0300-\u036f]/g, '')
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, presetLimits.name - 5)
      .replace(/^-+|-+$/g, '') || 'way';
  let id = plain;
  for (let number = 2; taken.has(id); number++) id = `${plain}-${number}`;
  return id;
}
