// What the figures of days amount to. They are counted by triggers as things happen (migrations/0007_laws_of_the_desk.sql).

/** One figure of one day, as stored. `day` in days since 1970; day 0 holds what stands, not what happened. */
export interface Figure {
  day: number;
  figure: string;
  value: number;
}

/** Days before today that today is held against. */
export const daysBefore = 28;
export const dayMilliseconds = 86_400_000;

/** Money of one currency that came in and went back, in its smallest unit. */
interface Money {
  currency: string;
  in: number;
  back: number;
}

/** What some days came to together. Times in seconds; `null` where there is nothing to tell it from. */
export interface Summary {
  signIns: number;
  people: number;
  photos: number;
  tries: number;
  ready: number;
  failed: number;
  canceled: number;
  /** Of those that were not stopped, the share that became a clip, in per cent. */
  successPercent: number | null;
  /** Half, and nineteen of twenty, were ready within so long. */
  waitMedian: number | null;
  waitP95: number | null;
  returned: number;
  sold: number;
  granted: number;
  spent: number;
  takenBack: number;
  purchases: number;
  reversals: number;
  money: Money[];
  providerCents: number;
  /** Orders that a film service got, and whose answer never came: paid by the house, if they were charged. */
  lost: number;
  centsPerReady: number | null;
}

/** Adds the days from `first` to `last` up. */
export function summaryOf(figures: readonly Figure[], { first, last }: { first: number; last: number }): Summary {
  const sums = new Map<string, number>();
  for (const { day, figure, value } of figures)
    if (day >= first && day <= last) sums.set(figure, (sums.get(figure) ?? 0) + value);
  const of = (figure: string) => sums.get(figure) ?? 0;
  const ready = of('ready');
  const judged = ready + of('failed');
  const credits = (...kinds: string[]) => kinds.reduce((sum, kind) => sum + of(`credits:${kind}`), 0);
  return {
    signIns: of('sign-ins'),
    people: of('people'),
    photos: of('photos'),
    tries: of('tries'),
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
    takenBack: 0 - credits('clawback'),
    purchases: of('purchases'),
    reversals: of('reversals'),
    money: moneyIn(sums),
    providerCents: of('provider-cents'),
    lost: of('lost'),
    centsPerReady: ready === 0 ? null : of('provider-cents') / ready,
  };
}

/** Each day by itself, oldest first, those on which nothing happened as well. */
export function dayByDay(figures: readonly Figure[], { first, last }: { first: number; last: number }) {
  const byDay = new Map<number, Figure[]>();
  for (const figure of figures) byDay.set(figure.day, [...(byDay.get(figure.day) ?? []), figure]);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const day = first + index;
    return { day, ...summaryOf(byDay.get(day) ?? [], { first: day, last: day }) };
  });
}

const bucketSeconds = 5;

/** Within how many seconds this share was ready: the end of the bucket that it lies in. */
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
