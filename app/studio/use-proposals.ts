import { useEffect, useRef, useState } from 'react';
import type { Frame, Shape } from '~/photos/frame';
import type { ClipView } from '~/projects/views';
import { isSparing, type LooksOfPage } from './use-looks';

/**
 * Proposes a frame for each clip that nobody has framed, one after the other, while no photo of this page is on its way.
 */
export function useProposals({
  clips,
  shape,
  isBusy,
  looks,
  propose,
}: {
  clips: readonly ClipView[];
  shape: Shape;
  /** True while photos are on their way: nothing here may slow them. */
  isBusy: boolean;
  looks: LooksOfPage;
  propose: (clipId: string, frame: Frame) => Promise<unknown>;
}): void {
  const tried = useRef(new Set<string>());
  const next = clips.find(
    ({ id, frameOrigin, latest }) => frameOrigin === 'middle' && !latest && !tried.current.has(id),
  );
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` comes with the end of each look; addresses change by themselves
  useEffect(() => {
    if (!next || isBusy || isSparing()) return;
    const leaving = new AbortController();
    void (async () => {
      const { signal } = leaving;
      const frame = await (await looks()).frame(next.photo, shape, signal);
      if (signal.aborted) return;
      tried.current.add(next.id);
      if (frame) await propose(next.id, frame);
      if (!signal.aborted) setTurn((count) => count + 1);
    })();
    return () => leaving.abort();
  }, [next?.id, isBusy, shape, turn, looks, propose]);
}
