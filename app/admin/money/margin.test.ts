import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marginOf, sumsByDay, sumsOf } from './margin';
import { dateOf, mostDays, periodOf } from './period';

const day = 86_400_000;
const now = Date.UTC(2027, 0, 31, 23, 59);
const dates = (query: string) => {
  const { first, last } = periodOf(new URLSearchParams(query), now);
  return [dateOf(first), dateOf(last)];
};

describe('the period of the money page', () => {
  it('the period is the last 28 days in UTC, or the days of the address in either order, and ends today', () => {
    expect(dates('')).toEqual(['2027-01-04', '2027-01-31']);
    expect(dates('from=2026-12-01&to=2026-12-24')).toEqual(['2026-12-01', '2026-12-24']);
    expect(dates('from=2026-12-24&to=2026-12-01')).toEqual(['2026-12-01', '2026-12-24']);
    expect(dates('to=2026-12-24')).toEqual(['2026-11-27', '2026-12-24']);
    expect(dates('from=2027-01-20&to=2099-01-01')).toEqual(['2027-01-20', '2027-01-31']);
    expect(dates('from=2098-01-01&to=2099-01-01')).toEqual(['2027-01-31', '2027-01-31']);
    for (const odd of ['from=x&to=y', 'from=2027-13-40', 'from=1&to=', 'from=-1'])
      expect(dates(odd)).toEqual(['2027-01-04', '2027-01-31']);
  });

  it('any address gives at most a year, in order, and never a day after today', () => {
    const field = fc.option(
      fc.oneof(
        fc.string(),
        fc.date({ noInvalidDate: true }).map((at) => at.toISOString().slice(0, 10)),
      ),
    );
    fc.assert(
      fc.property(field, field, (from, to) => {
        const search = new URLSearchParams([
          ...(from === null ? [] : [['from', from]]),
          ...(to === null ? [] : [['to', to]]),
        ]);
        const { first, last } = periodOf(search, now);
        expect(first <= last && last <= Math.floor(now / day) && last - first < mostDays).toBe(true);
      }),
    );
  });
});

const figures = (values: Record<string, number>) =>
  Object.entries(values).map(([figure, value]) => ({ figure, value }));
const sold = {
  ...{ 'money:eur': 2380, 'money-back:eur': 1190, 'fees:eur': 86, 'fees-estimated:eur': 0, purchases: 2 },
  ...{ 'credits:purchase': 30, 'provider-cents': 100, 'provider-cents:runway': 75, 'provider-cents:luma': 25 },
};

describe('the margin', () => {
  it('the margin is what came in, less what went back, the fees and the cost of the services, for each credit sold', () => {
    const sums = sumsOf(figures({ ...sold, 'provider-cents-estimated': 25, 'provider-cents-estimated:luma': 25 }));
    expect(sums.costs).toEqual([
      { provider: 'luma', cents: 25, estimated: 25 },
      { provider: 'runway', cents: 75, estimated: 0 },
    ]);
    expect(sums.money).toEqual([{ currency: 'eur', in: 2380, back: 1190, fees: 86, estimated: 0 }]);
    // 23.80 - 11.90 - 0.86 euros, less a dollar at 0.90.
    const { left, perCredit, isEstimate } = marginOf(sums, 90);
    expect([left, perCredit?.left, isEstimate]).toEqual([1014, 1014 / 30, true]);
    expect((perCredit?.in ?? 0) - (perCredit?.fees ?? 0) - (perCredit?.cost ?? 0)).toBeCloseTo(1014 / 30);
  });

  it('the margin takes dollars at the rate of the settings, and is not given where a currency has no rate', () => {
    const dollars = sumsOf(figures({ ...sold, 'money:usd': 1000, 'fees:usd': 50 }));
    expect(marginOf(dollars, 80).left).toBeCloseTo(2380 - 1190 - 86 + 0.8 * (1000 - 50 - 100));
    const pounds = marginOf(sumsOf(figures({ ...sold, 'money:gbp': 400 })), 90);
    expect(pounds).toMatchObject({ left: null, perCredit: null, without: ['gbp'] });
  });

  it('the margin of euros alone, with all fees told, is no estimate; without a sold credit there is none for each', () => {
    const exact = marginOf(sumsOf(figures({ 'money:eur': 490, 'fees:eur': 32, 'credits:purchase': 5 })), 90);
    expect(exact).toMatchObject({ left: 458, isEstimate: false });
    expect(marginOf(sumsOf(figures({ 'money:eur': 490, 'fees-estimated:eur': 32, 'fees:eur': 32 })), 90)).toMatchObject(
      {
        ...{ left: 458, isEstimate: true, perCredit: null },
      },
    );
  });

  it('days are listed newest first, without those on which nothing moved', () => {
    const rows = [
      { day: 5, figure: 'money:eur', value: 490 },
      { day: 6, figure: 'fees:eur', value: 0 },
      { day: 7, figure: 'provider-cents', value: 25 },
    ];
    expect(sumsByDay(rows).map(({ day: one, cost, money }) => [one, cost.cents, money.length])).toEqual([
      [7, 25, 0],
      [5, 0, 1],
    ]);
  });
});
