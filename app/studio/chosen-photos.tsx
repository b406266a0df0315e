import { Icon } from '~/components/icon';
import { FramedPhoto } from '~/photos/framed-photo';
import type { ClipView } from '~/projects/views';
import type { PhotoMarks } from './photo-marks';

/** The photos that the button above brings to life, as a row of small pictures: each opens its clip. */
export function ChosenPhotos({
  clipIds,
  clips,
  warnings,
  onOpen,
}: {
  clipIds: readonly string[];
  clips: readonly ClipView[];
  warnings: PhotoMarks['warnings'];
  onOpen: (clipId: string) => void;
}) {
  return (
    <ul
      aria-label="Photos to bring to life"
      data-chosen-photos={clipIds.length}
      className="-mx-1 flex gap-1.5 overflow-x-auto px-1 py-1"
    >
      {clips.map(({ id, photo, frame }, at) => {
        if (!clipIds.includes(id)) return null;
        const warning = warnings.get(id);
        return (
          <li key={id} className="shrink-0">
            <button
              type="button"
              aria-label={`Clip ${at + 1}${warning ? `, ${warning}` : ''}`}
              onClick={() => onOpen(id)}
              className="relative block w-11 overflow-hidden rounded-control"
            >
              <FramedPhoto url={photo.url} size={photo} frame={frame} shape="1:1" width="2.75rem" />
              {warning && (
                <span className="room absolute end-0.5 top-0.5 grid size-5 place-items-center rounded-full">
                  <Icon name="circle-help" size={14} />
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
