import { useEffect, useRef, useState } from 'react';
import { load } from '~/components/waking';
import { lazy } from '~/lazy';
import { middleFrame } from '~/photos/frame';
import type { Look } from '~/photos/look/look';
import type { Looks } from '~/photos/look/look.client';
import type { ClipView } from '~/projects/views';

/** What Echoes sees in the photos of this page; the script for it is loaded with the first photo. */
export type LooksOfPage = () => Promise<Looks>;

/** The looks of a page, which are made when they are first asked for. */
export function useLooks(): LooksOfPage {
  const [looks] = useState(() =>
    lazy(() => load(() => import('~/photos/look/look.client')).then(({ createLooks }) => createLooks())),
  );
  return looks;
}

/** A person who asked their browser to save data is spared the detector's file; a panel that is opened still looks. */
export function isSparing(): boolean {
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
