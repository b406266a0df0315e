import { type Preset, presetLimits } from '~/settings/presets';
import { moved } from './settings-form';

/** The words of one way to move as they were typed. */
export interface TypedPreset {
  name: string;
  description: string;
  prompt: string;
}

/** What the form of a way asks for: the whole list as it would be. `about` is the way's id, or `new`. */
export interface SentPresets {
  about: string;
  presets: Preset[];
  typed: TypedPreset | null;
}

/**
 * Reads the form of one way to move: `about` (its id, or `new`), `act` (`save`, `add`, `on`, `off`, or `up 2`, `down 1`
 * for its place) and its words. Null where it is none of these.
 */
export function readPresetForm(form: FormData, presets: readonly Preset[]): SentPresets | null {
  const [about, act] = [text(form, 'about'), text(form, 'act')];
  const typed = { name: text(form, 'name'), description: text(form, 'description'), prompt: text(form, 'prompt') };
  if (about === 'new') {
    const id = idFrom(typed.name, presets);
    return { about, presets: [...presets, { id, ...typed, on: true }], typed };
  }
  const index = presets.findIndex(({ id }) => id === about);
  if (index < 0) return null;
  const changed = (change: Partial<Preset>) => presets.map((one) => (one.id === about ? { ...one, ...change } : one));
  const [verb = ''] = act.split(' ');
  if (verb === 'save') return { about, presets: changed(typed), typed };
  if (verb === 'on' || verb === 'off') return { about, presets: changed({ on: verb === 'on' }), typed: null };
  if (verb === 'up' || verb === 'down') return { about, presets: moved(presets, verb, index), typed: null };
  return null;
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** "Wind and light" becomes `wind-and-light`; where that is taken, `wind-and-light-2`. It stays for ever. */
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
