import { useEffect } from 'react';

/** Keeps the screen on while `on`, where the browser can. */
export function useWakeLock(on: boolean) {
  useEffect(() => {
    if (!on || !('wakeLock' in navigator)) return;
    let over = false;
    let lock: WakeLockSentinel | null = null;
    const release = () => lock?.release().catch(() => undefined);
    navigator.wakeLock.request('screen').then(
      (granted) => {
        lock = granted;
        if (over) void release();
      },
      // Refused on a low battery: the film plays without it.
      () => undefined,
    );
    return () => {
      over = true;
      void release();
    };
  }, [on]);
}
