import { pause } from '~/components/waking';
import { type Frame, middleFrame, type Shape, type Size } from '../frame';
import { personHere } from '../kept-photo';
import { sizedUrl } from '../photo-sizes';
import { createWorkerPool, type WorkerOrder } from '../worker-pool.client';
import type { Fingerprint } from './fingerprint';
import type { Look, LookResult } from './look';
import { proposeFrame } from './propose';
import { type Candidate, type Stack, stacksOf } from './stacks';
import { type Warning, warningsFor } from './warnings';

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
  /**
   * The frame to propose for a photo that nobody has framed: without faces the middle, which says that it has been looked
   * at. Null where it cannot be looked at.
   */
  frame(photo: Photo & Size, shape: Shape, signal: AbortSignal): Promise<Frame | null>;
  /** What a person may want to know of a photo in this frame, the weightiest first; null where it cannot be looked at. */
  warnings(photo: Photo & Size, framed: { shape: Shape; frame: Frame }, signal: AbortSignal): Promise<Warning[] | null>;
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
  const underWay = new Map<string, Promise<unknown>>();
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

  async function at(photo: Photo, { isUrgent, signal }: { isUrgent: boolean; signal: AbortSignal }) {
    const { id, url } = photo;
    if (typeof OffscreenCanvas === 'undefined') return null;
    if (!known.has(id)) {
      const kept = keptLooks.read(id);
      if (kept) known.set(id, kept);
    }
    if (known.has(id)) return known.get(id) ?? null;
    // A frame is proposed and warnings are found at the same time.
    const other = underWay.get(id);
    if (other) {
      await other;
      if (known.has(id)) return known.get(id) ?? null;
    }
    if (signal.aborted) return null;
    const turn = { urgency: isUrgent ? urgency.panel : urgency.background, signal };
    const asked = ask(sizedUrl(url, 'medium'), 'look', turn);
    underWay.set(id, asked);
    const seen = await asked;
    if (underWay.get(id) === asked) underWay.delete(id);
    if (!seen) return null;
    const look = seen.outcome === 'seen' ? seen.look : null;
    known.set(id, look);
    if (look) keptLooks.write(id, look);
    return look;
  }

  return {
    at,

    async frame(photo, shape, signal) {
      const look = await at(photo, { isUrgent: false, signal });
      return look && (proposeFrame({ size: photo, shape, faces: look.faces }) ?? middleFrame);
    },

    async warnings(photo, framed, signal) {
      const look = await at(photo, { isUrgent: false, signal });
      return look && warningsFor({ look, size: photo, ...framed });
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

/** Looks that this tab has had before a reload: another one would cost a phone a second for each photo. */
const keptLooks = {
  name: (photoId: string) => `echoes:look:${photoId}`,
  read(photoId: string): Look | null {
    try {
      return JSON.parse(sessionStorage.getItem(this.name(photoId)) ?? 'null') as Look | null;
    } catch {
      return null;
    }
  },
  write(photoId: string, look: Look) {
    // A page whose person has signed out stores nothing more.
    if (personHere() === '') return;
    try {
      sessionStorage.setItem(this.name(photoId), JSON.stringify(look));
    } catch {
      // A full or forbidden storage: the next page looks again.
    }
  },
};
