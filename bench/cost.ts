// What Cloudflare charges for a month, at the prices published for Workers Paid in November 2026.
import type { Counts } from './metered-worker.ts';

/** What is billed: counts, but for `cpuMs`, `objectGbSeconds`, and `d1StoredGb` and `storedGb` (GB kept for a month in D1 and in R2). */
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
/** Assumed, not counted: how long a provider takes to answer, and a film to come, while its object is billed. */
const answerSeconds = 0.5;
const filmSeconds = 1;
/** Assumed: a photo sent, and its film watched five times; both kept for a month. */
const aroundIt = { workerRequests: 8, r2ClassA: 3, r2ClassB: 5, storedGb: (0.35 + 5) / 1000 };
/** Assumed, not counted: what a clip's rows and their indexes take up in D1 (3.2 kB by the study of costs of November 2026). */
const d1GbPerClip = 3.2 / 1e6;
/** One D1 takes no more than this. */
const mostD1Gb = 10;
const monthSeconds = 30 * 86_400;

/** What one clip uses by these counts, with what is assumed beside them. */
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

/** Clips under way at the same time when so many are made in a month, each for so many seconds. */
export function underWay({ clips, seconds }: { clips: number; seconds: number }): number {
  return (clips * seconds) / monthSeconds;
}

/** Dollars for a month of so many clips: the plan, and of each kind what goes beyond it. `always`: used with no clip at all. */
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

/** What a clip keeps, and what a month of that costs beyond what the plan includes. */
export const kept = {
  r2Megabytes: aroundIt.storedGb * 1000,
  r2Dollars: aroundIt.storedGb * prices.storedGb.dollars,
  d1Kilobytes: d1GbPerClip * 1e6,
  d1Dollars: d1GbPerClip * prices.d1StoredGb.dollars,
} as const;

/** One D1 is full after so many clips. */
export const mostClipsOfOneD1 = Math.round(mostD1Gb / d1GbPerClip);
