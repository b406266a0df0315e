import { useCallback, useEffect, useRef, useState } from 'react';
import type { ClipView } from '~/projects/views';
import type { Answer } from './post';
import type { Draft } from './use-studio';

const quietMilliseconds = 400;

/**
 * The draft of a clip's next generation while the person edits it. It is saved after a pause in editing, when the panel
 * closes, and by `settle` before a generation is paid.
 */
export function useDraft({
  clip,
  keep,
}: {
  clip: ClipView;
  keep: (clipId: string, next: Draft) => Promise<Answer<{ clip: ClipView }>>;
}) {
  const [edited, setEdited] = useState<Draft | null>(null);
  const { id, frame, presetId, words } = clip;
  const unsaved = useRef<Draft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const settle = useCallback(async (): Promise<Answer<unknown>> => {
    clearTimeout(timer.current);
    const next = unsaved.current;
    if (!next) return { ok: true, value: null };
    unsaved.current = null;
    const answer = await keep(id, next);
    if (!answer.ok) unsaved.current ??= next;
    // The clip holds the draft from now on, with later changes of other devices.
    else if (!unsaved.current) setEdited(null);
    return answer;
  }, [id, keep]);

  const edit = useCallback(
    (change: Partial<Draft>) => {
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
