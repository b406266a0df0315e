import { Icon } from '~/components/icon';
import { aspectOf, type Shape } from '~/photos/frame';
import type { UploadItem } from '~/photos/upload-queue.client';

/** The film's place while its first photos are on their way: the first of them, as soon as it can be seen. */
export function ComingFilm({ items, shape }: { items: readonly UploadItem[]; shape: Shape }) {
  const coming = items.filter((item) => item.reason === null);
  const preview = coming.find((item) => item.previewUrl)?.previewUrl;
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
