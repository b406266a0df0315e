import * as v from 'valibot';
import { personText } from '~/form-fields';
import { maxWordsLength } from './preset-names';
import type { Preset } from './presets';

/** The text that is put around every person's words, and its number: 1 is the one below, the others are rows in D1. */
export interface SystemPrompt {
  version: number;
  text: string;
}

/** Most letters of a system prompt. */
export const mostSystemLetters = 600;

/** What a system prompt may be: plain text with something in it. */
export const systemText = v.pipe(personText(mostSystemLetters), v.trim(), v.minLength(1));

/** The one that Echoes comes with: old and damaged photos must stay recognisable above all. */
export const firstSystemPrompt: SystemPrompt = {
  version: 1,
  text: 'A private family photograph comes to life. Keep every face, age, body, hand and piece of clothing exactly as in the photograph; add no person, no text and no object; no cuts.',
};

/** Most letters of a whole prompt: what every model takes, so that a try may also go to another one than it began with. */
export const mostPromptLetters = 1000;

type Way = Pick<Preset, 'prompt'>;

/** How many letters of a system prompt always go along whole, however much a person writes and whichever way they choose. */
export function lettersNeverCut(ways: readonly Way[]): number {
  const longest = Math.max(...ways.map(({ prompt }) => prompt.length));
  return Math.min(mostSystemLetters, mostPromptLetters - maxWordsLength - longest - 2);
}

/**
 * The whole prompt: what always holds, the way to move, and the person's own words, in at most `most` letters, which is
 * what the model takes. Where there is too much, the system prompt loses its last sentences; where even that is not
 * enough, the way to move does. The person's words are never cut, unless the model has no room for them alone.
 */
export function promptFor({
  system,
  preset,
  words,
  most,
}: {
  system: Pick<SystemPrompt, 'text'>;
  preset: Way;
  words: string;
  most: number;
}): string {
  const room = Math.min(most, mostPromptLetters);
  const said = words.trim().slice(0, room);
  const way = fitting(preset.prompt, room - taken(said));
  const around = fitting(system.text, room - taken(said) - taken(way));
  return [around, way, said].filter(Boolean).join(' ');
}

/** What this part takes from the room of those that give way before it, with the space between them. */
const taken = (text: string) => (text === '' ? 0 : text.length + 1);

/** As many whole sentences from the text's beginning as there is room for; where not even one fits, whole words. */
function fitting(text: string, room: number): string {
  if (text.length <= room) return text;
  const lastEnd = (ends: RegExp) =>
    [...text.matchAll(ends)].map((found) => found.index + found[0].length).findLast((end) => end <= room) ?? 0;
  return text.slice(0, lastEnd(/[.!?;]["”’)]*(?=\s)/g) || lastEnd(/\S(?=\s)/g));
}
