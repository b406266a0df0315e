/** The length of a text as the laws of the schema count it: an emoji or a letter of any script is one character. */
export function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The longest beginning of `text` of at most `most` characters that does not end inside of what a reader sees as one. */
export function fitText(text: string, most: number): string {
  if (charactersOf(text) <= most) return text;
  let kept = '';
  let left = most;
  for (const part of partsOf(text)) {
    left -= charactersOf(part);
    if (left < 0) break;
    kept += part;
  }
  return kept;
}

/** What a reader sees as single characters. Firefox before 125 has no `Segmenter`: there, a family of emoji may be cut. */
function partsOf(text: string): Iterable<string> {
  if (!('Segmenter' in Intl)) return text;
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
}
