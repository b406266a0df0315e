import type { Figure } from '~/admin/overview/figures';
import type { Database } from '~/db/client.server';
import { all, statement } from '~/db/statement';
import type { Providers } from '~/providers/registry.server';
import type { SettingsReader } from '~/settings/settings.server';
import { marginOf, sumsByDay, sumsOf } from './margin';
import type { Period } from './period';

const moneyFigures = `SELECT day, figure, value FROM day_figures WHERE day BETWEEN ?1 AND ?2
  AND (figure IN ('credits:purchase','purchases') OR (figure >= 'fees' AND figure < 'fees~')
    OR (figure >= 'money' AND figure < 'money~') OR (figure >= 'provider-cents' AND figure < 'provider-cents~'))`;

/** The length of the clip whose list price is shown, in seconds; the shortest of a model that has none so long. */
const usualSeconds = 5;

/** The list price of a model's task, in US cents. */
export interface ListPrice {
  provider: string;
  model: string;
  seconds: number;
  cents: number;
  isPublished: boolean;
}

/** Reads what a period earned, from figures counted by day. */
export function createMargin(
  { db }: { db: Database },
  { settings, providers }: { settings: SettingsReader; providers: Pick<Providers, 'all'> },
) {
  return {
    /** The sums of the period and of each of its days, and the margin at the exchange rate of the settings. */
    async read({ first, last }: Period) {
      const [figures, { centsPerDollar, stripeFeePercent, stripeFeeFixed }] = await Promise.all([
        all<Figure>(db, statement(moneyFigures, first, last)),
        settings.read(),
      ]);
      const sums = sumsOf(figures);
      const estimates = { centsPerDollar, stripeFeePercent, stripeFeeFixed };
      return { sums, days: sumsByDay(figures), margin: marginOf(sums, centsPerDollar), estimates };
    },

    /** The list prices of the providers that are set up. */
    listPrices: (): ListPrice[] =>
      providers.all().flatMap(({ id: provider, models }) =>
        models.map(({ id: model, durations, costCents, isPricePublished: isPublished }) => {
          const seconds = durations.includes(usualSeconds) ? usualSeconds : Math.min(...durations);
          return { provider, model, seconds, cents: costCents(seconds), isPublished };
        }),
      ),
  };
}

export type MarginOfPeriod = Awaited<ReturnType<ReturnType<typeof createMargin>['read']>>;
