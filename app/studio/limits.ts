/** What of an offer may keep a try from starting. Times in ms since 1970. */
export interface Limits {
  creditsPerClip: number;
  /** While whoever could make it rests. */
  pausedUntil?: number | null;
  /** How many more of this person's pictures may be declined today; null while that is far away. */
  refusalsLeft?: number | null;
  /** Once none is left. */
  refusedUntil?: number | null;
}

/** The moment from which a try may start again; null where it may start now. */
export function blockedUntil({ pausedUntil, refusedUntil }: Limits): number | null {
  const times = [pausedUntil, refusedUntil].filter((time) => typeof time === 'number');
  return times.length === 0 ? null : Math.max(...times);
}

/** What a person is told about these limits before they press anything; null where there is nothing to say. */
export function limitText({ pausedUntil, refusalsLeft, refusedUntil }: Limits): string | null {
  if (refusedUntil)
    return `Film services declined several of your pictures today, so no more are sent until ${momentText(refusedUntil)}. ${advice}`;
  if (pausedUntil)
    return `Our film service is resting until ${momentText(pausedUntil)}. Your photos and your words are kept.`;
  if (typeof refusalsLeft === 'number')
    return `Several pictures were declined today. ${refusalsLeft <= 1 ? 'One more, and' : `${refusalsLeft} more, and`} we wait until tomorrow. ${advice}`;
  return null;
}

const advice = 'Calm photos of dressed people pass best.';

const momentText = (at: number) =>
  new Date(at).toLocaleString([], { weekday: 'long', hour: '2-digit', minute: '2-digit' });
