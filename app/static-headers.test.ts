import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const file = readFileSync(resolve(import.meta.dirname, '../public/_headers'), 'utf8');

/** The headers that public/_headers gives to a path: of each pattern that it matches. */
function headersOf(path: string): Record<string, string> {
  const found: Record<string, string> = {};
  let applies = false;
  for (const line of file.split('\n').filter((one) => one.trim() !== '' && !one.trim().startsWith('#'))) {
    const [name = '', ...value] = line.split(': ');
    if (!line.startsWith(' ')) applies = line.endsWith('*') ? path.startsWith(line.slice(0, -1)) : path === line;
    else if (applies) found[name.trim()] = value.join(': ');
  }
  return found;
}

describe('static files, which the platform serves without the Worker', () => {
  it('static files have the security headers of every answer', () => {
    for (const path of ['/favicon.svg', '/sw.js', '/assets/entry.client-abc.js', '/film/one.jpg'])
      expect(headersOf(path)).toMatchObject({
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'strict-origin-when-cross-origin',
        'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      });
  });
});
