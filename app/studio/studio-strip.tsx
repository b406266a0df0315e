import { Icon } from '~/components/icon';
import type { Shape } from '~/photos/frame';
import type { UploadItem } from '~/photos/upload-queue.client';
import type { ClipView } from '~/projects/views';
import { cardWidth } from './clip-card';
import type { Place } from './order';
import { Strip } from './strip';
import { UploadCard } from './upload-card';

/** The strip of the project's clips, with its unfinished uploads and the button that adds photos. */
export function StudioStrip({
  clips,
  shape,
  uploads,
  previews,
  openId,
  onOpen,
  onMove,
  onAddPhotos,
  onCancel,
  onRetry,
}: {
  clips: readonly ClipView[];
  shape: Shape;
  /** Uploads that are no clips yet. */
  uploads: readonly UploadItem[];
  /** Pictures of the picked files, by clip id. */
  previews: ReadonlyMap<string, string>;
  openId: string | null;
  onOpen: (clipId: string) => void;
  onMove: (clip: ClipView, place: Place) => void;
  onAddPhotos: () => void;
  onCancel: (uploadId: string) => void;
  onRetry: (uploadId: string) => void;
}) {
  const itemClass = `${cardWidth[shape]} shrink-0`;
  const cardOf = (item: UploadItem) => (
    <li key={item.id} className={itemClass}>
      <UploadCard item={item} shape={shape} onCancel={() => onCancel(item.id)} onRetry={() => onRetry(item.id)} />
    </li>
  );
  return (
    <Strip
      clips={clips}
      shape={shape}
      openId={openId}
      onOpen={onOpen}
      onMove={onMove}
      previews={previews}
      // Refused uploads come first: behind the clips of a long film they would not be seen.
      ahead={uploads.filter(({ reason }) => reason !== null).map(cardOf)}
    >
      {uploads.filter(({ reason }) => reason === null).map(cardOf)}
      <li className={itemClass}>
        <button
          type="button"
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
