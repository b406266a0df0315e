import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesTag, rangeOf } from './ranges';

const size = 100;
const part = (offset: number, length: number) => ({ kind: 'part', offset, length });

describe('a range header', () => {
  it.each([
    ['bytes=0-9', part(0, 10)],
    ['bytes=90-', part(90, 10)],
    ['bytes=-10', part(90, 10)],
    ['bytes=-500', part(0, 100)],
    ['bytes=99-500', part(99, 1)],
    ['bytes=100-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=9-3', { kind: 'whole' }],
    ['bytes=0-1,4-5', { kind: 'whole' }],
    ['items=0-1', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    [null, { kind: 'whole' }],
  ])('%s', (header, answer) => {
    expect(rangeOf({ header, size })).toEqual(answer);
  });

  it('never leads outside the object', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.option(fc.nat(300)), fc.option(fc.nat(300)), (length, first, last) => {
        const answer = rangeOf({ header: `bytes=${first ?? ''}-${last ?? ''}`, size: length });
        if (answer.kind !== 'part') return true;
        return answer.length > 0 && answer.offset >= 0 && answer.offset + answer.length <= length;
      }),
    );
  });
});

describe('an entity tag', () => {
  it('matches itself, weakly, in a list, or a star', () => {
    for (const header of ['"a"', 'W/"a"', '"b", "a"', '*']) expect(matchesTag({ header, etag: '"a"' })).toBe(true);
    for (const header of ['"b"', 'a', '', null]) expect(matchesTag({ header, etag: '"a"' })).toBe(false);
  });
});
