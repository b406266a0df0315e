/** Films on one page of the wall. */
export const projectsPerPage = 24;

/** The most characters of a title; the schema holds the same law. */
export const maxTitleLength = 80;

/** Where the wall of films is: a page of it, the film whose details are open, the film that has just been deleted. */
export function projectsPath(at: { before?: string | null; film?: string; deleted?: string } = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(at)) if (value) query.set(name, value);
  // `query.size` is newer than Safari 16.4.
  return query.toString() ? `/projects?${query}` : '/projects';
}

/** A first title for a film begun at `now` (ms since 1970): "Film of 22 November". The person's zone is not known here. */
export function firstTitle(now: number): string {
  return `Film of ${new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(now)}`;
}

/** "0:42": a length in seconds as a person reads it. */
export function lengthInWords(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Words under a film: its length and how many photos it is made of. */
export function filmInWords({ clipCount, seconds }: { clipCount: number; seconds: number }): string {
  if (clipCount === 0) return 'No photos yet';
  return `${lengthInWords(seconds)} · ${clipCount === 1 ? '1 photo' : `${clipCount} photos`}`;
}
