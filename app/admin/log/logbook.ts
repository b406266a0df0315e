/** A line as it lies in the book. `line` is JSON, masked. */
export interface KeptLine {
  id: number;
  at: number;
  requestId: string | null;
  generationId: string | null;
  userId: string | null;
  event: string;
  line: string;
}

export interface LinesAsked {
  requestId?: string | undefined;
  generationId?: string | undefined;
  userId?: string | undefined;
  before?: number | undefined;
  limit: number;
}

/** Seconds between the heartbeats of an open tail. */
export const tailHeartbeatSeconds = 60;

/** What a line says beyond what it is found by, in the order in which it was written: `call submit · outcome accepted`. */
export function saidIn(line: string): readonly (readonly [name: string, value: string])[] {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return [['line', line]];
  }
  return Object.entries(said as Record<string, unknown>)
    .filter(([name]) => !foundBy.includes(name))
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

const foundBy = ['event', 'requestId', 'generationId', 'userId'];

/** The kind of an id by its first letters, as the log's address names it; null for anything else. */
export function askedBy(id: string): 'request' | 'generation' | 'user' | null {
  const kinds = { req: 'request', gen: 'generation', usr: 'user', swe: 'request' } as const;
  return kinds[id.slice(0, 3) as keyof typeof kinds] ?? null;
}
