import type { Outside } from '~/auth/in-app-browser';
import { GoogleButton } from './google-button';
import { OpenOutside } from './open-outside';

/** The sign-in button with `promise` under it; in another app's browser, a link into the device's own browser. */
export function WayIn({
  returnTo,
  outside,
  promise,
}: {
  returnTo: string | null;
  outside: Outside | null;
  /** What is free; null for nothing. */
  promise: string | null;
}) {
  if (outside) return <OpenOutside outside={outside} />;
  return (
    <>
      <GoogleButton returnTo={returnTo} />
      {promise && <p className="w-full text-center text-15 text-ink/80 md:text-start">{promise}</p>}
    </>
  );
}
