import type { GenerationState } from '~/generations/pipeline/states';

/** What can be wrong with a clip, in the order it is offered; the words are the person's. */
export const complaints = [
  { reason: 'wrong-face', words: 'A face is not right' },
  { reason: 'odd-movement', words: 'Something moves oddly' },
  { reason: 'other', words: 'Something else' },
] as const;

export type ComplaintReason = (typeof complaints)[number]['reason'];

/** Most letters of what a person may add in their own words. */
export const maxComplaintLength = 500;

/** Whether saying what is wrong with a clip starts its next try for nothing. */
export interface SecondTry {
  isFree: boolean;
}

/**
 * What telling us came to, beside what may keep a try from starting. `started`: the second try is under way and free.
 * `duplicate`: it is the one that this answer has started before. `noted`: kept; the free one was used, and the next
 * costs `cost` credits. `not-ready`: there is no clip yet to say something about.
 */
export type ComplaintOutcome =
  | { outcome: 'started'; generationId: string }
  | { outcome: 'duplicate'; generationId: string; state: GenerationState }
  | { outcome: 'noted'; cost: number }
  | { outcome: 'not-ready' };
