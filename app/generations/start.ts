import * as v from 'valibot';
import type { GenerationState } from './states';

/** The key a page makes before it asks for something paid: ULID-like or any other 8 to 64 plain characters. */
export const requestKeySchema = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/));

/** `duplicate`: asked before with the same key; this is the first result, and nothing was paid twice. */
export type StartOutcome =
  | { outcome: 'started'; generationId: string }
  | { outcome: 'duplicate'; generationId: string; state: GenerationState }
  | { outcome: 'no-credit'; balance: number; cost: number }
  | { outcome: 'already-open' }
  | { outcome: 'not-found' }
  | { outcome: 'too-many-open'; most: number }
  | { outcome: 'unavailable' };

/** What each outcome is in HTTP. */
export const startStatus: Readonly<Record<StartOutcome['outcome'], number>> = {
  started: 200,
  duplicate: 200,
  'no-credit': 402,
  'already-open': 409,
  'not-found': 404,
  'too-many-open': 429,
  unavailable: 503,
};
