import { leaveOldPage } from './old-page';

/** Calls `wake` whenever a new attempt is worth making: the connection is back, or the page is seen again. */
export function onWaking(wake: () => void, signal: AbortSignal): void {
  addEventListener('online', wake, { signal });
  addEventListener('pageshow', wake, { signal });
  document.addEventListener('resume', wake, { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake(), { signal });
}

/** Longest pause between two attempts, in ms. */
const longestPause = 15_000;

/**
 * Waits before the next attempt: half a second, doubled with each (`attempt` counts from 0), with jitter. Ends early when
 * the page wakes or `signal` aborts.
 */
export function pause({ attempt, signal }: { attempt: number; signal?: AbortSignal | undefined }): Promise<void> {
  const ended = new AbortController();
  const ms = Math.min(longestPause, 500 * 2 ** attempt) * (0.5 + Math.random() / 2);
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    ended.signal.addEventListener('abort', () => clearTimeout(timer));
    onWaking(resolve, ended.signal);
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { signal: ended.signal });
  }).finally(() => ended.abort());
}

/**
 * Imports a script of the page, and requests it again after each failure.
 * A page of an earlier deployment is reloaded instead. `onLost` is called at each failure. Rejects once `attempts` are used up, or `signal` aborts.
 */
export async function load<T>(
  importPart: () => Promise<T>,
  {
    attempts = Number.POSITIVE_INFINITY,
    signal,
    onLost,
  }: { attempts?: number; signal?: AbortSignal; onLost?: () => void } = {},
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await importPart();
    } catch (error) {
      if (attempt === 1) void leaveOldPage();
      if (attempt + 1 >= attempts || signal?.aborted) throw error;
      onLost?.();
    }
    await pause({ attempt, signal });
  }
}
