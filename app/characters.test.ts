import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { charactersOf, fitText } from './characters';

afterEach(() => vi.unstubAllGlobals());

const family = '👨‍👩‍👧‍👦';

describe('the length of a text', () => {
  it('an emoji counts as one character', () => {
    expect(charactersOf('Oma 🌷')).toBe(5);
  });
});

describe('a text that is too long', () => {
  it('a text that is too long never ends inside of a family of emoji', () => {
    expect(fitText(`Oma ${family}`, 8)).toBe('Oma ');
    expect(fitText(`Oma ${family}`, 11)).toBe(`Oma ${family}`);
  });

  it('a text that is too long never ends between a letter and its accent', () => {
    expect(fitText('na\u0308chste', 2)).toBe('n');
  });

  it('a fitted text is a beginning of the text, within its limit, and whole if that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, most) => {
        const fitted = fitText(text, most);
        expect(text.startsWith(fitted)).toBe(true);
        expect(charactersOf(fitted)).toBeLessThanOrEqual(most);
        if (charactersOf(text) <= most) expect(fitted).toBe(text);
      }),
    );
  });

  it('a text that is too long ends at the limit where the browser has no Segmenter', () => {
    vi.stubGlobal('Intl', {});
    expect(fitText('🌷🌷🌷', 2)).toBe('🌷🌷');
  });
});
