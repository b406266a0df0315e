import { useSearchParams } from '@remix-run/react';
import { flashMessage } from '~/flash';
import { adminMessages } from './outcome-messages';

/** The sentence for the post that led to this page, if one did. `more` is added to it. */
export function FlashMessage({ more = '' }: { more?: string }) {
  const [search] = useSearchParams();
  const message = flashMessage(search, adminMessages);
  if (message === null) return null;
  return (
    <p role="status" className="max-w-text border-s-2 border-light ps-4 font-medium">
      {message} {more}
    </p>
  );
}
