import type { GenerationState } from '~/generations/pipeline/states';
import type { Shape } from '~/photos/frame';
import { failureText } from '~/providers/failure-messages';

/** The kinds of steps in a generation's timeline: its states, and the steps between them. */
export type StepWhat =
  | GenerationState
  | 'sent'
  | 'no-answer'
  | 'at-provider'
  | 'held-back'
  | 'retrying'
  | 'moved'
  | GiftStep
  | HiddenStep;

/** Steps that tell of a gift instead of credits; they follow from the generation and are not stored. */
type GiftStep = 'gift' | 'gift-back';

/** Steps that a person's timeline leaves out: the privacy log (privacy.ts) and the admin pages show them. */
type HiddenStep = 'answered' | 'carried' | 'fetched' | 'given-up' | 'lost' | 'forgotten';

/** A step as a person reads it. */
export interface TimelineStep {
  /** ms since 1970 */
  at: number;
  what: StepWhat;
  text: string;
  /** A second line, such as the next step after a failure, or null. */
  detail: string | null;
}

/** A ledger entry of this generation, as a person reads it. */
export interface TimelineCredit {
  at: number;
  delta: number;
  balanceAfter: number;
  text: string;
}

/** The timeline of one generation, oldest first. */
export interface Timeline {
  generationId: string;
  state: GenerationState;
  /** How many queued generations go first, while this one is queued; else null. */
  ahead: number | null;
  /** When this was read by the server's clock, since the clock of a page may be wrong. */
  readAt: number;
  steps: TimelineStep[];
  credits: TimelineCredit[];
}

const stepTexts: Readonly<Record<Exclude<StepWhat, HiddenStep>, string>> = {
  queued: 'In line',
  submitting: 'Framing your photo',
  sent: 'Sent to the film service',
  'no-answer': 'No answer yet, so we wait a minute before we ask again',
  'held-back': 'The film service is busy; yours keeps its place',
  generating: 'The film service has it',
  'at-provider': 'Being brought to life',
  moved: 'This film service cannot take it, so it goes to another one at no cost',
  retrying: 'It did not work out, so we try once more at no cost',
  copying: 'Finished, fetching the clip',
  ready: 'Ready to watch',
  failed: 'It did not work out',
  canceled: 'Stopped, as you asked',
  gift: 'On us: it uses no credit',
  'gift-back': 'The free try of this clip is yours again',
};

/** What a person who waits for our money reads, by the detail of the step. */
const waitTexts: Readonly<Record<string, string>> = {
  'out-of-funds': 'Our account at the film service is used up, which is our fault; yours keeps its place',
  budget: 'We made as many clips today as we can pay for; yours keeps its place',
};

/** A stored step in plain words, or null for a hidden one. Of its detail only a reason is shown. */
export function stepView(row: { at: number; what: string; detail: string | null }): TimelineStep | null {
  if (!Object.hasOwn(stepTexts, row.what)) return null;
  const what = row.what as keyof typeof stepTexts;
  const failed = what === 'failed' && row.detail ? failureText(row.detail) : null;
  const waits = what === 'held-back' && row.detail ? waitTexts[row.detail] : undefined;
  return { at: row.at, what, text: failed?.whatHappened ?? waits ?? stepTexts[what], detail: failed?.nextStep ?? null };
}

/** A ledger entry in plain words. `isGift`: the grant that made this generation free. */
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

/** What the next generation costs and how long it takes. */
export interface Offer {
  creditsPerClip: number;
  /** While every provider that could make it rests: when (ms) the first is back, `untilWoken` if nobody knows; else null. */
  pausedUntil: number | null;
  /** How many more of this person's pictures providers may decline today; null while the limit is far away. */
  refusalsLeft: number | null;
  /** With the limit reached: until when (ms) no picture is sent; else null. */
  refusedUntil: number | null;
  /** How many more generations this person may stop today after they were submitted. */
  stopsLeft: number;
  /** How many clips the provider makes side by side. */
  atOnce: number;
  expectedSeconds: number;
  /** True if `expectedSeconds` is the median of measured waits, false if it is an estimate. */
  measured: boolean;
}

/** The offer for each shape and each length in seconds; null where no provider can make it. */
export type Offers = Readonly<Record<Shape, Readonly<Record<number, Offer | null>>>>;

/** The parts of an offer that give its wait. */
export type Wait = Pick<Offer, 'atOnce' | 'expectedSeconds'>;

/** The wait in seconds for this many clips, made `atOnce` at a time. */
export function waitSeconds({ atOnce, expectedSeconds }: Wait, count: number): number {
  return expectedSeconds * Math.max(1, Math.ceil(count / Math.max(1, atOnce)));
}

/** True if a generation takes much longer than expected. Times in ms. */
export function isLate({ createdAt, now, offer }: { createdAt: number; now: number; offer: Wait }): boolean {
  return now - createdAt > (offer.expectedSeconds * 1.5 + 10) * 1000;
}

/** The estimate until enough waits were measured: what a clip of five seconds usually takes. */
const typicalSeconds = 40;
const enoughWaits = 5;

/** The median of measured waits (buckets of 5 seconds), or the estimate while there are too few. */
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
