import type { Stack } from '~/photos/look/stacks';

/** What Echoes sees in the photos of a film that may still be brought to life. */
export interface PhotoMarks {
  /** Photos that look alike. Each has at least two clips, and its top is one of them. */
  stacks: readonly Stack[];
  /** The clips of stacks below their top: the strip shows the top alone. */
  hidden: ReadonlySet<string>;
  /** What a person may want to know before paying, in two or three words, by clip. */
  warnings: ReadonlyMap<string, string>;
}

/** The marks of a film whose photos have not been looked at. */
export const noMarks: PhotoMarks = { stacks: [], hidden: new Set(), warnings: new Map() };
