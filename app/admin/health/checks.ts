import type { ReportKind } from '~/db/run-reports';

/** The result of checking one part of Echoes. */
export interface Check {
  what: string;
  state: CheckState;
  detail: string;
}

/** `not set up`: left out by choice. `not yet`: a scheduled run whose first time has not come. */
export type CheckState = 'well' | 'trouble' | 'not set up' | 'not yet';

const aNight = 26 * 3_600_000;
/** A last run longer ago than this (ms) means that the schedule has stopped. */
export const latest = {
  sweep: 3 * 60_000,
  audit: aNight,
  reconcile: aNight,
  spending: aNight,
} as const satisfies Record<ReportKind, number>;

/** The scheduled runs in the words of the admin panel. */
export const runNames = {
  sweep: 'Last sweep',
  audit: 'Last audit',
  reconcile: 'Books last compared',
  spending: 'Charges last compared',
} as const satisfies Record<ReportKind, string>;

/** A duration in words: `4 minutes`. */
export function ageInWords(milliseconds: number): string {
  const steps = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ] as const;
  const [size, name] = steps.find(([size]) => milliseconds >= 2 * size) ?? [1000, 'second'];
  const count = Math.max(0, Math.floor(milliseconds / size));
  return `${count} ${count === 1 ? name : `${name}s`}`;
}
