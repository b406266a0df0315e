/** The sentences for refused requests, by the `outcome` that routes answer. */
export const outcomeMessages = {
  'no-credit': 'You do not have enough credits for this. Nothing was started.',
  'already-open': 'This photo is already being brought to life.',
  'too-many-open': 'Many clips are on their way already. Bring this one to life when some of them are ready.',
  unavailable: 'Clips of this length cannot be made just now. Choose the other length, or try again later.',
  paused:
    'Our film service is resting and takes nothing new for now. Nothing was charged; your photo and your words are kept. Try again in a few minutes.',
  'too-many-refused':
    'Film services declined several of your pictures today, so no more are sent for now. Nothing was charged. Calm photos of dressed people pass best.',
  'too-late': 'This one was quicker: it is finished already.',
  'not-ready': 'This try is not ready yet.',
  stale: 'The order changed on another device. Here is the newest one.',
  empty: 'There is nothing to show yet. Add a photo first.',
  'not-found': 'This is not here any more. It may have been removed on another device.',
} as const;

export type Outcome = keyof typeof outcomeMessages;

/** True for an outcome that has a sentence; `value` may be anything that came over the wire. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'string' && Object.hasOwn(outcomeMessages, value);
}

/** The sentence for an outcome; `until` (ms since 1970) is when the request may be sent again. */
export function outcomeMessage(outcome: Outcome, until?: number): string {
  if (until === undefined) return outcomeMessages[outcome];
  const at = new Date(until).toLocaleString([], { weekday: 'long', hour: '2-digit', minute: '2-digit' });
  if (outcome === 'paused')
    return `Our film service is resting and takes nothing new until ${at}. Nothing was charged; your photo and your words are kept.`;
  if (outcome === 'too-many-refused')
    return `Film services declined several of your pictures today, so no more are sent until ${at}. Nothing was charged. Calm photos of dressed people pass best.`;
  return outcomeMessages[outcome];
}
