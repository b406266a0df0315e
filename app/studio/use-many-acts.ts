import type { ClipView } from '~/projects/views';
import type { PresetView } from '~/settings/preset-choice';
import type { useNote } from './note';
import type { Answer } from './post';
import type { Studio } from './use-studio';
import { refusalText } from './words';

/** What is done to several clips at once. What is taken out can be put back. */
export function useManyActs({ actions, notes }: { actions: Studio['actions']; notes: ReturnType<typeof useNote> }) {
  const sayRefusal = (answer: Answer<unknown>) => answer.ok || notes.say(refusalText(answer));
  /** Keeps some clips of a stack, and takes the others out. */
  const keep = async (stack: readonly string[], kept: readonly string[]) => {
    const others = stack.filter((id) => !kept.includes(id));
    const isApart = kept.length > 1;
    const acts = [
      ...(isApart ? [actions.changeMany(kept, { kind: 'keep-apart' })] : []),
      ...(others.length > 0 ? [actions.changeMany(others, { kind: 'remove' })] : []),
    ];
    const undo = async () => {
      await Promise.all(acts);
      if (others.length > 0) sayRefusal(await actions.changeMany(others, { kind: 'restore' }));
      if (isApart) sayRefusal(await actions.changeMany(kept, { kind: 'stack' }));
    };
    notes.say(keptWords(others.length), () => void undo());
    for (const answer of await Promise.all(acts)) sayRefusal(answer);
  };
  const takeOut = async (clipIds: readonly string[]) => {
    const removed = actions.changeMany(clipIds, { kind: 'remove' });
    const undo = async () => {
      await removed;
      sayRefusal(await actions.changeMany(clipIds, { kind: 'restore' }));
    };
    notes.say(keptWords(clipIds.length), () => void undo());
    sayRefusal(await removed);
  };

  /** Sets how these clips move; each can get back what it had. */
  const setPreset = async (clips: readonly ClipView[], presetId: string, presets: readonly PresetView[]) => {
    const before = new Map<string, string[]>();
    for (const { id, presetId: had } of clips) before.set(had, [...(before.get(had) ?? []), id]);
    const set = await actions.changeMany(
      clips.map(({ id }) => id),
      { kind: 'preset', presetId },
    );
    if (!set.ok) return sayRefusal(set);
    const undo = async () => {
      for (const [had, ids] of before) sayRefusal(await actions.changeMany(ids, { kind: 'preset', presetId: had }));
    };
    const name = presets.find(({ id }) => id === presetId)?.name ?? '';
    notes.say(
      `${name}: ${clips.length === 1 ? 'one clip moves' : `${clips.length} clips move`} so now.`,
      () => void undo(),
    );
  };
  return { keep, takeOut, setPreset };
}

/** The sentence after some photos of a stack were kept: how many others were taken out. */
function keptWords(others: number): string {
  if (others === 0) return 'All of them stay in the film.';
  return `${others === 1 ? 'One is' : `${others} are`} taken out of the film, and erased after 30 days.`;
}
