import { useEffect, useRef } from 'react';
import { useReload } from '~/components/reload';

const soonest = 4000;
const latest = 60_000;

/**
 * Reloads the page's data while the page is visible: every four seconds while `what` changes, and after growing pauses, up
 * to a minute, while it does not.
 */
export function useRefresh(what: string): void {
  const reload = useReload();
  const seen = useRef(what);
  useEffect(() => {
    seen.current = what;
  }, [what]);

  useEffect(() => {
    let pause = soonest;
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const wait = () => {
      clearTimeout(timer);
      if (!isOver) timer = setTimeout(look, pause);
    };
    async function look() {
      if (document.visibilityState !== 'visible') return;
      const before = seen.current;
      await reload();
      pause = seen.current === before ? Math.min(latest, pause * 1.5) : soonest;
      wait();
    }
    const comeBack = () => {
      pause = soonest;
      void look();
    };
    document.addEventListener('visibilitychange', comeBack);
    wait();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', comeBack);
    };
  }, [reload]);
}
