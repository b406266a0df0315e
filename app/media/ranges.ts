/** What a Range header asks for, once the size is known. `whole`: answer as if it had not been there (RFC 9110 §14.2). */
export type RangeAnswer =
  | { kind: 'whole' }
  | { kind: 'part'; offset: number; length: number }
  | { kind: 'unsatisfiable' };

/**
 * Reads a Range header ourselves: the storage answers a range past the end with the whole object. Several ranges in one
 * header, other units and nonsense count as no range. `size` in bytes.
 */
export function rangeOf({ header, size }: { header: string | null | undefined; size: number }): RangeAnswer {
  const found = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '');
  const [, first = '', last = ''] = found ?? [];
  if (!found || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') {
    const length = Math.min(size, Number(last));
    return length > 0 ? { kind: 'part', offset: size - length, length } : { kind: 'unsatisfiable' };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return { kind: 'whole' };
  if (from >= size) return { kind: 'unsatisfiable' };
  const to = last === '' ? size - 1 : Math.min(size - 1, Number(last));
  return { kind: 'part', offset: from, length: to - from + 1 };
}

/** True when an If-None-Match header names this entity tag (weakly compared, as the standard wants). */
export function matchesTag({ header, etag }: { header: string | null | undefined; etag: string }): boolean {
  if (!header) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
