import type { CSSProperties } from 'react';
import { Icon } from '~/components/icon';
import { aspectOf, type Shape } from '~/photos/frame';
import type { UploadGlance } from '~/photos/upload-list';
import { useUpload } from '~/photos/use-uploads';
import { FilmPlayer } from '~/player/film-player';
import type { ClipView, ProjectView } from '~/projects/views';
import { ShareButton, tellPlayed } from './share-film';

/** The project's film: the picker while it has no photos, a preview while the first ones upload, then the player. */
export function StudioFilm({
  project,
  clips,
  coming,
  onAddPhotos,
  isPlayBeside,
  onRefreshUrls,
}: {
  project: ProjectView;
  clips: readonly ClipView[];
  /** Uploads that are no clips yet. */
  coming: readonly UploadGlance[];
  onAddPhotos: () => void;
  /** The studio's next step is to play the film. */
  isPlayBeside: boolean;
  onRefreshUrls: () => Promise<readonly ClipView[]>;
}) {
  if (clips.length === 0 && coming.length === 0)
    return (
      <div className="order-last w-full">
        <PhotoPicker onAddPhotos={onAddPhotos} />
      </div>
    );
  return (
    <div
      className="mx-auto w-[min(100%,max(8.5rem,calc(var(--film-aspect)*30dvh)))] md:mx-0 md:w-[min(58%,max(8.5rem,calc(var(--film-aspect)*44dvh)))]"
      style={{ '--film-aspect': aspectOf(project.shape) } as CSSProperties}
    >
      {clips.length === 0 ? (
        <UploadPreview items={coming} shape={project.shape} />
      ) : (
        <FilmPlayer
          variant="inline"
          clips={clips}
          shape={project.shape}
          trackId={project.trackId}
          title={project.title}
          onEnd={() => tellPlayed(project.id)}
          onRefreshUrls={onRefreshUrls}
          endActions={<ShareButton />}
          isPlayBeside={isPlayBeside}
        />
      )}
    </div>
  );
}

function PhotoPicker({ onAddPhotos }: { onAddPhotos: () => void }) {
  return (
    <button
      type="button"
      data-at-once="photos"
      onClick={onAddPhotos}
      className="grid min-h-[52dvh] w-full content-center justify-items-center gap-4 rounded-photo border-2 border-dashed border-edge p-6 text-center transition hover:bg-raised active:scale-[0.99]"
    >
      <span className="grid size-18 place-items-center rounded-full bg-light-fill text-on-light">
        <Icon name="image-plus" size={32} />
      </span>
      <span className="font-title text-25 text-balance">Choose the photos for your film</span>
      <span className="max-w-text text-quiet">
        As many as you like, straight from the camera. Only you can open them, and one goes to a film service only when
        you bring it to life.
      </span>
    </button>
  );
}

/** Stands in for the player while the first photos upload: the preview of the first one, once it is known. */
function UploadPreview({ items, shape }: { items: readonly UploadGlance[]; shape: Shape }) {
  const coming = items.filter((item) => item.reason === null);
  const preview = useUpload(coming[0]?.id ?? '').item?.previewUrl;
  return (
    <div
      className="room relative grid place-items-center overflow-hidden rounded-photo"
      style={{ aspectRatio: aspectOf(shape) }}
    >
      {preview ? (
        <img src={preview} alt="" className="absolute inset-0 size-full object-cover brightness-90" />
      ) : (
        <p className="grid justify-items-center gap-3 p-4 text-center text-quiet">
          <Icon name="image" size={32} />
          {coming.length > 0 ? 'Your film begins in a moment.' : 'Add photos, and your film begins here.'}
        </p>
      )}
    </div>
  );
}

/** Over the whole page while photos are dragged over it. */
export function DropHere() {
  return (
    <p className="room pointer-events-none fixed inset-4 z-40 grid place-items-center rounded-photo border-2 border-dashed border-light text-center font-title text-32 opacity-95">
      Let go, and they join your film
    </p>
  );
}
