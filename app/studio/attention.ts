import type { ClipView } from '~/projects/views';
import { mostAtOnce, waitsForReview } from './next-action';
import type { PhotoMarks } from './photo-marks';

/** Which clips of a film are shown: all of them, or those that wait for the person. */
export const attentions = ['all', 'failed', 'review', 'noted'] as const;
export type Attention = (typeof attentions)[number];

/** The clips that each choice shows, in the order of the film. */
export function clipsByAttention(
  clips: readonly ClipView[],
  warnings: PhotoMarks['warnings'],
): Readonly<Record<Attention, readonly ClipView[]>> {
  return {
    all: clips,
    failed: clips.filter(({ status }) => status === 'error'),
    review: clips.filter(waitsForReview),
    noted: clips.filter(({ id, status }) => status === 'still' && warnings.has(id)),
  };
}

/** The words of a choice, with how many clips it shows. */
export function attentionWords(attention: Attention, count: number): string {
  switch (attention) {
    case 'all':
      return `All ${count}`;
    case 'failed':
      return `${count} did not work`;
    case 'review':
      return `${count} to review`;
    case 'noted':
      return `${count} to look at`;
    default:
      return attention satisfies never;
  }
}

/** Which of the chosen clips a press brings to life, as far as the credits reach, and how many of them it leaves. */
export function bringable(
  chosen: readonly ClipView[],
  { balance, creditsPerClip, canMake }: { balance: number; creditsPerClip: number; canMake: boolean },
): { clipIds: string[]; credits: number; left: number } {
  const makeable = chosen.filter(({ status }) => status === 'still' || status === 'error');
  const most = canMake ? Math.min(mostAtOnce, Math.floor(balance / creditsPerClip)) : 0;
  const clipIds = makeable.slice(0, most).map(({ id }) => id);
  return { clipIds, credits: clipIds.length * creditsPerClip, left: makeable.length - clipIds.length };
}
