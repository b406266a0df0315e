import { useCallback, useEffect, useRef, useState } from 'react';
import type { ClipView } from '~/projects/views';
import type { Answer } from './post';
import type { NextTry } from './use-studio';

const quietMilliseconds = 400;

/**
 * How the next try is to be, while the person is changing it. What is changed is kept on the server as soon as the hands
 * are still, when the panel closes, and in any case before it is paid for (`settle`).
 */
export function useDraft({
  clip,
  keep,
}: {
  clip: ClipView;
  keep: (clipId: string, next: NextTry) => Promise<Answer<{ clip: ClipView }>>;
}) {
  const [edited, setEdited] = useState<NextTry | null>(null);
  const { id, frame, presetId, words } = clip;
  const unsaved = useRef<NextTry | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const settle = useCallback(async (): Promise<Answer<unknown>> => {
    clearTimeout(timer.current);
    const next = unsaved.current;
    if (!next) return { ok: true, value: null };
    unsaved.current = null;
    const answer = await keep(id, next);
    if (!answer.ok) unsaved.current ??= next;
    // From now on the clip itself says it, with whatever another device changes.
    else if (!unsaved.current) setEdited(null);
    return answer;
  }, [id, keep]);

  const edit = useCallback(
    (change: Partial<NextTry>) => {
      const next = { frame, presetId, words, ...unsaved.current, ...change };
      unsaved.current = next;
      setEdited(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(settle, quietMilliseconds);
    },
    [frame, presetId, words, settle],
  );

  useEffect(() => () => void settle(), [settle]);
  return { draft: edited ?? { frame, presetId, words }, edit, settle };
}
