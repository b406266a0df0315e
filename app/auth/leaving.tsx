import { useEffect, useState } from 'react';
import { lazyPart } from '~/components/lazy-part';
import { useSheet } from '~/components/use-sheet';
import type { AskedSignOut } from './leaving-sheet';

const LeavingSheet = lazyPart(() => import('./leaving-sheet'));

/** The form posts that sign this browser out. */
const signOuts: readonly string[] = ['/sign-out', '/sign-out/everywhere'];

/**
 * Stands between every sign-out and its form post: the sheet for it, whose script is loaded with the first sign-out, asks
 * about photos that have not arrived. Without scripts the form posts by itself.
 */
export function Leaving() {
  const { value } = useSheet('leave');
  const [asked, setAsked] = useState<AskedSignOut | null>(null);
  const action = signOuts.find((one) => one === value) ?? null;
  useEffect(() => {
    const onSubmit = (event: SubmitEvent) => {
      const path = event.target instanceof HTMLFormElement && new URL(event.target.action).pathname;
      if (!path || !signOuts.includes(path)) return;
      event.preventDefault();
      event.stopPropagation();
      setAsked({ path });
    };
    document.addEventListener('submit', onSubmit, { capture: true });
    return () => document.removeEventListener('submit', onSubmit, { capture: true });
  }, []);
  if (asked === null && action === null) return null;
  return <LeavingSheet asked={asked} action={action} />;
}
