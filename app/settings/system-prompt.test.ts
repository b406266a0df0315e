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
  it('a prompt is never longer than its model or any model takes', () => {
    fc.assert(
      fc.property(fc.record({ ...anything, most: fc.nat(2500) }), (given) => {
        expect(promptOf(given).length).toBeLessThanOrEqual(Math.min(given.most, mostPromptLetters));
      }),
    );
  });

  it('a prompt ends with all words of the person', () => {
    fc.assert(
      fc.property(fc.record({ ...anything, most: fc.integer({ min: maxWordsLength, max: 2500 }) }), (given) => {
        expect(promptOf(given).endsWith(given.words.trim())).toBe(true);
      }),
    );
  });

  it('a prompt of a thousand characters holds the whole preset', () => {
    fc.assert(
      fc.property(fc.record(anything), (given) => {
        expect(promptOf({ ...given, most: 1000 })).toContain(given.preset.prompt);
      }),
    );
  });

  it('a prompt begins with the system prompt, cut at sentences or words if it is too long', () => {
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

  it('a long text of the person costs the system prompt whole sentences', () => {
    const system = `Keep every face. ${'Warm light, '.repeat(35)}soft. No cuts.`;
    const prompt = promptOf({
      system,
      preset: firstPresets[0] as (typeof firstPresets)[number],
      words: 'w'.repeat(500),
      most: 1000,
    });
    expect(prompt).toBe(`Keep every face. ${firstPresets[0]?.prompt} ${'w'.repeat(500)}`);
  });

  it('the admin’s promised number of characters is never cut from a system prompt', () => {
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
  it('a system prompt has 1 to 600 characters', () => {
    const isFine = (text: unknown) => v.safeParse(systemText, text).success;
    expect(isFine(firstSystemPrompt.text)).toBe(true);
    expect(['', ' \n ', 'x'.repeat(601), 5, null, undefined].filter(isFine)).toEqual([]);
    expect(v.parse(systemText, '  Keep\u0000 every\r\nface. ')).toBe('Keep every\nface.');
  });
});
