/**
 * Keeps the screen on while photos travel: a phone that sleeps stops them. The browser lets go of it when the page is put
 * away, so it is asked for again when the page is seen. Does nothing where the browser cannot or will not.
 */
export function createKeepAwake({ signal }: { signal: AbortSignal }): (isWanted: boolean) => void {
  let wanted = false;
  let lock: Promise<WakeLockSentinel | null> | null = null;

  function update() {
    if (!('wakeLock' in navigator)) return;
    if (wanted && document.visibilityState === 'visible')
      lock ??= navigator.wakeLock.request('screen').catch(() => null);
    else {
      void lock?.then((held) => held?.release()).catch(() => undefined);
      lock = null;
    }
  }
  document.addEventListener('visibilitychange', update, { signal });
  signal.addEventListener('abort', () => {
    wanted = false;
    update();
  });
  return (isWanted) => {
    if (isWanted === wanted) return;
    wanted = isWanted;
    update();
  };
}
