import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'player.css'), 'utf8');

/** The text of every `@layer` block. */
function layered(text: string): string {
  const blocks: string[] = [];
  for (const { index } of text.matchAll(/@layer [\w-]+ \{/g)) {
    let depth = 0;
    let end = text.indexOf('{', index);
    do {
      if (text[end] === '{') depth += 1;
      if (text[end] === '}') depth -= 1;
      end += 1;
    } while (depth > 0);
    blocks.push(text.slice(index, end));
  }
  return blocks.join('\n');
}

it('keeps the rules of states outside the layers, where no utility on the same element beats them', () => {
  const state = /data-film-state|data-film-shown|data-when|:fullscreen/;
  expect(css).toMatch(state);
  expect(layered(css)).toContain('.film-stage {');
  expect(layered(css)).not.toMatch(state);
});
