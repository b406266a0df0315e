/** The neighbours of a clip in the film; null is the film's start or end. */
export interface Neighbours {
  after: string | null;
  before: string | null;
}

/** The neighbours a clip gets when it moves to `index` (counted without itself); null when it is there already. */
export function neighboursAt(ids: readonly string[], id: string, index: number): Neighbours | null {
  const from = ids.indexOf(id);
  if (from < 0) return null;
  const others = ids.filter((other) => other !== id);
  const to = Math.min(others.length, Math.max(0, index));
  if (to === from) return null;
  return { after: others[to - 1] ?? null, before: others[to] ?? null };
}

/** Sorts before every character of a position that the server has chosen. */
const mark = '!'.charCodeAt(0);

/**
 * A position right after `left` and before `right`, the next one, until the server has chosen the true one. Null is the
 * film's start or end.
 */
export function positionMeanwhile(left: string | null, right: string | null): string {
  const start = left ?? '';
  // Between two positions of which the second was made here, too, a still lower mark.
  const next = right?.startsWith(start) ? right.charCodeAt(start.length) : mark + 1;
  return start + String.fromCharCode(Math.min(mark, next - 1));
}

/** The same neighbours, behind the hidden clips that follow the one before: these stay with it. */
export function behindHidden(
  ids: readonly string[],
  hidden: ReadonlySet<string>,
  { after, before }: Neighbours,
): Neighbours {
  if (after === null) return { after, before };
  let at = ids.indexOf(after);
  while (hidden.has(ids[at + 1] ?? '')) at++;
  return { after: ids[at] ?? after, before };
}

/** Clips in the order of the film: by position, byte by byte, then by id, which is the same on every device. */
export function inOrder<T extends { id: string; position: string }>(clips: readonly T[]): T[] {
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...clips].sort((a, b) => compare(a.position, b.position) || compare(a.id, b.id));
}
