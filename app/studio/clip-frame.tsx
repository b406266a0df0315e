import type { Frame, Shape } from '~/photos/frame';
import type { ClipView } from '~/projects/views';
import { Framing } from './framing';
import { PhotoNotes } from './photo-notes';
import { isPlaced, type LooksOfPage, useLook } from './use-looks';

/** The frame of a clip's photo, and what the person may want to know of the photo before a clip of it is paid for. */
export function ClipFrame({
  clip,
  shape,
  edited,
  looks,
  onFrame,
  onShape,
  onReplace,
}: {
  clip: ClipView;
  shape: Shape;
  /** The frame of the draft; null while the clip's own is shown. */
  edited: Frame | null;
  looks: LooksOfPage;
  onFrame: (frame: Frame) => void;
  /** Changes the film's shape. */
  onShape: (shape: Shape) => void;
  onReplace: (files: readonly File[]) => void;
}) {
  const look = useLook(looks, clip.photo);
  const frame = edited ?? clip.frame;
  const { photo } = clip;
  return (
    <div className="grid gap-4">
      <Framing {...{ photo, frame, shape }} isProposed={edited === null && isPlaced(clip)} onChange={onFrame} />
      {look && <PhotoNotes {...{ look, size: photo, shape, frame, onFrame, onShape, onReplace }} />}
    </div>
  );
}
