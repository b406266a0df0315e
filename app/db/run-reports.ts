/** The runs that are reported: the sweep each minute, the others once a night. */
export const reportKinds = ['sweep', 'audit', 'reconcile', 'spending'] as const;
export type ReportKind = (typeof reportKinds)[number];

/** The newest report of a kind of run. `differences`: what the run found, one line each. `at` in ms since 1970. */
export interface Report {
  at: number;
  ok: boolean;
  differences: string[];
  milliseconds: number;
}
