import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safePath } from './safe-path';

const hostile = [
  '//evil.com',
  '///evil.com',
  '/\\evil.com',
  '/\\/evil.com',
  '\\/evil.com',
  '\\\\evil.com',
  'https://evil.com',
  'https:evil.com',
  'http://echoes.test@evil.com',
  'javascript:alert(1)',
  'data:text/html,x',
  'evil.com',
  '',
  ' /projects',
  '/\t/evil.com',
  '/\n/evil.com',
  '/\r\nSet-Cookie: a=b',
  '/\u0000/evil.com',
  '/\u200b/evil.com',
  '/./\\evil.com',
  '/.//evil.com',
  '/x/..//evil.com',
  '/auth/google',
  '/AUTH/google/callback?code=1',
  '/sign-out',
  `/${'a'.repeat(2000)}`,
];

describe('the path after signing in', () => {
  it.each(hostile)('the path after signing in is never %j', (wanted) => {
    expect(safePath(wanted)).toBe('/projects');
  });

  it('the path after signing in is the wanted one if it is a page of Echoes', () => {
    expect(safePath('/projects/prj_1?play=1')).toBe('/projects/prj_1?play=1');
    expect(safePath('/credits')).toBe('/credits');
    expect(safePath(null)).toBe('/projects');
    expect(safePath('/')).toBe('/projects');
  });

  it('the path after signing in stays on our origin for any text', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '?',
      '#',
      '%2f',
      '%5c',
      '\t',
      'evil.com',
      'https:',
      'a',
    );
    const paths = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => `/${parts.join('')}`),
    );
    fc.assert(
      fc.property(paths, (wanted) => {
        const path = safePath(wanted);
        const led = new URL(path, 'https://echoes.test');
        return path.startsWith('/') && led.origin === 'https://echoes.test' && !led.pathname.startsWith('//');
      }),
      { numRuns: 10_000 },
    );
  });
});
