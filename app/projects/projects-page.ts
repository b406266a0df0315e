/** Projects on one page of the projects page. */
export const projectsPerPage = 24;

/** The most characters of a title; a law of the schema has the same limit. */
export const maxTitleLength = 80;

/** The path of the projects page: a page of it, the project whose sheet is open, the one that was just deleted. */
export function projectsPath(at: { before?: string | null; film?: string; deleted?: string } = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(at)) if (value) query.set(name, value);
  // `query.size` is newer than Safari 16.4.
  return query.toString() ? `/projects?${query}` : '/projects';
}

/** The first title of a project made at `now` (ms since 1970): "Film of 22 November", in UTC. */
export function firstTitle(now: number): string {
  return `Film of ${new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(now)}`;
}

/** True for a title that `firstTitle` made, and not the person. */
export const isFirstTitle = (title: string): boolean => /^Film of \d{1,2} \p{L}+( \(\d+\))?$/u.test(title);

/** The title, with the least number from 2 on if one of these films has it: "Film of 22 November (2)". */
export function unusedTitle(title: string, taken: readonly string[]): string {
  if (!taken.includes(title)) return title;
  let number = 2;
  while (taken.includes(`${title} (${number})`)) number += 1;
  return `${title} (${number})`;
}

/** A length in seconds as text: "0:42". */
export function filmLengthInWords(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** The line under a project's title: its film's length and number of photos. */
export function projectInWords({ clipCount, seconds }: { clipCount: number; seconds: number }): string {
  if (clipCount === 0) return 'No photos yet';
  return `${filmLengthInWords(seconds)} · ${clipCount === 1 ? '1 photo' : `${clipCount} photos`}`;
}
