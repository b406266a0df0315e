import { useEffect, useRef } from 'react';
import type { ClipStatus, ClipView } from '~/projects/views';

/** Announces to screen readers how clips change while the page is open: new, under way, ready, failed, stopped. */
export function useChanges(clips: readonly ClipView[], announce: (words: string) => void): void {
  const before = useRef(new Map(clips.map((clip) => [clip.id, clip.status])));
  useEffect(() => {
    const sentences = clips.flatMap((clip, index) => {
      const was = before.current.get(clip.id);
      return changeInWords({ place: index + 1, was, is: clip.status }) ?? [];
    });
    before.current = new Map(clips.map((clip) => [clip.id, clip.status]));
    if (sentences.length > 0) announce(sentences.join(' '));
  }, [clips, announce]);
}

function changeInWords({ place, was, is }: { place: number; was: ClipStatus | undefined; is: ClipStatus }) {
  if (was === undefined) return `A photo has joined the film as clip ${place}.`;
  if (was === is) return null;
  switch (is) {
    case 'ready':
      return was === 'generating' ? `Clip ${place} is ready to review.` : null;
    case 'error':
      return `Clip ${place} did not work out. Your credit is back.`;
    case 'generating':
      return `Clip ${place} is on its way.`;
    case 'still':
      return was === 'generating' ? `Clip ${place} was stopped. Your credit is back.` : null;
    default:
      return is satisfies never;
  }
}
