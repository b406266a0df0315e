import type { Preset } from './presets';

/** What a person's page knows of a way to move: all but the prompt. */
export type WayView = Omit<Preset, 'prompt'>;

/** The way of this name where it is offered, else the first that is: what tries of a way that was switched off take. */
export function presetFor<Way extends { id: string; on: boolean }>(presets: readonly Way[], id: string): Way | null {
  const offered = presets.filter(({ on }) => on);
  return offered.find((one) => one.id === id) ?? offered[0] ?? null;
}

/** Most characters a person may write in their own words. */
export const maxWordsLength = 500;
