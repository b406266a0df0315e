import type { CancelOutcome } from '~/providers/video-provider';

/** From "nothing is left there" to "we do not know". */
const promises: Readonly<Record<CancelOutcome, number>> = {
  canceled: 0,
  forgotten: 0,
  gone: 0,
  requested: 1,
  'too-late': 2,
  unsupported: 3,
  unreachable: 4,
};

/** Of two answers to being asked to forget, the one that promises less. */
export function lesserPromise(one: CancelOutcome | undefined, other: CancelOutcome): CancelOutcome {
  return one === undefined || promises[other] > promises[one] ? other : one;
}
