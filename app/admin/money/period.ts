import { dayMilliseconds } from '~/admin/overview/figures';

/** Whole days in UTC, both included, as days since 1970. */
export interface Period {
  first: number;
  last: number;
}

const usualDays = 28;
/** A longer period is cut to the days before its end. */
export const mostDays = 366;

/** The period of an address: `from` and `to` as `2027-01-31`, in either order and at most until today; else the last 28 days. */
export function periodOf(search: URLSearchParams, now: number): Period {
  const today = Math.floor(now / dayMilliseconds);
  const [from, to] = [dayIn(search.get('from')), dayIn(search.get('to'))];
  const [start, end] = from !== null && to !== null && from > to ? [to, from] : [from, to];
  const last = Math.min(end ?? today, today);
  const first = Math.min(start ?? last - (usualDays - 1), last);
  return { first: Math.max(first, last - (mostDays - 1)), last };
}

/** A day as fields and addresses have it: `2027-01-31`. */
export const dateOf = (day: number): string => new Date(day * dayMilliseconds).toISOString().slice(0, 10);

function dayIn(text: string | null): number | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) || at < 0 ? null : at / dayMilliseconds;
}
