/** Why something asked for was not done, in a person's words, by the `outcome` that routes answer. */
export const refusalSentences = {
  'no-credit': 'You do not have enough credits for this. Nothing was started.',
  'already-open': 'This photo is already being brought to life.',
  'too-many-open': 'Many clips are on their way already. Bring this one to life when some of them are ready.',
  unavailable: 'Clips of this length cannot be made just now. Choose the other length, or try again later.',
  'too-late': 'This one was quicker: it is finished already.',
  'not-ready': 'This try is not ready yet.',
  stale: 'The order changed on another device. Here is the newest one.',
  'not-found': 'This is not here any more. It may have been removed on another device.',
} as const;

export type RefusalOutcome = keyof typeof refusalSentences;

/** True for an outcome that has its sentence: what comes over the wire may be anything. */
export function isRefusalOutcome(value: unknown): value is RefusalOutcome {
  return typeof value === 'string' && Object.hasOwn(refusalSentences, value);
}
