import { encodeTime } from 'ulid';
import type { generationMessages } from '~/admin/outcome-messages';
import type { GenerationState } from '~/generations/pipeline/states';
import type { FailureReason } from '~/providers/failure-messages';

/** One generation as a row of the list. Times in ms since 1970. */
export interface GenerationRow {
  id: string;
  userId: string;
  /** Null once the account is deleted. */
  name: string | null;
  state: GenerationState;
  createdAt: number;
  stateAt: number;
  deadlineAt: number;
  provider: string;
  model: string;
  providerStatus: string | null;
  failureReason: string | null;
  submits: number;
}

/** The filter of the list; null stands for all. Ages in minutes. */
export interface GenerationFilter {
  state: GenerationState | 'open' | null;
  provider: string | null;
  reason: string | null;
  olderThan: number | null;
  youngerThan: number | null;
  /** Only generations with a smaller id. */
  before: string | null;
}

/** The states in words, in the order of the filter. */
export const stateWords: Readonly<Record<GenerationState | 'open', string>> = {
  open: 'Open',
  queued: 'Queued',
  submitting: 'Submitting',
  generating: 'Generating',
  copying: 'Copying',
  ready: 'Ready',
  failed: 'Failed',
  canceled: 'Canceled',
};

/** The ages of the filter. */
export const ages = [
  { minutes: 10, words: '10 minutes' },
  { minutes: 60, words: 'an hour' },
  { minutes: 24 * 60, words: 'a day' },
  { minutes: 7 * 24 * 60, words: 'a week' },
  { minutes: 30 * 24 * 60, words: '30 days' },
] as const;

const staleAfter = 5 * 60_000;

/** The trouble of an open generation: past its deadline, or without a change of state for five minutes; else null. */
export function troubleOf(
  { state, stateAt, deadlineAt }: Pick<GenerationRow, 'state' | 'stateAt' | 'deadlineAt'>,
  now: number,
) {
  if (['ready', 'failed', 'canceled'].includes(state)) return null;
  if (deadlineAt < now) return 'overdue' as const;
  return state !== 'queued' && stateAt < now - staleAfter ? ('stale' as const) : null;
}

/** The smallest id of a generation started at this time (ms): ids begin with their time. */
export function idAt(at: number): string {
  return `gen_${encodeTime(Math.max(0, Math.floor(at)), 10)}`;
}

/** An age in the largest unit that fits: `3 min`, `2 h`. */
export function ageInWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** The reasons for which an admin may end a generation; the person reads the reason's failure message. */
export const endingReasons = [
  'stopped',
  'deadline',
  'lost',
  'bad-output',
  'unknown',
] as const satisfies readonly FailureReason[];
export type EndingReason = (typeof endingReasons)[number];

/** What became of an admin's action on a generation: the code of its flash message. */
export type GenerationOutcome = keyof typeof generationMessages;
