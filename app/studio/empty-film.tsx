import { Icon } from '~/components/icon';

/** A film without photos is the picker itself. */
export function EmptyFilm({ onAddPhotos }: { onAddPhotos: () => void }) {
  return (
    <button
      type="button"
      onClick={onAddPhotos}
      className="grid min-h-[52dvh] w-full content-center justify-items-center gap-4 rounded-photo border-2 border-dashed border-edge p-6 text-center transition hover:bg-raised active:scale-[0.99]"
    >
      <span className="grid size-18 place-items-center rounded-full bg-light text-on-light">
        <Icon name="image-plus" size={32} />
      </span>
      <span className="font-title text-25 text-balance">Choose the photos for your film</span>
      <span className="max-w-text text-quiet">
        As many as you like, straight from the camera. Nobody but you can see them.
      </span>
    </button>
  );
}
