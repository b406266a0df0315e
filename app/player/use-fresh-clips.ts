import { useCallback, useEffect, useRef } from 'react';
import { useReload } from '~/components/reload';
import type { ClipView } from '~/projects/views';

/** Returns a function that loads the page's clips again, with fresh media addresses. */
export function useFreshClips(clips: readonly ClipView[]): () => Promise<readonly ClipView[]> {
  const reload = useReload();
  const latest = useRef(clips);
  useEffect(() => {
    latest.current = clips;
  }, [clips]);
  return useCallback(async () => {
    await reload();
    return latest.current;
  }, [reload]);
}
