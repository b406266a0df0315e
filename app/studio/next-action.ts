import type { ClipView } from '~/projects/views';
import { failureText } from '~/providers/failure-messages';

/** The one thing that is right to do next in a film, and for which clips. */
export type NextAction =
  | { kind: 'add-photos' }
  | { kind: 'wait-for-photos' }
  | { kind: 'review'; clipIds: string[] }
  /** `left` photos stay as they are for now, because the credits do not reach further. */
  | { kind: 'bring-to-life'; clipIds: string[]; credits: number; left: number }
  | { kind: 'look-at-failures'; clipIds: string[] }
  | { kind: 'play' };

/** What is under way or in the way beside the next action: a quiet line under the button. */
export interface Surroundings {
  /** Tries on their way. */
  open: number;
  /** Photos that nobody has brought to life yet. */
  stills: number;
  /** True when there are photos to bring to life and not one can be paid for. */
  creditsShort: boolean;
}

/** The most clips that one press brings to life. */
const mostAtOnce = 20;

/**
 * Add photos, bring them to life, look at what came back, play: the first of these that can be done now. What was paid
 * for comes before what may be bought, and a film is always playable, so that there is always something to do.
 * `uploading` counts photos that are still on their way.
 */
export function nextAction({
  clips,
  uploading,
  balance,
  creditsPerClip,
  canMake = true,
}: {
  clips: readonly ClipView[];
  uploading: number;
  balance: number;
  creditsPerClip: number;
  /** False while no provider makes clips of this film's length. */
  canMake?: boolean;
}): NextAction {
  if (clips.length === 0) return uploading > 0 ? { kind: 'wait-for-photos' } : { kind: 'add-photos' };
  const waiting = clips.filter(waitsForReview);
  if (waiting.length > 0) return { kind: 'review', clipIds: waiting.map((clip) => clip.id) };
  const stills = clips.filter((clip) => clip.status === 'still');
  const affordable = canMake ? Math.min(Math.floor(balance / creditsPerClip), mostAtOnce) : 0;
  if (stills.length > 0 && affordable > 0) {
    const chosen = stills.slice(0, affordable);
    return {
      kind: 'bring-to-life',
      clipIds: chosen.map((clip) => clip.id),
      credits: chosen.length * creditsPerClip,
      left: stills.length - chosen.length,
    };
  }
  const failed = clips.filter((clip) => clip.status === 'error');
  if (failed.length > 0 && affordable > 0) return { kind: 'look-at-failures', clipIds: failed.map((clip) => clip.id) };
  return { kind: 'play' };
}

/** What has failed and may be tried again as it is, as far as the credits reach; null where there is nothing of the kind. */
export interface Retry {
  clipIds: string[];
  credits: number;
  /** The tries that failed: what makes this retry this one. */
  failedIds: string[];
}

/**
 * The clips whose latest try failed, without those that would only fail again: what was declined or could not be read
 * waits until the person has changed something.
 */
export function retryOfFailed({
  clips,
  balance,
  creditsPerClip,
  canMake = true,
}: {
  clips: readonly ClipView[];
  balance: number;
  creditsPerClip: number;
  canMake?: boolean;
}): Retry | null {
  const failed = clips.filter(({ latest, words, presetId }) => {
    if (latest?.state !== 'failed') return false;
    const isChanged = words !== latest.words || presetId !== latest.presetId;
    return isChanged || failureText(latest.failureReason ?? 'unknown').mayWorkAgain;
  });
  const chosen = failed.slice(0, canMake ? Math.min(Math.floor(balance / creditsPerClip), mostAtOnce) : 0);
  if (chosen.length === 0) return null;
  return {
    clipIds: chosen.map(({ id }) => id),
    credits: chosen.length * creditsPerClip,
    failedIds: chosen.flatMap(({ latest }) => latest?.id ?? []),
  };
}

/** What the line under the button has to say. */
export function surroundings({
  clips,
  balance,
  creditsPerClip,
}: {
  clips: readonly ClipView[];
  balance: number;
  creditsPerClip: number;
}): Surroundings {
  const stills = clips.filter((clip) => clip.status === 'still').length;
  return {
    open: clips.filter((clip) => clip.status === 'generating').length,
    stills,
    creditsShort: stills > 0 && balance < creditsPerClip,
  };
}

/** Photos of the film that have not been brought to life and are not on their way. */
export function clipsToGo(clips: readonly ClipView[]): number {
  return clips.filter(({ status }) => status === 'still' || status === 'error').length;
}

/** A clip has come back and nobody has decided about it yet. */
function waitsForReview(clip: ClipView): boolean {
  return clip.status === 'ready' && clip.ready !== null && clip.approved === null;
}

/** The next clip in the film that waits for review, after `clipId` and then from the start; null when none does. */
export function nextToReview(clips: readonly ClipView[], clipId: string): ClipView | null {
  const at = clips.findIndex((clip) => clip.id === clipId);
  const inTurn = [...clips.slice(at + 1), ...clips.slice(0, Math.max(0, at))];
  return inTurn.find(waitsForReview) ?? null;
}
