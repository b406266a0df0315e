const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** A day, the same on the server and in the browser. `at` in ms since 1970; `year`: with the year. */
export function Day({ at, year = false }: { at: number; year?: boolean }) {
  return <time dateTime={new Date(at).toISOString()}>{(year ? dayOfYear : day).format(at)}</time>;
}
