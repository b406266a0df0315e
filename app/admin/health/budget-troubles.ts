// The troubles of budgets: one that is nearly spent, and one that no further clip fits into.
import { budgetsOfToday, isWithin, type Spent } from '~/providers/budget';
import type { Providers } from '~/providers/registry.server';
import { priceInWords } from '~/settings/packs';
import { providersInOrder, type Settings } from '~/settings/settings';
import type { Trouble } from './alerts';

/** From this share of a budget on (per cent). */
const near = 80;
/** The length that a new film has; a model that does not make it is taken at its next longer one. */
const usualSeconds = 5;

type Limits = Pick<Settings, 'budgetPerDay' | 'budgetAtProvider' | 'provider' | 'model' | 'fallbacks'>;

/**
 * The troubles of the budgets of today. A budget is spent when not even the cheapest clip fits: the law stops every submit
 * that would go beyond it, so its last cents stay.
 */
export function troublesOfBudgets(
  limits: Limits,
  spent: readonly Spent[],
  providers: Pick<Providers, 'find'>,
): Trouble[] {
  const budgets = budgetsOfToday(limits, spent);
  const prices = providersInOrder(limits).flatMap(({ provider, model }) => {
    const found = providers.find(provider)?.models.find(({ id }) => id === model);
    if (!found) return [];
    const seconds = found.durations.find((one) => one >= usualSeconds) ?? Math.max(...found.durations);
    return [{ provider, listCents: found.costCents(seconds) }];
  });
  return budgets.flatMap((budget): Trouble[] => {
    const subject = budget.provider ?? 'all';
    const detail = `${dollars(budget.spent)} of ${dollars(budget.cents)} are booked today (UTC).`;
    const asked = prices.filter(({ provider }) => budget.provider === null || provider === budget.provider);
    // A provider that new clips do not use is spent when its money is.
    const fits = asked.length > 0 ? asked.some((one) => isWithin([budget], one)) : budget.spent < budget.cents;
    const isNear = budget.spent * 100 >= budget.cents * near;
    return [
      ...(isNear || !fits ? [{ kind: 'budget-near', subject, detail } as const] : []),
      ...(fits ? [] : [{ kind: 'budget-spent', subject, detail: `${detail} No further clip fits.` } as const]),
    ];
  });
}

const dollars = (cents: number) => priceInWords({ amount: Math.round(cents), currency: 'usd' });
