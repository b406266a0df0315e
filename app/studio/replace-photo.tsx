import { buttonClass } from '~/components/button';
import { Icon } from '~/components/icon';

/** A button that picks another photo for a clip. */
export function ReplacePhoto({ onReplace }: { onReplace: (files: readonly File[]) => void }) {
  return (
    <label
      className={buttonClass(
        'quiet',
        'cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-light',
        'small',
      )}
    >
      <Icon name="image-plus" />
      Replace photo
      <input
        type="file"
        accept="image/*,.heic,.heif"
        className="sr-only"
        onChange={({ target }) => onReplace([...(target.files ?? [])])}
      />
    </label>
  );
}
