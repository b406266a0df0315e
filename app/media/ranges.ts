/** A Range header for an object of known size. `whole`: answer as if there were no header (RFC 9110 §14.2). */
export type RangeAnswer =
  | { kind: 'whole' }
  | { kind: 'part'; offset: number; length: number }
  | { kind: 'unsatisfiable' };

/**
 * Reads a Range header for an object of `size` bytes. Several ranges, other units and malformed headers count as no range.
 * R2's own reading is not used: it answers a range past the end with the whole object.
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

/** True when an If-None-Match header names this entity tag, compared weakly (RFC 9110 §13.1.2). */
export function matchesTag({ header, etag }: { header: string | null | undefined; etag: string }): boolean {
  if (!header) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/**
 * Status and headers of the answer to GET or HEAD for an object, and the `part` of it (in bytes) that is the body of GET:
 * 200, 206, 304 or 416. `headers` are those that every such answer carries.
 */
export function rangeAnswer({
  request,
  headers,
  etag,
  size,
}: {
  request: Pick<Request, 'method' | 'headers'>;
  headers: HeadersInit;
  etag: string;
  size: number;
}): { status: number; headers: Headers; part: { offset: number; length: number } | null } {
  const answer = new Headers(headers);
  answer.set('Accept-Ranges', 'bytes');
  if (matchesTag({ header: request.headers.get('If-None-Match'), etag })) {
    answer.delete('Content-Length');
    return { status: 304, headers: answer, part: null };
  }

  // Ranges are defined for GET alone. If-Range asks for a part only of the object with that tag.
  const condition = request.headers.get('If-Range');
  const isAsked = request.method === 'GET' && (condition === null || condition === etag);
  const header = isAsked ? request.headers.get('Range') : null;
  const range = rangeOf({ header, size });
  if (range.kind === 'unsatisfiable') {
    answer.set('Content-Range', `bytes */${size}`);
    answer.delete('Content-Length');
    return { status: 416, headers: answer, part: null };
  }
  const part = range.kind === 'part' ? { offset: range.offset, length: range.length } : { offset: 0, length: size };
  if (range.kind === 'part')
    answer.set('Content-Range', `bytes ${part.offset}-${part.offset + part.length - 1}/${size}`);
  answer.set('Content-Length', String(part.length));
  return { status: range.kind === 'part' ? 206 : 200, headers: answer, part };
}
