import { useCallback, useEffect, useRef, useState } from 'react';
import type { ClipView } from '~/projects/views';
import { rememberDraft, rememberedDraft } from './draft-memory';
import type { Answer } from './post';
import type { Draft } from './use-studio';

const quietMilliseconds = 400;
/** Statuses with which a draft itself is refused: sending it again is in vain. */
const refusals = [400, 403, 409, 413];

/**
 * The draft of a clip's next generation while the person edits it. It is saved after a pause in editing, when the panel
 * closes, and by `settle` before a generation is paid. A draft that a reload left unsaved goes on.
 */
export function useDraft({
  clip,
  keep,
}: {
  clip: ClipView;
  keep: (clipId: string, next: Draft) => Promise<Answer<{ clip: ClipView }>>;
}) {
  const [edited, setEdited] = useState<Draft | null>(null);
  const { id, presetId, words } = clip;
  const unsaved = useRef<Draft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const settle = useCallback(async (): Promise<Answer<unknown>> => {
    clearTimeout(timer.current);
    const next = unsaved.current;
    if (!next) return { ok: true, value: null };
    unsaved.current = null;
    const answer = await keep(id, next);
    if (!unsaved.current && (answer.ok || refusals.includes(answer.status))) rememberDraft(id, null);
    if (!answer.ok) unsaved.current ??= next;
    // The clip holds the draft from now on, with later changes of other devices.
    else if (!unsaved.current) setEdited(null);
    return answer;
  }, [id, keep]);

  const edit = useCallback(
    (change: Partial<Draft>) => {
      const next = { frame: null, presetId, words, ...unsaved.current, ...change };
      unsaved.current = next;
      setEdited(next);
      rememberDraft(id, next);
      clearTimeout(timer.current);
      timer.current = setTimeout(settle, quietMilliseconds);
    },
    [id, presetId, words, settle],
  );

  useEffect(() => {
    const left = rememberedDraft(id);
    if (!left) return;
    unsaved.current = left;
    setEdited(left);
    void settle();
  }, [id, settle]);

  useEffect(() => () => void settle(), [settle]);
  return { draft: edited ?? { frame: null, presetId, words }, edit, settle };
}
