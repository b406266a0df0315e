import { buttonClass } from '~/components/button';

/** The sign-in button. `returnTo` is the path to open afterwards; the server accepts only paths of its own origin. */
export function GoogleButton({ returnTo }: { returnTo: string | null }) {
  return (
    <form method="post" action="/auth/google" className="w-full md:w-auto">
      {returnTo && <input type="hidden" name="returnTo" value={returnTo} />}
      <button type="submit" className={buttonClass('primary', 'w-full', 'large')}>
        <svg aria-hidden="true" width="18" height="18" viewBox="0 0 24 24" fill="currentColor">
          <path d="M12.2 10.3v3.9h5.5c-.2 1.4-1.7 4.2-5.5 4.2a6.4 6.4 0 0 1 0-12.8c2 0 3.2.8 4 1.5l2.7-2.6A9.8 9.8 0 0 0 12.2 2a10 10 0 1 0 0 20c5.8 0 9.6-4 9.6-9.8l-.2-1.9z" />
        </svg>
        Continue with Google
      </button>
    </form>
  );
}
