import type { ClipView } from '~/projects/views';
import { failureText } from '~/providers/failure-messages';
import { countStoppable } from './stop-words';

/** The next thing to do in a project, and for which clips. */
export type NextAction =
  | { kind: 'add-photos' }
  | { kind: 'wait-for-photos' }
  | { kind: 'review'; clipIds: string[] }
  /** `left` photos stay stills for now, because the credits do not reach further. */
  | { kind: 'bring-to-life'; clipIds: string[]; credits: number; left: number }
  | { kind: 'play' };

/** The facts for the line under the button of the next action. */
export interface StudioStatus {
  /** Clips with an open generation. */
  open: number;
  /** How many of these can be stopped now. */
  stoppable: number;
  /** Photos that were not brought to life yet. */
  stills: number;
  /** True when photos could be brought to life and the balance does not pay for one. */
  creditsShort: boolean;
  /** Ids of clips that did not work out and were not left as photos. */
  failedIds: string[];
}

/** The most clips that one press brings to life. */
export const mostAtOnce = 20;

/**
 * The first of these that can be done now: add photos, review ready clips, bring photos to life, play. Clips that were
 * paid for come before new ones, and a film can always be played: a failed clip plays as its photo. `uploading` counts
 * unfinished uploads.
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
  const stills = clips.filter(awaitsLife);
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
  return { kind: 'play' };
}

/** A paid retry of failed clips, as many as the credits reach for. */
export interface Retry {
  clipIds: string[];
  credits: number;
  /** The failed generations: they tell one retry from the next, and so name its request key. */
  failedIds: string[];
}

/**
 * The clips whose latest generation failed and may work unchanged; null without one. A photo that was declined or could
 * not be read is left out until the person changes the preset or the words.
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
  const failed = clips.filter(({ latest, words, presetId, isLeftAsPhoto }) => {
    if (latest?.state !== 'failed' || isLeftAsPhoto) return false;
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

/** The facts for the line under the button. */
export function studioStatus({
  clips,
  balance,
  creditsPerClip,
  stopsLeft,
}: {
  clips: readonly ClipView[];
  balance: number;
  creditsPerClip: number;
  stopsLeft: number;
}): StudioStatus {
  const stills = clips.filter(awaitsLife).length;
  const open = clips.flatMap(({ status, latest }) => (status === 'generating' && latest ? [latest] : []));
  return {
    open: open.length,
    stoppable: countStoppable(open, stopsLeft),
    stills,
    creditsShort: stills > 0 && balance < creditsPerClip,
    failedIds: clips.filter(({ status }) => status === 'error').map(({ id }) => id),
  };
}

/** How many photos of the project have no clip yet and none on its way. */
export function clipsToGo(clips: readonly ClipView[]): number {
  return clips.filter((clip) => awaitsLife(clip) || clip.status === 'error').length;
}

/** True for a photo that was not brought to life, unless the person has left it as it is. */
function awaitsLife({ status, isLeftAsPhoto }: ClipView): boolean {
  return status === 'still' && !isLeftAsPhoto;
}

/** True for a ready clip that is neither approved nor tried again. */
export function waitsForReview(clip: ClipView): boolean {
  return clip.status === 'ready' && clip.ready !== null && clip.approved === null;
}

/** The next clip that waits for review, after `clipId` and then from the film's start; null without one. */
export function nextToReview(clips: readonly ClipView[], clipId: string): ClipView | null {
  const at = clips.findIndex((clip) => clip.id === clipId);
  const inTurn = [...clips.slice(at + 1), ...clips.slice(0, Math.max(0, at))];
  return inTurn.find(waitsForReview) ?? null;
}
