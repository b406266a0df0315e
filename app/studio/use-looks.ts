import { useEffect, useRef, useState } from 'react';
import { load } from '~/components/waking';
import { lazy } from '~/lazy';
import { type Frame, middleFrame, type Shape } from '~/photos/frame';
import type { Look } from '~/photos/look/look';
import type { Looks } from '~/photos/look/look.client';
import type { ClipView } from '~/projects/views';

/** What Echoes sees in the photos of this page; the script for it is loaded with the first photo. */
export type LooksOfPage = () => Promise<Looks>;

/**
 * Proposes a frame for each clip that nobody has framed, one after the other, while no photo of this page is on its way.
 * A proposal without faces is the middle: it says that the photo has been looked at.
 */
export function useLooks({
  clips,
  shape,
  isBusy,
  propose,
}: {
  clips: readonly ClipView[];
  shape: Shape;
  /** True while photos are on their way: nothing here may slow them. */
  isBusy: boolean;
  propose: (clipId: string, frame: Frame) => Promise<unknown>;
}): LooksOfPage {
  const [looks] = useState(() =>
    lazy(() => load(() => import('~/photos/look/look.client')).then(({ createLooks }) => createLooks())),
  );
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
      const { at, proposeFrame } = await looks();
      const look = await at(next.photo, { isUrgent: false, signal });
      if (signal.aborted) return;
      tried.current.add(next.id);
      if (look) await propose(next.id, proposeFrame({ size: next.photo, shape, faces: look.faces }) ?? middleFrame);
      if (!signal.aborted) setTurn((count) => count + 1);
    })();
    return () => leaving.abort();
  }, [next?.id, isBusy, shape, turn, looks, propose]);
  return looks;
}

/** A person who asked their browser to save data is spared the detector's file; a panel that is opened still looks. */
function isSparing(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}

/** What Echoes sees in the photo of an open panel; null until then, and where it cannot look. */
export function useLook(looks: LooksOfPage, { id, url }: ClipView['photo']): Look | null {
  const [seen, setSeen] = useState<{ id: string; look: Look | null } | null>(null);
  const address = useRef(url);
  address.current = url;
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    void looks()
      .then((all) => all.at({ id, url: address.current }, { isUrgent: true, signal }))
      .then((look) => signal.aborted || setSeen({ id, look }));
    return () => leaving.abort();
  }, [looks, id]);
  return seen?.id === id ? seen.look : null;
}

/** True for a frame that Echoes has moved from the middle and the person has not touched. */
export function isPlaced({ frame, frameOrigin }: ClipView): boolean {
  return frameOrigin === 'proposed' && (frame.x !== middleFrame.x || frame.y !== middleFrame.y);
}
