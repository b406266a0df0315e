// Sums of day figures, which triggers count (migrations/0007_laws_of_the_desk.sql).

/** One figure of one day, as stored. `day` in days since 1970; day 0 holds current totals. */
export interface Figure {
  day: number;
  figure: string;
  value: number;
}

/** Days before today with which today is compared. */
export const daysBefore = 28;
export const dayMilliseconds = 86_400_000;

/** Money of one currency paid and paid back, in its smallest unit. */
interface Money {
  currency: string;
  in: number;
  back: number;
}

/** The sums of some days. Times in seconds; null where nothing was counted. */
export interface Summary {
  /** People who signed in, each counted once a day; in a sum over days, once for each day. */
  signedIn: number;
  /** New people; an account that follows a deleted one of the same Google account is none. */
  people: number;
  photos: number;
  generations: number;
  ready: number;
  failed: number;
  canceled: number;
  /** The share of generations that became ready, without canceled ones, in per cent. */
  successPercent: number | null;
  /** The time within which half of them, and 95 %, were ready. */
  waitMedian: number | null;
  waitP95: number | null;
  returned: number;
  sold: number;
  /** Welcome credits, rewards, and what admins gave. */
  granted: number;
  takenByHand: number;
  spent: number;
  /** Credits taken back after refunds and disputes, and those that came back with a payment. */
  takenBack: number;
  reinstated: number;
  money: Money[];
  providerCents: number;
  /** The part of `providerCents` that is a list price, because the provider told no amount. */
  estimatedCents: number;
  /** Submits that a provider received and never answered: Echoes pays for them, if they were charged. */
  lost: number;
  centsPerReady: number | null;
}

/** Sums up the days from `first` to `last`. */
export function summaryOf(figures: readonly Figure[], { first, last }: { first: number; last: number }): Summary {
  const sums = new Map<string, number>();
  for (const { day, figure, value } of figures)
    if (day >= first && day <= last) sums.set(figure, (sums.get(figure) ?? 0) + value);
  const of = (figure: string) => sums.get(figure) ?? 0;
  const ready = of('ready');
  const judged = ready + of('failed');
  const credits = (...kinds: string[]) => kinds.reduce((sum, kind) => sum + of(`credits:${kind}`), 0);
  return {
    signedIn: of('signed-in'),
    people: of('people'),
    photos: of('photos'),
    generations: of('tries'),
    ready,
    failed: of('failed'),
    canceled: of('canceled'),
    successPercent: judged === 0 ? null : (ready / judged) * 100,
    waitMedian: waitAt(sums, 0.5),
    waitP95: waitAt(sums, 0.95),
    returned: credits('refund'),
    sold: credits('purchase'),
    granted: credits('signup', 'referral', 'share', 'adjustment'),
    spent: 0 - credits('generation'),
    takenByHand: 0 - credits('taken'),
    takenBack: 0 - credits('clawback'),
    reinstated: credits('reinstated'),
    money: moneyIn(sums),
    providerCents: of('provider-cents'),
    estimatedCents: of('provider-cents-estimated'),
    lost: of('lost'),
    centsPerReady: ready === 0 ? null : of('provider-cents') / ready,
  };
}

/** A summary of each day, oldest first, also of days without figures. */
export function dayByDay(figures: readonly Figure[], { first, last }: { first: number; last: number }) {
  const byDay = new Map<number, Figure[]>();
  for (const figure of figures) byDay.set(figure.day, [...(byDay.get(figure.day) ?? []), figure]);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const day = first + index;
    return { day, ...summaryOf(byDay.get(day) ?? [], { first: day, last: day }) };
  });
}

const bucketSeconds = 5;

/** The seconds within which this share was ready: the end of its bucket. */
function waitAt(sums: ReadonlyMap<string, number>, share: number): number | null {
  const waits = [...sums]
    .filter(([figure]) => figure.startsWith('wait:'))
    .map(([figure, count]) => ({ seconds: Number(figure.slice('wait:'.length)), count }))
    .sort((a, b) => a.seconds - b.seconds);
  const all = waits.reduce((sum, { count }) => sum + count, 0);
  let passed = 0;
  for (const { seconds, count } of waits) {
    passed += count;
    if (passed >= share * all) return seconds + bucketSeconds;
  }
  return null;
}

function moneyIn(sums: ReadonlyMap<string, number>): Money[] {
  const currencies = [...sums.keys()].flatMap((figure) => /^money(?:-back)?:(.+)$/.exec(figure)?.[1] ?? []);
  return [...new Set(currencies)].sort().map((currency) => ({
    currency,
    in: sums.get(`money:${currency}`) ?? 0,
    back: sums.get(`money-back:${currency}`) ?? 0,
  }));
}
