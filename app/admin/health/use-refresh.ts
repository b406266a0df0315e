import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';

const soonest = 4000;
const latest = 60_000;

/**
 * Reloads the page's data while the page is visible: every four seconds while `what` changes, and after growing pauses, up
 * to a minute, while it does not.
 */
export function useRefresh(what: string): void {
  const { revalidate, state } = useRevalidator();
  const pause = useRef(soonest);
  const seen = useRef(what);

  useEffect(() => {
    if (state !== 'idle') return;
    pause.current = seen.current === what ? Math.min(latest, pause.current * 1.5) : soonest;
    seen.current = what;
    const look = () => {
      if (document.visibilityState === 'visible') revalidate();
    };
    const comeBack = () => {
      pause.current = soonest;
      look();
    };
    const timer = setTimeout(look, pause.current);
    document.addEventListener('visibilitychange', comeBack);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', comeBack);
    };
  }, [what, state, revalidate]);
}
