const dayMs = 24 * 60 * 60 * 1000;

/** The most days that are named by their first and last day. */
const mostDays = 21;

/**
 * A title made from the dates of a film's photos (ms since 1970; null where unknown), in this time zone: "12 July 1987",
 * "12 to 19 July 1987", "Summer 1987", "June to September 1987", "1987 to 1991". Null where fewer than two are known. A
 * season is named only where the zone's clocks tell on which half of the earth it lies.
 */
export function titleOfDates(dates: readonly (number | null)[], zone?: string): string | null {
  const known = dates.filter((date) => date !== null).sort((one, other) => one - other);
  const [from, to] = [known[0], known.at(-1)];
  if (from === undefined || to === undefined || known.length < 2) return null;
  const words = (date: number, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(date);
  const year = (date: number) => words(date, { year: 'numeric' });
  const month = (date: number) => words(date, { month: 'long' });
  const day = (date: number) => words(date, { day: 'numeric', month: 'long' });

  if (year(from) !== year(to)) {
    const isShort = to - from < mostDays * dayMs;
    return isShort ? `${day(from)} ${year(from)} to ${day(to)} ${year(to)}` : `${year(from)} to ${year(to)}`;
  }
  if (day(from) === day(to)) return `${day(from)} ${year(from)}`;
  if (to - from < mostDays * dayMs) {
    const first = month(from) === month(to) ? words(from, { day: 'numeric' }) : day(from);
    return `${first} to ${day(to)} ${year(to)}`;
  }
  if (month(from) === month(to)) return `${month(from)} ${year(from)}`;
  const seasons = seasonsOf(zone);
  const number = (date: number) => Number(words(date, { month: 'numeric' }));
  const season = seasons?.[seasonAt(number(from))];
  if (season && seasonAt(number(from)) === seasonAt(number(to))) return `${season} ${year(from)}`;
  return `${month(from)} to ${month(to)} ${year(from)}`;
}

/** March to May is 0, June to August 1, September to November 2; -1 else, since that season spans two years. */
const seasonAt = (month: number) => (month < 3 || month > 11 ? -1 : Math.floor(month / 3) - 1);

/** The names of those seasons by the months in which the zone's clocks go ahead; null where they never do. */
function seasonsOf(zone: string | undefined): readonly string[] | null {
  const offset = (month: number) => offsetMinutes(Date.UTC(2024, month), zone);
  const [january, july] = [offset(0), offset(6)];
  if (january === july) return null;
  return july > january ? ['Spring', 'Summer', 'Autumn'] : ['Autumn', 'Winter', 'Spring'];
}

/** How far a zone's clocks are ahead of UTC at this time. */
function offsetMinutes(at: number, zone: string | undefined): number {
  const local = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric' },
  }).formatToParts(at);
  const part = (type: string) => Number(local.find((one) => one.type === type)?.value);
  const clock = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return (clock - at) / 60_000;
}
