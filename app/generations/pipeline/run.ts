// What the parts of a generation's life (machine.ts) have in common: the run they belong to, and how they ask.
import type { AnswerTo, Effect, EffectKind, EffectOf, GenerationRecord, Memo } from './effects';
import { pollDelaySeconds } from './polling';

export type Part<Result> = Generator<Effect, Result, unknown>;

/** After a pause they do not all come back in the same moment. */
const returnMilliseconds = 20_000;

/** What the machine needs from outside besides its effects' answers. */
export interface MachineOptions {
  /** ms since 1970 */
  clock: () => number;
  newNonce: () => string;
  /** 0..1 */
  random: () => number;
}

/** One run, with what it knows by now. */
export interface Run extends MachineOptions {
  minPollSeconds: number;
  record: GenerationRecord;
  memo: Memo;
  /** A fresh address of the finished video, good for this run only. */
  outputUrl: string | null;
}

/** The moment to come back at when the provider rests, else null. */
export function restsUntil({ record, clock, random }: Run): number | null {
  const { restingUntil } = record;
  return restingUntil !== null && restingUntil > clock() ? restingUntil + random() * returnMilliseconds : null;
}

/** Keeps this beside the truth. */
export function* remember(run: Run, change: Memo): Part<void> {
  run.memo = { ...run.memo, ...change };
  yield* ask({ kind: 'remember', memo: run.memo });
}

/** When to ask again, and the soonest that a webhook may make of it. */
export function nextPoll(run: Run, firstInSeconds = 0): Memo {
  const now = run.clock();
  const ageSeconds = run.record.state === 'generating' ? (now - run.record.stateAt) / 1000 : 0;
  const { minPollSeconds, random } = run;
  const seconds = pollDelaySeconds({ ageSeconds, minPollSeconds, firstInSeconds, random });
  return { nextPollAt: now + seconds * 1000, earliestPollAt: now + minPollSeconds * 1000 };
}

/** What a webhook makes of the memory: the next question is brought forward, and no further than the provider allows. */
export function hurried(memo: Memo): Memo {
  const { nextPollAt, earliestPollAt } = memo;
  if (nextPollAt === undefined || earliestPollAt === undefined) return memo;
  return { ...memo, nextPollAt: Math.min(nextPollAt, earliestPollAt) };
}

/** Has somebody act, and gives their answer. */
export function* ask<Kind extends EffectKind>(effect: EffectOf<Kind> & { kind: Kind }): Part<AnswerTo<Kind>> {
  return (yield effect as Effect) as AnswerTo<Kind>;
}
