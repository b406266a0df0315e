import { isOpenEnded } from '~/providers/rest';

/** The fields of an offer that can keep a generation from starting. Times in ms since 1970. */
export interface Limits {
  creditsPerClip: number;
  /** Set while every provider for this offer rests. */
  pausedUntil?: number | null;
  /** How many more pictures may be declined today before the moderation limit; null while it is far away. */
  refusalsLeft?: number | null;
  /** Set once the moderation limit is reached. */
  refusedUntil?: number | null;
}

/** The moment from which a generation may start again; null when it may start now. */
export function blockedUntil({ pausedUntil, refusedUntil }: Limits): number | null {
  const times = [pausedUntil, refusedUntil].filter((time) => typeof time === 'number');
  return times.length === 0 ? null : Math.max(...times);
}

/** The sentence about these limits beside the button; null without a limit. */
export function limitText({ pausedUntil, refusalsLeft, refusedUntil }: Limits): string | null {
  if (refusedUntil)
    return `The automatic check of the film services stopped several photos today. No more are sent until ${momentText(refusedUntil)}. ${advice}`;
  if (pausedUntil && isOpenEnded(pausedUntil))
    return 'Our film service is resting for now. Your photos and your words are kept.';
  if (pausedUntil)
    return `Our film service is resting until ${momentText(pausedUntil)}. Your photos and your words are kept.`;
  if (typeof refusalsLeft === 'number')
    return `The automatic check of the film services stopped several photos today. ${refusalsLeft <= 1 ? 'One more, and' : `${refusalsLeft} more, and`} we wait until tomorrow. ${advice}`;
  return null;
}

const advice = 'It stops harmless ones too; another frame or another photo often passes.';

const momentText = (at: number) =>
  new Date(at).toLocaleString([], { weekday: 'long', hour: '2-digit', minute: '2-digit' });
