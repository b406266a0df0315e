import { useState } from 'react';
import { useAnnounce } from '~/components/live-region';
import type { ClipView } from '~/projects/views';
import type { useNote } from './note';
import type { Neighbours } from './order';
import type { Answer } from './post';
import { stoppedText } from './stop-words';
import type { Studio } from './use-studio';
import { refusalText, startedText } from './words';

/**
 * What the studio can do to the clips of its film. `busy` while an answer is awaited; `problem` is the sentence about the
 * last start that was refused.
 */
export function useFilmActs({
  clips,
  actions,
  onClose,
  onAdd,
  notes,
}: {
  clips: readonly ClipView[];
  actions: Studio['actions'];
  /** Closes the panel of a clip that is taken out. */
  onClose: () => void;
  onAdd: (files: readonly File[]) => void;
  notes: ReturnType<typeof useNote>;
}) {
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const startMany = async (start: () => ReturnType<typeof actions.bringAllToLife>) => {
    setBusy(true);
    setProblem(null);
    const answer = await start();
    setBusy(false);
    if (!answer.ok) return setProblem(refusalText(answer));
    const { started, stopped } = answer.value;
    const refused = stopped && { ok: false as const, status: 409, requestId: null, ...stopped };
    const text = startedText({ started: started.length, stopped: refused });
    (stopped ? setProblem : announce)(text);
  };
  const stopAll = async () => {
    setBusy(true);
    const answer = await actions.stopAll();
    setBusy(false);
    notes.say(answer.ok ? stoppedText(answer.value) : refusalText(answer));
  };
  const sayRefusal = (answer: Answer<unknown>) => answer.ok || notes.say(refusalText(answer));
  const move = async (clip: ClipView, neighbours: Neighbours) => {
    const count = clips.length;
    const at = neighbours.after === null ? 1 : neighbours.before === null ? count : null;
    const next = clips.filter((one) => one.id !== clip.id).findIndex((one) => one.id === neighbours.before) + 1;
    announce(`Clip moved to place ${at ?? next} of ${count}.`);
    sayRefusal(await actions.move(clip, neighbours, clips));
  };
  const remove = async (clip: ClipView, words = 'Taken out of the film. It is erased after 30 days.') => {
    onClose();
    const removed = actions.remove(clip.id, true);
    const putBack = async () => sayRefusal(await actions.remove(clip.id, false));
    notes.say(words, () => void putBack());
    sayRefusal(await removed);
  };
  const replace = (clip: ClipView, files: readonly File[]) => {
    onAdd(files);
    void remove(clip, 'The new photo is on its way. The other one is erased after 30 days.');
  };

  return { busy, problem, startMany, stopAll, move, remove, replace };
}
