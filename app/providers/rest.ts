// The rests of providers in words, and their end. Pure, for pages too.

/** Why a provider rests, as a sentence of the admin panel. */
const restReasons: Readonly<Record<string, string>> = {
  failures: 'Too many of its calls failed',
  slow: 'Too many of its clips were late or never came',
  quota: 'It takes nothing more for now',
  auth: 'It no longer takes our key',
  'out-of-funds': 'Our account there is empty',
  'by-hand': 'An admin put it to rest',
};

/** The end (ms) of a rest that lasts until an admin wakes the provider. */
export const untilWoken = Date.UTC(9999, 0, 1);

/** True if nobody knows when the rest ends. */
export const isOpenEnded = (until: number): boolean => until >= untilWoken;

/** A rest in words, the same for alerts, health and the page of film services. `now` in ms. */
export function restInWords({ reason, until }: { reason: string; until: number }, now: number): string {
  const why = restReasons[reason] ?? reason;
  if (isOpenEnded(until)) return `${why}, until it is woken.`;
  const end = `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return until > now ? `${why}, until ${end}.` : `${why}, until ${end}; no call has shown yet that it works again.`;
}
