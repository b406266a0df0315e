import type { GenerationState } from '~/generations/pipeline/states';
import type { Shape } from '~/photos/frame';
import { failureText } from '~/providers/failure-messages';

/** Every kind of row in a generation's timeline: its states, and the real steps between them. */
export type StepWhat = GenerationState | 'sent' | 'no-answer' | 'at-provider' | 'held-back' | 'retrying' | UntoldStep;

/** What became of the photo's copy is told by the privacy log (privacy.ts), and what became of an attempt by the desk. */
type UntoldStep = 'carried' | 'fetched' | 'given-up' | 'lost' | 'forgotten';

/** One step as a person reads it. */
export interface TimelineStep {
  /** ms since 1970 */
  at: number;
  what: StepWhat;
  text: string;
  /** One line more where there is something to say or to do, else null. */
  detail: string | null;
}

/** A movement of credits that belongs to this try. */
export interface TimelineCredit {
  at: number;
  delta: number;
  balanceAfter: number;
  text: string;
}

/** The whole story of one try, oldest first. */
export interface Timeline {
  generationId: string;
  state: GenerationState;
  /** How many tries come before it, while it waits in line; else null. */
  ahead: number | null;
  /** When this was read, by the server's clock: a page's own may go wrong. */
  readAt: number;
  steps: TimelineStep[];
  credits: TimelineCredit[];
}

const stepTexts: Readonly<Record<Exclude<StepWhat, UntoldStep>, string>> = {
  queued: 'In line',
  submitting: 'Framing your photo',
  sent: 'Sent to the film service',
  'no-answer': 'No answer yet, so we wait a minute before we ask again',
  'held-back': 'The film service is busy; yours keeps its place',
  generating: 'The film service has it',
  'at-provider': 'Being brought to life',
  retrying: 'It did not work out, so we try once more at no cost',
  copying: 'Finished, fetching the clip',
  ready: 'Ready to watch',
  failed: 'It did not work out',
  canceled: 'Stopped, as you asked',
};

/** Plain words for a stored step. Its detail names providers and codes and stays with us, but for a failure's reason. */
export function stepView(row: { at: number; what: string; detail: string | null }): TimelineStep | null {
  if (!Object.hasOwn(stepTexts, row.what)) return null;
  const what = row.what as keyof typeof stepTexts;
  const failed = what === 'failed' && row.detail ? failureText(row.detail) : null;
  return { at: row.at, what, text: failed?.whatHappened ?? stepTexts[what], detail: failed?.nextStep ?? null };
}

/** Plain words for the credit that moved. `isGift`: it came with the wish and made the try free. */
export function creditView({
  isGift = false,
  ...row
}: {
  at: number;
  delta: number;
  balanceAfter: number;
  isGift?: boolean;
}): TimelineCredit {
  const count = Math.abs(row.delta) === 1 ? '1 credit' : `${Math.abs(row.delta)} credits`;
  if (isGift) return { ...row, text: `${count}, on us` };
  return { ...row, text: row.delta < 0 ? `${count} used` : `${count} back` };
}

/** What a try costs and how long it will take. */
export interface Offer {
  creditsPerClip: number;
  /** While whoever could make it rests: when (ms) it may be asked for again; else null. */
  pausedUntil: number | null;
  /** How many more of this person's pictures may be declined today; null while that is far away. */
  refusalsLeft: number | null;
  /** Once none is left: until when (ms) nothing more is sent; else null. */
  refusedUntil: number | null;
  /** Clips that are made side by side; the rest wait their turn. */
  atOnce: number;
  expectedSeconds: number;
  /** True when the wait is the middle of what others really waited, false while it is the provider's own word. */
  measured: boolean;
}

/** What is offered for each shape of the film and each length in seconds; null where nobody can make it. */
export type Offers = Readonly<Record<Shape, Readonly<Record<number, Offer | null>>>>;

/** What of an offer its wait needs. */
export type Wait = Pick<Offer, 'atOnce' | 'expectedSeconds'>;

/** The wait for so many clips: those that find no place at once come after the first ones. */
export function waitSeconds({ atOnce, expectedSeconds }: Wait, count: number): number {
  return expectedSeconds * Math.max(1, Math.ceil(count / Math.max(1, atOnce)));
}

/** Whether a try takes longer than such films usually do. Times in ms. */
export function isLate({ createdAt, now, offer }: { createdAt: number; now: number; offer: Wait }): boolean {
  return now - createdAt > (offer.expectedSeconds * 1.5 + 10) * 1000;
}

/** Until enough waits were measured: what a film of five seconds usually takes. */
const typicalSeconds = 40;
const enoughWaits = 5;

/** The middle of counted waits (5-second buckets); the typical wait while there are too few of them. */
export function expectedWait(buckets: readonly { bucketSeconds: number; count: number }[]): {
  expectedSeconds: number;
  measured: boolean;
} {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total < enoughWaits) return { expectedSeconds: typicalSeconds, measured: false };
  const sorted = [...buckets].sort((a, b) => a.bucketSeconds - b.bucketSeconds);
  let seen = 0;
  for (const { bucketSeconds, count } of sorted) {
    seen += count;
    if (seen * 2 >= total) return { expectedSeconds: bucketSeconds + 5, measured: true };
  }
  return { expectedSeconds: typicalSeconds, measured: false };
}
