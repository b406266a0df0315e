import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('the icon sprite', () => {
  it('the sprite holds every icon that has a name, and no other', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
    const named = [...read('./icon.tsx').matchAll(/^ {2}\| '([a-z0-9-]+)'/gm)].map(([, name]) => name);
    const drawn = [...read('./icons.svg').matchAll(/<symbol id="([^"]+)"/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(40);
    expect(drawn).toEqual(named);
  });
});
