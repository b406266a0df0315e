import { useEffect, useRef } from 'react';

/** While `open`, the browser's Back closes what covers the page, and the page itself stays. */
export function useBackCloses(open: boolean, close: () => void) {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (!open) return;
    const here = location.href;
    // A copy of the current entry, so that address and state stay; marked, so that Back out of what was opened over it
    // (a sheet) is told from Back out of itself.
    const mark = crypto.randomUUID();
    history.pushState({ ...history.state, covering: mark }, '');
    let popped = false;
    const onPop = () => {
      if (popped || history.state?.covering === mark) return;
      popped = true;
      latest.current();
    };
    addEventListener('popstate', onPop);
    return () => {
      removeEventListener('popstate', onPop);
      // Closed by a button or a key: the entry is removed, unless the page has been left.
      if (!popped && location.href === here) history.back();
    };
  }, [open]);
}
