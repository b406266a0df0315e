import { useRevalidator } from '@remix-run/react';
import { useCallback, useEffect, useRef } from 'react';
import type { ClipView } from '~/projects/views';

/** Returns a function that loads the page's clips again, with fresh media addresses. */
export function useFreshClips(clips: readonly ClipView[]): () => Promise<readonly ClipView[]> {
  const { revalidate, state } = useRevalidator();
  const waiting = useRef<((clips: readonly ClipView[]) => void)[]>([]);
  useEffect(() => {
    if (state !== 'idle') return;
    for (const answer of waiting.current.splice(0)) answer(clips);
  }, [state, clips]);
  return useCallback(
    () =>
      new Promise((answer) => {
        waiting.current.push(answer);
        revalidate();
      }),
    [revalidate],
  );
}
