import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesTag, rangeAnswer, rangeOf } from './ranges';

const size = 100;
const part = (offset: number, length: number) => ({ kind: 'part', offset, length });

describe('range headers', () => {
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
  ])('a Range header of %s is read as the standard says', (header, answer) => {
    expect(rangeOf({ header, size })).toEqual(answer);
  });

  it('a range never leaves the object', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.option(fc.nat(300)), fc.option(fc.nat(300)), (length, first, last) => {
        const answer = rangeOf({ header: `bytes=${first ?? ''}-${last ?? ''}`, size: length });
        if (answer.kind !== 'part') return true;
        return answer.length > 0 && answer.offset >= 0 && answer.offset + answer.length <= length;
      }),
    );
  });
});

describe('entity tags', () => {
  it('an entity tag matches itself, its weak form, a list that holds it, and a star', () => {
    for (const header of ['"a"', 'W/"a"', '"b", "a"', '*']) expect(matchesTag({ header, etag: '"a"' })).toBe(true);
    for (const header of ['"b"', 'a', '', null]) expect(matchesTag({ header, etag: '"a"' })).toBe(false);
  });
});

describe('the answer to a range request', () => {
  const bytes = Uint8Array.from({ length: size }, (_, index) => index);
  const answerTo = (asked: Record<string, string>, method = 'GET') =>
    rangeAnswer({
      request: new Request('https://echoes.test/a.mp4', { method, headers: asked }),
      headers: { 'Content-Type': 'video/mp4', 'Content-Length': 'wrong' },
      etag: '"a"',
      size,
    });

  it('consecutive parts add up to the object', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: size }), (step) => {
        const together: number[] = [];
        for (let from = 0; from < size; from += step) {
          const { status, headers, part } = answerTo({ Range: `bytes=${from}-${from + step - 1}` });
          expect(status).toBe(206);
          const { offset = 0, length = 0 } = part ?? {};
          expect(headers.get('Content-Range')).toBe(`bytes ${offset}-${offset + length - 1}/${size}`);
          expect(headers.get('Content-Length')).toBe(String(length));
          together.push(...bytes.subarray(offset, offset + length));
        }
        expect(together).toEqual([...bytes]);
      }),
    );
  });

  it('a range past the end is refused with the size of the object, and without a length', () => {
    const { status, headers, part } = answerTo({ Range: 'bytes=100-' });
    expect([status, part]).toEqual([416, null]);
    expect(headers.get('Content-Range')).toBe('bytes */100');
    expect(headers.has('Content-Length')).toBe(false);
  });

  it('HEAD and a foreign If-Range get the whole object, and a known tag gets 304', () => {
    const whole = { offset: 0, length: size };
    expect(answerTo({ Range: 'bytes=0-1' }, 'HEAD')).toMatchObject({ status: 200, part: whole });
    expect(answerTo({ Range: 'bytes=0-1', 'If-Range': '"b"' })).toMatchObject({ status: 200, part: whole });
    expect(answerTo({ Range: 'bytes=0-1', 'If-Range': '"a"' }).status).toBe(206);
    expect(answerTo({ Range: 'bytes=0-1', 'If-None-Match': 'W/"a"' })).toMatchObject({ status: 304, part: null });
  });

  it('every answer says that ranges are accepted', () => {
    for (const asked of [{}, { Range: 'bytes=0-1' }, { Range: 'bytes=100-' }, { 'If-None-Match': '"a"' }])
      expect(answerTo(asked as Record<string, string>).headers.get('Accept-Ranges')).toBe('bytes');
  });
});
