import type { GenerationState } from '~/generations/pipeline/states';

/** What can be wrong with a clip, in the order of the form; `words` is what the person reads. */
export const complaints = [
  { reason: 'wrong-face', words: 'A face is not right' },
  { reason: 'odd-movement', words: 'Something moves oddly' },
  { reason: 'other', words: 'Something else' },
] as const;

export type ComplaintReason = (typeof complaints)[number]['reason'];

/** Most characters of the person's own words. */
export const maxComplaintLength = 500;

/** The free second try of a clip: `isFree` if a complaint now starts the clip's next generation at no cost. */
export interface SecondTry {
  isFree: boolean;
}

/**
 * The result of a complaint, beside the reasons why no generation starts. `started`: the free second generation is under
 * way. `duplicate`: the same complaint has started this one before. `noted`: stored; the free one is used, and the next
 * costs `cost` credits. `not-ready`: the generation has no video.
 */
export type ComplaintOutcome =
  | { outcome: 'started'; generationId: string }
  | { outcome: 'duplicate'; generationId: string; state: GenerationState }
  | { outcome: 'noted'; cost: number }
  | { outcome: 'not-ready' };
