import { describe, expect, it } from 'vitest';
import { flash, flashMessage, readFlash, withoutFlash } from './flash';

describe('flash', () => {
  it.each([
    ['/admin/money', '/admin/money?flash=done'],
    ['/?returnTo=%2Fx', '/?returnTo=%2Fx&flash=done'],
    ['/admin/settings#provider', '/admin/settings?flash=done#provider'],
    ['/a?flash=before', '/a?flash=done'],
  ])('a flash code is added to %s, which keeps query and fragment', (path, expected) => {
    expect(flash(path, 'done')).toBe(expected);
    expect(readFlash(new URL(flash(path, 'done'), 'https://echoes.test').searchParams)).toBe('done');
  });

  it.each([
    ['/a?flash=done', '/a'],
    ['/a?flash=done&b=c#d', '/a?b=c#d'],
    ['/a?b=c', '/a?b=c'],
    ['/a#d', '/a#d'],
  ])('a flash code is removed from %s', (path, expected) => {
    expect(withoutFlash(path)).toBe(expected);
  });

  it('a flash code is escaped into one value', () => {
    const { searchParams } = new URL(flash('/a', 'b&c=d#e'), 'https://echoes.test');
    expect([...searchParams]).toEqual([['flash', 'b&c=d#e']]);
  });

  it('only own flash codes have a sentence', () => {
    const messages = { done: 'It is done.' };
    expect(flashMessage(new URLSearchParams('flash=done'), messages)).toBe('It is done.');
    for (const search of ['', 'flash=', 'flash=constructor', 'flash=other'])
      expect(flashMessage(new URLSearchParams(search), messages)).toBeNull();
  });
});
