import { useEffect, useRef } from 'react';
import type { UploadGlance } from '~/photos/upload-list';
import type { ClipView } from '~/projects/views';

/** The uploads of a film that are no clips yet. `onArrived` is called with each change while some have just arrived. */
export function useComing({
  uploads,
  clips,
  onArrived,
}: {
  uploads: readonly UploadGlance[];
  clips: readonly ClipView[];
  /** Null while a live connection brings the clips by itself. */
  onArrived: (() => void) | null;
}) {
  // A clip that was here once has arrived, though it may have been taken out of the film since.
  const beenHere = useRef(new Set<string>());
  for (const { id } of clips) beenHere.current.add(id);
  const coming = uploads.filter(({ clipId }) => !(clipId && beenHere.current.has(clipId)));
  const arrived = coming.filter(({ isDone }) => isDone).length;
  useEffect(() => {
    if (arrived > 0) onArrived?.();
  }, [arrived, onArrived]);
  return {
    coming,
    /** How many have not failed. */
    uploading: coming.filter(({ reason }) => reason === null).length,
    /** The ids of those whose photo is in the film already. */
    here: coming.flatMap(({ id, reason }) => (reason === 'already-here' ? [id] : [])),
  };
}
