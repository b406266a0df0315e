import { Icon } from '~/components/icon';
import type { Shape } from '~/photos/frame';
import type { UploadGlance } from '~/photos/upload-list';
import type { ClipView } from '~/projects/views';
import { cardWidth } from './clip-card';
import type { Neighbours } from './order';
import type { PhotoMarks } from './photo-marks';
import { Strip } from './strip';
import { UploadCard } from './upload-card';

/** The strip of the project's clips, with its unfinished uploads and the button that adds photos. */
export function StudioStrip({
  clips,
  shape,
  uploads,
  openId,
  onOpen,
  onMove,
  onAddPhotos,
  marks,
}: {
  clips: readonly ClipView[];
  shape: Shape;
  /** Uploads that are no clips yet. */
  uploads: readonly UploadGlance[];
  openId: string | null;
  onOpen: (clipId: string) => void;
  onMove: (clip: ClipView, neighbours: Neighbours) => void;
  onAddPhotos: () => void;
  marks: PhotoMarks;
}) {
  const itemClass = `${cardWidth[shape]} shrink-0`;
  const cardOf = ({ id }: UploadGlance) => (
    <li key={id} className={itemClass}>
      <UploadCard id={id} shape={shape} />
    </li>
  );
  return (
    <Strip
      clips={clips}
      shape={shape}
      openId={openId}
      onOpen={onOpen}
      onMove={onMove}
      marks={marks}
      // Refused uploads come first: behind the clips of a long film they would not be seen.
      ahead={uploads.filter(({ reason }) => reason !== null).map(cardOf)}
    >
      {uploads.filter(({ reason }) => reason === null).map(cardOf)}
      <li className={itemClass}>
        <button
          type="button"
          data-at-once="photos"
          onClick={onAddPhotos}
          className="grid w-full place-content-center justify-items-center gap-2 rounded-photo border-2 border-dashed border-edge text-15 transition hover:bg-raised"
          style={{ aspectRatio: shape.replace(':', ' / ') }}
        >
          <Icon name="plus" />
          More photos
        </button>
      </li>
    </Strip>
  );
}
