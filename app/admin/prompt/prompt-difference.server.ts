import { diffWordsWithSpace } from 'diff';
import type { DifferencePart } from './prompt';

/** What changed from one text to another, word by word. The same texts are one run, or none where there is no text. */
export function difference(from: string, to: string): DifferencePart[] {
  return diffWordsWithSpace(from, to).map(({ value, added, removed }) => ({
    text: value,
    kind: added ? 'added' : removed ? 'removed' : 'same',
  }));
}
