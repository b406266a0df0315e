// What Cloudflare charges for a month, at the prices published for Workers Paid in November 2026.
import type { Counts } from './metered-worker.ts';

/** Billed units: counts, but for `cpuMs`, `objectGbSeconds`, and `d1StoredGb` and `storedGb` (GB for a month in D1 and R2). */
export type Billed =
  | 'workerRequests'
  | 'cpuMs'
  | 'objectRequests'
  | 'objectGbSeconds'
  | 'objectRowsRead'
  | 'objectRowsWritten'
  | 'd1RowsRead'
  | 'd1RowsWritten'
  | 'd1StoredGb'
  | 'r2ClassA'
  | 'r2ClassB'
  | 'storedGb'
  | 'queueOperations';
export type Use = Readonly<Record<Billed, number>>;

const million = 1e6;
const planDollars = 5;
/** Dollars for each one beyond what the plan includes in a month. */
const prices: Readonly<Record<Billed, { included: number; dollars: number }>> = {
  workerRequests: { included: 10 * million, dollars: 0.3 / million },
  cpuMs: { included: 30 * million, dollars: 0.02 / million },
  objectRequests: { included: million, dollars: 0.15 / million },
  objectGbSeconds: { included: 400_000, dollars: 12.5 / million },
  objectRowsRead: { included: 25_000 * million, dollars: 0.001 / million },
  objectRowsWritten: { included: 50 * million, dollars: 1 / million },
  d1RowsRead: { included: 25_000 * million, dollars: 0.001 / million },
  d1RowsWritten: { included: 50 * million, dollars: 1 / million },
  d1StoredGb: { included: 5, dollars: 0.75 },
  r2ClassA: { included: million, dollars: 4.5 / million },
  r2ClassB: { included: 10 * million, dollars: 0.36 / million },
  storedGb: { included: 10, dollars: 0.015 },
  queueOperations: { included: million, dollars: 0.4 / million },
};

const objectGb = 0.128;
/** Assumed, not counted: the time of a provider's answer and of a video's download, while the object is billed. */
const answerSeconds = 0.5;
const filmSeconds = 1;
/** Assumed: one photo uploaded in its three sizes, and its film watched five times; both stored for a month. */
const aroundIt = { workerRequests: 8, r2ClassA: 5, r2ClassB: 5, storedGb: (0.42 + 5) / 1000 };
/** Assumed, not counted: a clip's rows and indexes in D1 (3.2 kB as measured in November 2026). */
const d1GbPerClip = 3.2 / 1e6;
/** The limit of one D1. */
const mostD1Gb = 10;
const monthSeconds = 30 * 86_400;

/** The use of one clip: these counts and the assumptions. */
export function useOf({ counts, cpuMs }: { counts: Counts; cpuMs: number }): Use {
  const asked = counts.orders + counts.polls + counts.deletions;
  return {
    workerRequests: counts.workerRequests + aroundIt.workerRequests,
    cpuMs,
    objectRequests: counts.alarms + counts.objectCalls,
    objectGbSeconds: objectGb * (counts.objectMs / 1000 + asked * answerSeconds + counts.films * filmSeconds),
    objectRowsRead: counts.objectRowsRead,
    objectRowsWritten: counts.objectRowsWritten,
    d1RowsRead: counts.d1RowsRead,
    d1RowsWritten: counts.d1RowsWritten,
    d1StoredGb: d1GbPerClip,
    r2ClassA: counts.r2ClassA + aroundIt.r2ClassA,
    r2ClassB: counts.r2ClassB + aroundIt.r2ClassB,
    storedGb: aroundIt.storedGb,
    queueOperations: counts.queueOperations,
  };
}

/** The mean number of clips under way at once, for `clips` a month of `seconds` each. */
export function underWay({ clips, seconds }: { clips: number; seconds: number }): number {
  return (clips * seconds) / monthSeconds;
}

/** Dollars for a month of `clips`: the plan, and the use beyond it. `always`: use that does not depend on clips. */
export function monthlyDollars({
  clips,
  perClip,
  always,
}: {
  clips: number;
  perClip: Use;
  always: Partial<Use>;
}): number {
  const kinds = Object.entries(prices) as [Billed, (typeof prices)[Billed]][];
  return kinds.reduce((sum, [kind, { included, dollars }]) => {
    const used = perClip[kind] * clips + (always[kind] ?? 0);
    return sum + Math.max(0, used - included) * dollars;
  }, planDollars);
}

/** The storage of one clip, and its cost for a month beyond the plan. */
export const kept = {
  r2Megabytes: aroundIt.storedGb * 1000,
  r2Dollars: aroundIt.storedGb * prices.storedGb.dollars,
  d1Kilobytes: d1GbPerClip * 1e6,
  d1Dollars: d1GbPerClip * prices.d1StoredGb.dollars,
} as const;

/** The number of clips that fill one D1. */
export const mostClipsOfOneD1 = Math.round(mostD1Gb / d1GbPerClip);
