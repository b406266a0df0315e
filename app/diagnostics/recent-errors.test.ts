import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorLimits, forgetErrors, inWords, noteError, readErrors, withoutSecrets } from './recent-errors';

function memory(start: Record<string, string> = {}) {
  const kept = new Map(Object.entries(start));
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('the errors remembered on a device', () => {
  it('the device keeps the newest errors, oldest first, each of limited length', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2000 }), { maxLength: 60 }), (texts) => {
        const store = memory();
        for (const [at, text] of texts.entries()) noteError(store, { at, path: `/${text}`, text });
        const errors = readErrors(store);
        const first = Math.max(0, texts.length - errorLimits.count);
        expect(errors.map(({ at }) => at)).toEqual([...texts.keys()].slice(first));
        for (const { path, text } of errors) {
          expect(text.length).toBeLessThanOrEqual(errorLimits.text);
          expect(path.length).toBeLessThanOrEqual(errorLimits.path);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('errors are not kept if the storage holds another value, is full or forbidden', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const store = memory({ 'echoes-recent-errors': text });
        for (const { at } of readErrors(store)) expect(typeof at).toBe('number');
        noteError(store, { at: 7, path: '/', text: 'after' });
        expect(readErrors(store).at(-1)).toEqual({ at: 7, path: '/', text: 'after' });
      }),
    );
    const refuses = () => {
      throw new Error('denied');
    };
    const denied = { getItem: refuses, setItem: refuses, removeItem: refuses };
    noteError(denied, { at: 1, path: '/', text: 'lost' });
    forgetErrors(denied);
    expect(readErrors(denied)).toEqual([]);
  });

  it('forgetting errors removes them from the device', () => {
    const store = memory();
    noteError(store, { at: 1, path: '/', text: 'a' });
    forgetErrors(store);
    expect(readErrors(store)).toEqual([]);
  });

  it.each([
    ['Did not load: video /media/usr_1/gen_2.mp4?sig=abc', 'Did not load: video /media/…'],
    ['at play (https://echoes.example/s/01ABC/x?y=1)', 'at play (https://echoes.example/s/…)'],
    ['joined by /r/abcd2345', 'joined by /r/…'],
    ['no account for grace@echoes.test here', 'no account for … here'],
    ['cannot open Granny_1952.HEIC', 'cannot open ….HEIC'],
    [`token ${'a1'.repeat(30)}`, 'token …'],
    ['TypeError: x is not a function at f (/assets/studio-a1b2.js:1:20)', undefined],
  ])('a kept error has no secret, address or name: %s', (text, expected = text) => {
    expect(withoutSecrets(text)).toBe(expected);
  });
});

describe('an error as text', () => {
  const withStack = (stack: string) => Object.assign(new TypeError('It stopped at byte 7'), { stack });
  it.each([
    ['Chromium', 'TypeError: It stopped at byte 7\n    at draw (https://echoes.test/a.js:1:20)', 'at draw'],
    ['Firefox', 'draw@https://echoes.test/a.js:1:20\nnext@https://echoes.test/a.js:2:1', 'draw@'],
    ['WebKit', 'draw@https://echoes.test/a.js:1:20\n@https://echoes.test/a.js:2:1', 'draw@'],
  ])('an error of %s as text names its message once, and the line it came from', (_engine, stack, from) => {
    expect(inWords(withStack(stack))).toMatch(
      new RegExp(`^TypeError: It stopped at byte 7 ${from}[^\\n]*a\\.js:1:20\\)?$`),
    );
  });

  it('an error without a stack, or that is none, is its own text', () => {
    expect(inWords(withStack(''))).toBe('TypeError: It stopped at byte 7');
    expect(inWords('gone')).toBe('gone');
  });
});
