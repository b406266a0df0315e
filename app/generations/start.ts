import * as v from 'valibot';
import type { GenerationState } from '~/generations/pipeline/states';

/** The request key of a paid request: 8 to 64 letters, digits, `_` or `-`. */
export const requestKeySchema = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/));

/** `duplicate`: the request key was used before; this is its first result, and nothing was paid twice. */
export type StartOutcome =
  | Started
  | { outcome: 'duplicate'; generationId: string; state: GenerationState }
  | { outcome: 'no-credit'; balance: number; cost: number }
  | { outcome: 'already-open' }
  | { outcome: 'not-found' }
  | { outcome: 'too-many-open'; most: number }
  | { outcome: 'unavailable' }
  /** Nothing new is begun for now; `notice` is the owner's message. */
  | { outcome: 'maintenance'; notice: string }
  | Later<'paused'>
  /** The only providers for it rest until an admin wakes them. */
  | { outcome: 'paused'; retryAfterSeconds: number }
  | (Later<'too-many-refused'> & { most: number });

/** `refusalsLeft`: how many more pictures providers may decline today; left out while the limit is far away. */
type Started = { outcome: 'started'; generationId: string; refusalsLeft?: number };

/** Nothing was charged; the request may be sent again at `until` (ms since 1970). */
type Later<Outcome> = { outcome: Outcome; until: number; retryAfterSeconds: number };

/** The outcome of a request that may be sent again at `until`; times in ms. */
export function later<Outcome extends string>(outcome: Outcome, until: number, now: number): Later<Outcome> {
  return { outcome, until, retryAfterSeconds: Math.max(1, Math.ceil((until - now) / 1000)) };
}

/** The HTTP status of each outcome. */
export const startStatus: Readonly<Record<StartOutcome['outcome'], number>> = {
  started: 200,
  duplicate: 200,
  'no-credit': 402,
  'already-open': 409,
  'not-found': 404,
  'too-many-open': 429,
  unavailable: 503,
  maintenance: 503,
  paused: 503,
  'too-many-refused': 429,
};

/** Status and headers of the response to a start. */
export function startInit(result: StartOutcome): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> =
    'retryAfterSeconds' in result ? { 'Retry-After': String(result.retryAfterSeconds) } : {};
  return { status: startStatus[result.outcome], headers };
}
