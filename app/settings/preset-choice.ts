// What the browser needs of presets. Prompts stay in presets.ts, which no browser bundle imports.
import type { Preset } from './presets';

/** A preset as a person's page gets it: without the prompt. */
export type PresetView = Omit<Preset, 'prompt'>;

/** The preset with this id if it is on offer, else the first one that is; null if none is. */
export function offeredPreset<Offered extends { id: string; on: boolean }>(
  presets: readonly Offered[],
  id: string,
): Offered | null {
  const offered = presets.filter(({ on }) => on);
  return offered.find((preset) => preset.id === id) ?? offered[0] ?? null;
}

/** Most characters a person may write in their own words. */
export const maxWordsLength = 500;
