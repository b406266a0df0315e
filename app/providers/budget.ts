// The budget of a day (UTC), in US cents: of one provider, and of all together. A law of the schema holds it at each submit
// (migrations/0024_costs.sql); the reads here choose another provider, or say when there is room again.
import { sql } from 'drizzle-orm';
import type { Read } from '~/db/reads.server';
import type { Settings } from '~/settings/settings';

const dayMilliseconds = 86_400_000;

type Budgets = Pick<Settings, 'budgetPerDay' | 'budgetAtProvider'>;

/** A figure of today: `provider-cents` of all, `provider-cents:<provider>` of one. */
export interface Spent {
  figure: string;
  value: number;
}

/** What was booked at providers on a day (days since 1970). */
export const spentRead: Read<'day', Spent> = {
  sql: `SELECT figure, value FROM day_figures
        WHERE day = ?1 AND figure >= 'provider-cents' AND figure < 'provider-cents;'`,
  params: [sql.placeholder('day')],
};

/** The day of a moment (ms), and the moment when the next one begins. */
export const dayOf = (now: number): number => Math.floor(now / dayMilliseconds);
export const nextDayAt = (now: number): number => (dayOf(now) + 1) * dayMilliseconds;

/** The budgets that are set, each with what is spent of it today, in US cents. */
export function budgetsOfToday(
  { budgetPerDay, budgetAtProvider }: Budgets,
  spent: readonly Spent[],
): { provider: string | null; cents: number; spent: number }[] {
  const of = (figure: string) => spent.find((one) => one.figure === figure)?.value ?? 0;
  return [
    { provider: null, cents: budgetPerDay * 100, spent: of('provider-cents') },
    ...Object.entries(budgetAtProvider).map(([provider, dollars]) => ({
      provider,
      cents: dollars * 100,
      spent: of(`provider-cents:${provider}`),
    })),
  ].filter(({ cents }) => cents > 0);
}

/** Whether a task of this price is still within the budgets; the same tolerance for sums of fractions as in the law. */
export function isWithin(
  budgets: ReturnType<typeof budgetsOfToday>,
  { provider, listCents }: { provider: string; listCents: number },
): boolean {
  return budgets.every(
    (budget) =>
      (budget.provider !== null && budget.provider !== provider) || budget.spent + listCents <= budget.cents + 0.001,
  );
}

/** A condition in SQL: one more task of the generation `row` is beyond a budget of the day of `now`, as in the law. */
export const overBudget = (row: string, now: string) => `EXISTS (SELECT 1 FROM (
    SELECT CAST(s.value AS REAL) AS dollars, 'provider-cents' AS figure FROM settings s WHERE s.key = 'budgetPerDay'
    UNION ALL SELECT json_extract(s.value, '$.' || ${row}.provider), 'provider-cents:' || ${row}.provider
      FROM settings s WHERE s.key = 'budgetAtProvider') b
  WHERE b.dollars > 0 AND ${row}.list_cents + coalesce((SELECT f.value FROM day_figures f
    WHERE f.day = CAST(${now} AS INTEGER) / 86400000 AND f.figure = b.figure), 0) > b.dollars * 100 + 0.001)`;
