import { useEffect } from 'react';

/**
 * Calls `act` one second after a moment, in ms since 1970; null is never. A moment that has passed counts as now. For an
 * offer whose limit ends while its page is shown.
 */
export function useCallAt(moment: number | null, act: () => void): void {
  useEffect(() => {
    if (moment === null) return;
    const timer = setTimeout(act, Math.max(1000, moment - Date.now() + 1000));
    return () => clearTimeout(timer);
  }, [moment, act]);
}
