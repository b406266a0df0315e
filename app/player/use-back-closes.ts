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
    // The same entry once more: address and state stay as the page knows them.
    history.pushState(history.state, '');
    let popped = false;
    const onPop = () => {
      popped = true;
      latest.current();
    };
    addEventListener('popstate', onPop, { once: true });
    return () => {
      removeEventListener('popstate', onPop);
      // Closed in another way: the entry is taken back, unless the page is already elsewhere.
      if (!popped && location.href === here) history.back();
    };
  }, [open]);
}
