import { pause } from '~/components/waking';
import { sizedUrl } from '../photo-sizes';
import { createWorkerPool } from '../worker-pool.client';
import type { Look, LookResult } from './look';
import { proposeFrame } from './propose';

/** Looks at the photos of this page, one at a time; each photo once. */
export interface Looks {
  /**
   * What is in a stored photo; null for one that cannot be opened, where the browser has no worker to do it in, and once
   * `signal` aborts. Waits for a lost connection.
   */
  at(photo: { id: string; url: string }, options: { isUrgent: boolean; signal: AbortSignal }): Promise<Look | null>;
  /** The frame for the faces of a photo; here, because nothing needs it before a photo was looked at. */
  proposeFrame: typeof proposeFrame;
}

/** Attempts at one photo before it is left until the page is opened again. */
const mostAttempts = 12;

export function createLooks(): Looks {
  const pool = createWorkerPool<LookResult>({
    workers: 1,
    endsWhenIdle: true,
    make: () => new Worker(new URL('./look.worker.ts', import.meta.url), { type: 'module' }),
  });
  const known = new Map<string, Look | null>();

  async function look({ id, url }: { id: string; url: string }, isUrgent: boolean, signal: AbortSignal) {
    let file: Blob | null = null;
    for (let attempt = 0; attempt < mostAttempts && !signal.aborted; attempt++) {
      if (attempt > 0) await pause({ attempt, signal });
      const answer: Response | null = file ? null : await fetch(sizedUrl(url, 'medium'), { signal }).catch(() => null);
      if (answer && !answer.ok && answer.status < 500) break;
      file ??= answer?.ok ? await answer.blob().catch(() => null) : null;
      const seen = file && (await pool.run({ file, task: 'look' }, { urgency: () => (isUrgent ? 1 : 0), signal }));
      if (signal.aborted) break;
      if (seen === 'too-heavy') return keep(id, null);
      if (seen === null || seen === 'unavailable' || seen.outcome === 'not-loaded') continue;
      return keep(id, seen.outcome === 'seen' ? seen.look : null);
    }
    return null;
  }
  function keep(id: string, look: Look | null) {
    known.set(id, look);
    return look;
  }

  return {
    proposeFrame,
    async at(photo, { isUrgent, signal }) {
      if (typeof OffscreenCanvas === 'undefined') return null;
      return known.get(photo.id) ?? (known.has(photo.id) ? null : look(photo, isUrgent, signal));
    },
  };
}
