import * as v from 'valibot';
import type { GenerationState } from '~/generations/pipeline/states';

/** The key a page makes before it asks for something paid: ULID-like or any other 8 to 64 plain characters. */
export const requestKeySchema = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/));

/** `duplicate`: asked before with the same key; this is the first result, and nothing was paid twice. */
export type StartOutcome =
  | Started
  | { outcome: 'duplicate'; generationId: string; state: GenerationState }
  | { outcome: 'no-credit'; balance: number; cost: number }
  | { outcome: 'already-open' }
  | { outcome: 'not-found' }
  | { outcome: 'too-many-open'; most: number }
  | { outcome: 'unavailable' }
  | Later<'paused'>
  | (Later<'too-many-refused'> & { most: number });

/** `refusalsLeft`: only this many more pictures may be declined today; left out while that is far away. */
type Started = { outcome: 'started'; generationId: string; refusalsLeft?: number };

/** Not now: nothing was charged, and it may be asked again at `until` (ms since 1970). */
type Later<Outcome> = { outcome: Outcome; until: number; retryAfterSeconds: number };

/** An answer that says when to come back. */
export function later<Outcome extends string>(outcome: Outcome, until: number, now: number): Later<Outcome> {
  return { outcome, until, retryAfterSeconds: Math.max(1, Math.ceil((until - now) / 1000)) };
}

/** What each outcome is in HTTP. */
export const startStatus: Readonly<Record<StartOutcome['outcome'], number>> = {
  started: 200,
  duplicate: 200,
  'no-credit': 402,
  'already-open': 409,
  'not-found': 404,
  'too-many-open': 429,
  unavailable: 503,
  paused: 503,
  'too-many-refused': 429,
};

/** Status and headers of an answer to a wish for a try. */
export function startInit(result: StartOutcome): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> =
    'retryAfterSeconds' in result ? { 'Retry-After': String(result.retryAfterSeconds) } : {};
  return { status: startStatus[result.outcome], headers };
}
