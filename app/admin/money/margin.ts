// What a period earned: day figures of money, fees, costs and credits, per currency, and what is left of them.
import type { Figure } from '~/admin/overview/figures';

/** Money of one currency in its smallest unit. `estimated`: the part of `fees` that Stripe has not told. */
export interface CurrencyMoney {
  currency: string;
  in: number;
  back: number;
  fees: number;
  estimated: number;
}

/** The cost of one provider in US cents. `estimated`: the part that is a list price, because it told no amount. */
interface ProviderCost {
  provider: string;
  cents: number;
  estimated: number;
}

/** Sums of one or more days. */
export interface Sums {
  money: CurrencyMoney[];
  costs: ProviderCost[];
  /** All providers, in US cents. */
  cost: { cents: number; estimated: number };
  purchases: number;
  sold: number;
}

/** What is left in euro cents, and of each credit sold. `isEstimate`: a fee, a cost or the exchange rate is an estimate. */
export interface Margin {
  /** Null where money came in a currency without an exchange rate. */
  left: number | null;
  perCredit: { in: number; fees: number; cost: number; left: number } | null;
  isEstimate: boolean;
  /** The currencies without an exchange rate. */
  without: string[];
}

/** Sums up figures, of any days. */
export function sumsOf(figures: readonly Pick<Figure, 'figure' | 'value'>[]): Sums {
  const sums = new Map<string, number>();
  for (const { figure, value } of figures) sums.set(figure, (sums.get(figure) ?? 0) + value);
  const of = (figure: string) => sums.get(figure) ?? 0;
  const named = (pattern: RegExp) =>
    [...new Set([...sums.keys()].flatMap((figure) => pattern.exec(figure)?.[1] ?? []))].toSorted();
  return {
    money: named(/^(?:money|money-back|fees):(.+)$/).map((currency) => ({
      currency,
      in: of(`money:${currency}`),
      back: of(`money-back:${currency}`),
      fees: of(`fees:${currency}`),
      estimated: of(`fees-estimated:${currency}`),
    })),
    costs: named(/^provider-cents:(.+)$/).map((provider) => ({
      provider,
      cents: of(`provider-cents:${provider}`),
      estimated: of(`provider-cents-estimated:${provider}`),
    })),
    cost: { cents: of('provider-cents'), estimated: of('provider-cents-estimated') },
    purchases: of('purchases'),
    sold: of('credits:purchase'),
  };
}

/** The sums of each day on which something was counted, newest first. */
export function sumsByDay(figures: readonly Figure[]): (Sums & { day: number })[] {
  const byDay = new Map<number, Figure[]>();
  for (const figure of figures) byDay.set(figure.day, [...(byDay.get(figure.day) ?? []), figure]);
  return [...byDay]
    .filter(([, ofDay]) => ofDay.some(({ value }) => value !== 0))
    .toSorted(([a], [b]) => b - a)
    .map(([day, ofDay]) => ({ day, ...sumsOf(ofDay) }));
}

/** The margin of these sums, with euros and dollars taken together. `centsPerDollar`: cents of a euro for one US dollar. */
export function marginOf({ money, cost, sold }: Sums, centsPerDollar: number): Margin {
  const rates: Readonly<Record<string, number>> = { eur: 1, usd: centsPerDollar / 100 };
  const without = money.filter(({ currency }) => rates[currency] === undefined).map(({ currency }) => currency);
  const inEuros = (of: (one: CurrencyMoney) => number) =>
    money.reduce((sum, one) => sum + of(one) * (rates[one.currency] ?? 0), 0);
  const [paid, fees] = [inEuros((one) => one.in - one.back), inEuros((one) => one.fees)];
  const costs = (cost.cents * centsPerDollar) / 100;
  const left = paid - fees - costs;
  const isConverted = cost.cents !== 0 || money.some(({ currency }) => currency === 'usd');
  const isEstimate = isConverted || cost.estimated !== 0 || money.some(({ estimated }) => estimated !== 0);
  if (without.length > 0) return { left: null, perCredit: null, isEstimate, without };
  const perCredit = sold > 0 ? { in: paid / sold, fees: fees / sold, cost: costs / sold, left: left / sold } : null;
  return { left, perCredit, isEstimate, without };
}
