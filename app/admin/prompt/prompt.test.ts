import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf, shareText } from './prompt';

describe('the share of a count', () => {
  it('a share is shown with its bounds for a large count, and not for a small one', () => {
    expect(shareText(shareOf(46, 50))).toBe('46 of 50: 92 % (81 to 97)');
    expect(shareText(shareOf(3, 4))).toBe('3 of 4');
    expect(shareText(shareOf(0, 0))).toBe('None yet');
  });

  it('a share lies within its bounds, and its bounds within 0 and 100', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (of, part) => {
        const { percent } = shareOf(Math.round(of * part), of);
        if (!percent) throw new Error('there are enough');
        expect([0, percent.low, percent.share, percent.high, 100]).toEqual(
          [0, percent.low, percent.share, percent.high, 100].sort((a, b) => a - b),
        );
      }),
    );
  });
});
