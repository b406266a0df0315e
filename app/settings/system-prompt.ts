import * as v from 'valibot';
import { personText } from '~/form-fields';
import { maxWordsLength } from './preset-choice';
import type { Preset } from './presets';

/** The versioned text put before each preset's words. Version 1 is in the code, later ones are rows in D1. */
export interface SystemPrompt {
  version: number;
  text: string;
}

/** Most characters of a system prompt. */
export const mostSystemLetters = 600;

/** Plain text that is not empty. */
export const systemText = v.pipe(personText(mostSystemLetters), v.trim(), v.minLength(1));

/** The system prompt until an admin writes another: it keeps the people in old and damaged photos recognisable. */
export const firstSystemPrompt: SystemPrompt = {
  version: 1,
  text: 'A private family photograph comes to life. Keep every face, age, body, hand and piece of clothing exactly as in the photograph; add no person, no text and no object; no cuts.',
};

/** Most characters of a whole prompt: every model takes as many, so a repeat at another model needs no new prompt. */
export const mostPromptLetters = 1000;

type PresetPrompt = Pick<Preset, 'prompt'>;

/** Characters of a system prompt that are never cut, even with the longest preset and the longest words of a person. */
export function lettersNeverCut(presets: readonly PresetPrompt[]): number {
  const longest = Math.max(...presets.map(({ prompt }) => prompt.length));
  return Math.min(mostSystemLetters, mostPromptLetters - maxWordsLength - longest - 2);
}

/**
 * The whole prompt: system prompt, preset and the person's words, at most `most` characters, which is what the model
 * takes. If it is too long, the system prompt loses its last sentences; if that is not enough, the preset does. The
 * person's words are cut only when they alone are longer than `most`.
 */
export function promptFor({
  system,
  preset,
  words,
  most,
}: {
  system: Pick<SystemPrompt, 'text'>;
  preset: PresetPrompt;
  words: string;
  most: number;
}): string {
  const room = Math.min(most, mostPromptLetters);
  const ownWords = words.trim().slice(0, room);
  const presetText = fitting(preset.prompt, room - lengthWithSpace(ownWords));
  const systemPart = fitting(system.text, room - lengthWithSpace(ownWords) - lengthWithSpace(presetText));
  return [systemPart, presetText, ownWords].filter(Boolean).join(' ');
}

/** Length of a part with the space that separates it from the part before it. */
const lengthWithSpace = (text: string) => (text === '' ? 0 : text.length + 1);

/** The longest beginning of `text` that fits and ends with a sentence; where not even one sentence fits, with a word. */
function fitting(text: string, room: number): string {
  if (text.length <= room) return text;
  const lastEnd = (ends: RegExp) =>
    [...text.matchAll(ends)].map((found) => found.index + found[0].length).findLast((end) => end <= room) ?? 0;
  return text.slice(0, lastEnd(/[.!?;]["”’)]*(?=\s)/g) || lastEnd(/\S(?=\s)/g));
}
