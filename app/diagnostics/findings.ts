import type { RecentError } from './recent-errors';

/** What one check of this browser has shown. */
export interface Finding {
  what: string;
  /** `partly`: it works with a loss, or cannot be known before a tap. `fact`: nothing that could be missing. */
  state: 'yes' | 'no' | 'partly' | 'fact';
  detail: string;
}

/** A section of checks on the page. */
export interface FindingGroup {
  title: string;
  findings: readonly Finding[];
}

/** All that a person sends to the owner, as text. `at` in ms since 1970; `requestId` finds this visit in the log. */
export function reportText({
  at,
  requestId,
  groups,
  errors,
}: {
  at: number;
  requestId: string;
  groups: readonly FindingGroup[];
  errors: readonly RecentError[];
}): string {
  const moment = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return [
    `Echoes diagnostics, ${moment(at)}, request ${requestId}`,
    ...groups.flatMap(({ title, findings }) => [
      '',
      title,
      ...findings.map(
        ({ what, state, detail }) =>
          `  ${what}: ${[...(state === 'fact' ? [] : [state]), detail].filter(Boolean).join(', ')}`,
      ),
    ]),
    '',
    'Last errors on this device',
    ...(errors.length === 0
      ? ['  none']
      : errors.map((error) => `  ${moment(error.at)} ${error.path} ${error.text.replace(/\s+/g, ' ')}`)),
    '',
  ].join('\n');
}
