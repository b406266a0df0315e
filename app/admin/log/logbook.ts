/** A kept line of the log. `at` in ms since 1970; `line` is JSON without secrets. */
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

/** The fields of a line without its event and ids, in the order in which they were written. */
export function fieldsIn(line: string): readonly (readonly [name: string, value: string])[] {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return [['line', line]];
  }
  return Object.entries(fields as Record<string, unknown>)
    .filter(([name]) => !foundBy.includes(name))
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

const foundBy = ['event', 'requestId', 'generationId', 'userId'];

/** The kind of an id by its prefix, as the log's address names it; null for any other text. */
export function kindOfId(id: string): 'request' | 'generation' | 'user' | null {
  const kinds = { req: 'request', gen: 'generation', usr: 'user', swe: 'request' } as const;
  return kinds[id.slice(0, 3) as keyof typeof kinds] ?? null;
}
