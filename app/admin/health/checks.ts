import type { ReportKind } from '~/db/run-reports';

/** What a look at one part of the house came to. */
export interface Check {
  what: string;
  state: CheckState;
  detail: string;
}

/** `not set up`: left out by choice, and nothing is broken by it. `not yet`: it runs by itself, and its time has not come. */
export type CheckState = 'well' | 'trouble' | 'not set up' | 'not yet';

const aNight = 26 * 3_600_000;
/** Runs for longer than this ago (ms) mean that what runs by itself has stopped. */
export const latest = {
  sweep: 3 * 60_000,
  audit: aNight,
  reconcile: aNight,
  spending: aNight,
} as const satisfies Record<ReportKind, number>;

/** What the desk calls the last run of each. */
export const runNames = {
  sweep: 'Last sweep',
  audit: 'Last audit',
  reconcile: 'Books last compared',
  spending: 'Charges last compared',
} as const satisfies Record<ReportKind, string>;

/** How long ago in words: `4 minutes`. */
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
