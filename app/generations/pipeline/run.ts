// What the parts of the machine share: the run they belong to, and how they yield effects.
import type { FailureReason } from '~/providers/failure-messages';
import type { AnswerTo, Effect, EffectKind, EffectOf, GenerationRecord, KnownCost, Memo } from './effects';
import { pollDelaySeconds } from './polling';

/** A part of the machine: yields effects, gets their answers, and returns a result. */
export type Part<Result> = Generator<Effect, Result, unknown>;

/** A queued generation looks for a slot after this time or up to twice as long; usually it is woken before. */
export const waitMilliseconds = 60_000;
/** Spreads the generations that wait for the same pause to end. */
const returnMilliseconds = 20_000;

/** What the machine needs besides the answers to its effects. */
export interface MachineOptions {
  /** ms since 1970 */
  clock: () => number;
  newNonce: () => string;
  /** 0..1 */
  random: () => number;
}

/** One run, with the newest record and memo. */
export interface Run extends MachineOptions {
  minPollSeconds: number;
  record: GenerationRecord;
  memo: Memo;
  /** A fresh URL of the finished video, valid for this run only. */
  outputUrl: string | null;
}

/** Yields one effect to the runner and returns its answer. */
export function* ask<Kind extends EffectKind>(effect: EffectOf<Kind> & { kind: Kind }): Part<AnswerTo<Kind>> {
  return (yield effect as Effect) as AnswerTo<Kind>;
}

/** Changes the memo and stores it. */
export function* remember(run: Run, change: Memo): Part<void> {
  run.memo = { ...run.memo, ...change };
  yield* ask({ kind: 'remember', memo: run.memo });
}

/** Ends the generation as failed; `refused` is the nonce of an attempt that the provider refused. */
export function* fail(
  run: Run,
  reason: FailureReason,
  detail: string | null,
  known: Partial<KnownCost> & { refused?: string } = {},
): Part<null> {
  run.record = yield* ask({ kind: 'fail', reason, detail, costCents: null, refused: null, ...known });
  return null;
}

/** While the provider rests or a budget is used up, the moment (ms) to try again; else null. */
export function restsUntil(run: Run): number | null {
  const { record, clock, random } = run;
  const { restingUntil } = record;
  const isResting = restingUntil !== null && restingUntil > clock();
  const resting = isResting ? restingUntil + random() * returnMilliseconds : null;
  if (whyElsewhere(run) === null) return resting;
  // Another provider may be free sooner, the budget be raised, or an admin wake the provider.
  return Math.min(resting ?? Number.POSITIVE_INFINITY, clock() + waitMilliseconds * (1 + random()));
}

/** Why it looks for another provider: no money is there for it at its own, or an admin lets that one rest. */
export function whyElsewhere(run: Run): 'out-of-funds' | 'budget' | 'by-hand' | null {
  const { restingUntil, restingReason } = run.record;
  const isByHand = restingReason === 'by-hand' && restingUntil !== null && restingUntil > run.clock();
  return isByHand ? 'by-hand' : lackOfMoney(run);
}

/** Why no money is there for it at its provider now: our account there is empty, or a budget of today is used up. */
export function lackOfMoney({ record, clock }: Run): 'out-of-funds' | 'budget' | null {
  const { restingUntil, restingReason, budgetUntil } = record;
  if (restingReason === 'out-of-funds' && restingUntil !== null && restingUntil > clock()) return 'out-of-funds';
  return budgetUntil === null ? null : 'budget';
}

/**
 * Moves it to another provider. `refused`: the nonce of the attempt that this one refused. Returns the moment of the next
 * run, which reads the new provider, or null where it stays.
 */
export function* moveElsewhere(run: Run, refused: string | null): Part<number | null> {
  const { provider } = run.record;
  run.record = yield* ask({ kind: 'move', refused });
  if (run.record.provider === provider) return null;
  yield* ask({ kind: 'publish', balance: false });
  return run.clock();
}

/** The moments of the next poll: the planned one, and the soonest one that a webhook may bring it forward to. */
export function nextPoll(run: Run, firstInSeconds = 0): Memo {
  const now = run.clock();
  const ageSeconds = run.record.state === 'generating' ? (now - run.record.stateAt) / 1000 : 0;
  const { minPollSeconds, random } = run;
  const seconds = pollDelaySeconds({ ageSeconds, minPollSeconds, firstInSeconds, random });
  return { nextPollAt: now + seconds * 1000, earliestPollAt: now + minPollSeconds * 1000 };
}

/** The memo after a webhook: the next poll is brought forward to the soonest moment that the provider allows. */
export function hurried(memo: Memo): Memo {
  const { nextPollAt, earliestPollAt } = memo;
  if (nextPollAt === undefined || earliestPollAt === undefined) return memo;
  return { ...memo, nextPollAt: Math.min(nextPollAt, earliestPollAt) };
}
