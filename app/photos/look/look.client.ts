import { pause } from '~/components/waking';
import { sizedUrl } from '../photo-sizes';
import { createWorkerPool, type WorkerOrder } from '../worker-pool.client';
import type { Fingerprint } from './fingerprint';
import type { Look, LookResult } from './look';
import { type Candidate, type Stack, stacksOf } from './stacks';

interface Photo {
  id: string;
  url: string;
}

/** Looks at the photos of this page, one at a time; each photo once. */
export interface Looks {
  /**
   * What is in a stored photo; null for one that cannot be opened, where the browser has no worker to do it in, and once
   * `signal` aborts. Waits for a lost connection.
   */
  at(photo: Photo, options: { isUrgent: boolean; signal: AbortSignal }): Promise<Look | null>;
  /** The clips whose photos look alike; none once `signal` aborts. Takes the small size of each photo that is new to it. */
  stacks(
    clips: readonly (Omit<Candidate, 'fingerprint'> & { photo: Photo })[],
    signal: AbortSignal,
  ): Promise<readonly Stack[]>;
}

/** Attempts at one photo before it is left until the page is opened again. */
const mostAttempts = 12;

/** Faces are looked for when a panel is open, then photos are compared, then frames are proposed. */
const urgency = { panel: 2, fingerprint: 1, background: 0 } as const;

export function createLooks(): Looks {
  const pool = createWorkerPool<LookResult>({
    workers: 1,
    endsWhenIdle: true,
    make: () => new Worker(new URL('./look.worker.ts', import.meta.url), { type: 'module' }),
  });
  const known = new Map<string, Look | null>();
  const fingerprints = new Map<string, Fingerprint | null>();

  /** The worker's answer about a stored photo, `unreadable` for one that cannot be had; null once `signal` aborts. */
  async function ask(
    url: string,
    task: WorkerOrder['task'],
    { urgency, signal }: { urgency: number; signal: AbortSignal },
  ): Promise<LookResult | null> {
    let file: Blob | null = null;
    for (let attempt = 0; attempt < mostAttempts && !signal.aborted; attempt++) {
      if (attempt > 0) await pause({ attempt, signal });
      const answer: Response | null = file ? null : await fetch(url, { signal }).catch(() => null);
      if (answer && !answer.ok && answer.status < 500) break;
      file ??= answer?.ok ? await answer.blob().catch(() => null) : null;
      const seen = file && (await pool.run({ file, task }, { urgency: () => urgency, signal }));
      if (signal.aborted) break;
      if (seen === 'too-heavy') return { outcome: 'unreadable' };
      if (seen === null || seen === 'unavailable' || seen.outcome === 'not-loaded') continue;
      return seen;
    }
    return null;
  }

  return {
    async at({ id, url }, { isUrgent, signal }) {
      if (typeof OffscreenCanvas === 'undefined') return null;
      if (known.has(id)) return known.get(id) ?? null;
      const turn = { urgency: isUrgent ? urgency.panel : urgency.background, signal };
      const seen = await ask(sizedUrl(url, 'medium'), 'look', turn);
      if (!seen) return null;
      known.set(id, seen.outcome === 'seen' ? seen.look : null);
      return known.get(id) ?? null;
    },

    async stacks(clips, signal) {
      if (typeof OffscreenCanvas === 'undefined') return [];
      for (const { photo } of clips) {
        if (fingerprints.has(photo.id)) continue;
        const seen = await ask(sizedUrl(photo.url, 'small'), 'fingerprint', { urgency: urgency.fingerprint, signal });
        if (signal.aborted) return [];
        fingerprints.set(photo.id, seen?.outcome === 'known' ? seen.fingerprint : null);
      }
      return stacksOf(
        clips.flatMap(({ photo, ...clip }) => {
          const fingerprint = fingerprints.get(photo.id);
          return fingerprint ? [{ ...clip, fingerprint }] : [];
        }),
      );
    },
  };
}
