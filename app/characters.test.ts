import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { charactersOf, fitText } from './characters';

afterEach(() => vi.unstubAllGlobals());

const family = '👨‍👩‍👧‍👦';

describe('the length of a text', () => {
  it('counts an emoji as one character', () => {
    expect(charactersOf('Oma 🌷')).toBe(5);
  });
});

describe('a text that is too long', () => {
  it('never ends inside of a family of emoji', () => {
    expect(fitText(`Oma ${family}`, 8)).toBe('Oma ');
    expect(fitText(`Oma ${family}`, 11)).toBe(`Oma ${family}`);
  });

  it('never ends between a letter and its accent', () => {
    expect(fitText('na\u0308chste', 2)).toBe('n');
  });

  it('is a beginning of itself, within its limit, and whole if it fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, most) => {
        const fitted = fitText(text, most);
        expect(text.startsWith(fitted)).toBe(true);
        expect(charactersOf(fitted)).toBeLessThanOrEqual(most);
        if (charactersOf(text) <= most) expect(fitted).toBe(text);
      }),
    );
  });

  it('ends at the limit where the browser has no Segmenter', () => {
    vi.stubGlobal('Intl', {});
    expect(fitText('🌷🌷🌷', 2)).toBe('🌷🌷');
  });
});
