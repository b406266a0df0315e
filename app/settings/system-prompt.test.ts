import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { maxWordsLength } from './preset-choice';
import { firstPresets } from './presets';
import { firstSystemPrompt, lettersNeverCut, mostPromptLetters, promptFor, systemText } from './system-prompt';

const letters = (most: number) => fc.string({ unit: 'binary', maxLength: most }).map((text) => text.slice(0, most));
const sentences = fc
  .array(fc.constantFrom('Keep every face.', 'No cuts;', 'a warm evening', 'Nobody is added!', '“So it was.”', '🌊'), {
    minLength: 1,
    maxLength: 60,
  })
  .map((parts) => parts.join(' ').slice(0, 600).trim());
const anything = {
  system: fc.oneof(sentences, letters(600)),
  preset: fc.constantFrom(...firstPresets),
  words: letters(500),
};
const promptOf = ({ system, ...rest }: { system: string; preset: { prompt: string }; words: string; most: number }) =>
  promptFor({ system: { text: system }, ...rest });

describe('a prompt', () => {
  it('is never longer than the model takes, nor than every model does', () => {
    fc.assert(
      fc.property(fc.record({ ...anything, most: fc.nat(2500) }), (given) => {
        expect(promptOf(given).length).toBeLessThanOrEqual(Math.min(given.most, mostPromptLetters));
      }),
    );
  });

  it('ends with every one of the person’s words, whatever stands before them', () => {
    fc.assert(
      fc.property(fc.record({ ...anything, most: fc.integer({ min: maxWordsLength, max: 2500 }) }), (given) => {
        expect(promptOf(given).endsWith(given.words.trim())).toBe(true);
      }),
    );
  });

  it('holds the whole way to move wherever a model has the thousand letters that all of ours have', () => {
    fc.assert(
      fc.property(fc.record(anything), (given) => {
        expect(promptOf({ ...given, most: 1000 })).toContain(given.preset.prompt);
      }),
    );
  });

  it('holds the system prompt from its beginning: whole where there is room, else whole sentences or words of it', () => {
    fc.assert(
      fc.property(fc.record({ ...anything, system: sentences }), ({ system, preset, words }) => {
        const kept = promptOf({ system, preset, words, most: 1000 }).split(preset.prompt)[0]?.trim() ?? '';
        const whole = [system, preset.prompt, words.trim()].filter(Boolean).join(' ');
        expect(system.startsWith(kept)).toBe(true);
        expect(kept === system).toBe(whole.length <= 1000);
        if (kept !== system) expect(system.slice(kept.length)).toMatch(/^\s/);
      }),
    );
  });

  it('loses its last sentence, never half of one, where a person has written very much', () => {
    const system = `Keep every face. ${'Warm light, '.repeat(35)}soft. No cuts.`;
    const prompt = promptOf({
      system,
      preset: firstPresets[0] as (typeof firstPresets)[number],
      words: 'w'.repeat(500),
      most: 1000,
    });
    expect(prompt).toBe(`Keep every face. ${firstPresets[0]?.prompt} ${'w'.repeat(500)}`);
  });

  it('keeps as many letters of any system prompt as the desk promises', () => {
    const promised = lettersNeverCut(firstPresets);
    expect(promised).toBeGreaterThan(firstSystemPrompt.text.length);
    fc.assert(
      fc.property(fc.record(anything), ({ preset, words, system }) => {
        const text = system.slice(0, promised);
        expect(promptOf({ system: text, preset, words, most: 1000 }).startsWith(text)).toBe(true);
      }),
    );
  });
});

describe('a system prompt', () => {
  it('is text of 1 to 600 letters', () => {
    const isFine = (text: unknown) => v.safeParse(systemText, text).success;
    expect(isFine(firstSystemPrompt.text)).toBe(true);
    expect(['', ' \n ', 'x'.repeat(601), 5, null, undefined].filter(isFine)).toEqual([]);
    expect(v.parse(systemText, '  Keep\u0000 every\r\nface. ')).toBe('Keep every\nface.');
  });
});
