import { useEffect } from 'react';

/** A longer timer would ring at once in every browser, and the limit may end earlier than was said. */
const mostMilliseconds = 10 * 60_000;

/**
 * Calls `act` one second after a moment, in ms since 1970; null is never. A moment that has passed counts as now, and until
 * one that is far away `act` is called every ten minutes. For an offer whose limit ends while its page is shown.
 */
export function useCallAt(moment: number | null, act: () => void): void {
  useEffect(() => {
    if (moment === null) return;
    const left = Math.max(1000, moment - Date.now() + 1000);
    const timer = setInterval(
      () => {
        act();
        if (left <= mostMilliseconds) clearInterval(timer);
      },
      Math.min(mostMilliseconds, left),
    );
    return () => clearInterval(timer);
  }, [moment, act]);
}
