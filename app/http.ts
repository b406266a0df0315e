// What comes over HTTP, from either side: how many bytes are read, for how long, and words of links from messages.

/** Reads a whole body. Returns null, and reads no further, where it is longer than `mostBytes` or says so. */
export async function readLimited(message: Request | Response, mostBytes: number): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const isTooLong = () => size > mostBytes || Number(message.headers.get('Content-Length') ?? 0) > mostBytes;
  const reader = message.body?.getReader();
  while (reader && !isTooLong()) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    parts.push(value);
  }
  if (!isTooLong()) return Buffer.concat(parts);
  await reader?.cancel();
  return null;
}

/**
 * Runs work that is aborted after this time. The timer ends with the work: that of `AbortSignal.timeout` would run on
 * and keep a Durable Object awake, and billed, until it fires.
 */
export async function within<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('it took too long')), milliseconds);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** The last word of a link without what a sentence or a messenger put behind it: a full stop, a bracket, a quotation mark. */
export function linkWord(text: string | undefined): string {
  return (text ?? '').replace(/[^A-Za-z0-9_-]+$/, '');
}
