import { Form, Link } from '@remix-run/react';
import { type Column, Part, Table } from '~/admin/admin-layout';
import { countInWords, FigureGrid, type Shown } from '~/admin/overview/figure-grid';
import { serviceNames } from '~/admin/providers/providers';
import { Button } from '~/components/button';
import { Field } from '~/components/field';
import { Icon } from '~/components/icon';
import { priceInWords } from '~/settings/packs';
import type { CurrencyMoney, Sums } from './margin';
import type { ListPrice, MarginOfPeriod } from './margin.server';
import { dateOf, type Period } from './period';

const price = (amount: number, currency: string) => priceInWords({ amount, currency });
const dollars = (cents: number) => price(cents, 'usd');
const serviceName = (provider: string) => serviceNames[provider] ?? provider;
/** How much of an amount is an estimate. */
const estimatedInWords = (amount: number, estimated: number, words: (amount: number) => string) =>
  estimated <= 0 ? '' : estimated >= amount ? 'estimated' : `${words(estimated)} of it estimated`;

/** What a period earned: its sums, what is left of a credit, and its days. `today` in days since 1970. */
export function MarginPart({ period, read, today }: { period: Period; read: MarginOfPeriod; today: number }) {
  const { sums, days, margin, estimates } = read;
  const services = sums.costs.map(({ provider }) => provider);
  return (
    <Part title="Income, costs and margin">
      <Form method="get" className="grid grid-cols-2 items-end gap-3 md:flex md:gap-4">
        {(['from', 'to'] as const).map((name) => (
          <Field
            key={`${name} ${period.first} ${period.last}`}
            label={name === 'from' ? 'From (UTC)' : 'To, included'}
            type="date"
            name={name}
            defaultValue={dateOf(name === 'from' ? period.first : period.last)}
            max={dateOf(today)}
            className="min-w-0"
          />
        ))}
        <Button type="submit" kind="quiet" className="col-span-2">
          Show
        </Button>
      </Form>
      <FigureGrid figures={[...marginFigures(read), ...sums.money.flatMap(moneyFigures), ...costFigures(sums)]} />
      <p className="max-w-text text-15 text-quiet">
        Days run from midnight to midnight UTC. What a film service did not tell is estimated at its list price, and
        Stripe’s fee at {estimates.stripeFeePercent} % and {estimates.stripeFeeFixed} cents until the nightly comparison
        knows it.{' '}
        {margin.without.length > 0 &&
          `There is no exchange rate for ${margin.without.join(', ').toUpperCase()}, so nothing is added up. `}
        A US dollar counts as {price(estimates.centsPerDollar, 'eur')}.{' '}
        <Link to="/admin/settings#stripeFeePercent" className="link">
          Change these estimates
        </Link>
      </p>
      <details>
        <summary className="inline-flex min-h-11 items-center gap-2 text-15 font-medium">
          Day by day
          <Icon name="chevron-down" />
        </summary>
        <Table
          caption="Income and costs by day"
          columns={dayColumns(services)}
          rows={days}
          keyOf={({ day }) => day}
          empty="Nothing moved in these days."
        />
      </details>
    </Part>
  );
}

function moneyFigures({ currency, ...money }: CurrencyMoney): Shown[] {
  const name = currency.toUpperCase();
  const words = (amount: number) => price(amount, currency);
  const told = money.fees === 0 ? '' : 'told by Stripe';
  return [
    { name: `${name} in`, figure: words(money.in) },
    { name: `${name} back`, figure: words(money.back), before: 'refunds and disputes' },
    {
      name: `Stripe’s fees, ${name}`,
      figure: words(money.fees),
      before: estimatedInWords(money.fees, money.estimated, words) || told,
    },
  ];
}

function costFigures({ costs, cost, sold, purchases }: Sums): Shown[] {
  return [
    ...costs.map(({ provider, cents, estimated }) => ({
      name: serviceName(provider),
      figure: dollars(cents),
      before: estimatedInWords(cents, estimated, dollars) || 'told by the service',
    })),
    {
      name: 'All film services',
      figure: dollars(cost.cents),
      before: estimatedInWords(cost.cents, cost.estimated, dollars),
    },
    {
      name: 'Credits sold',
      figure: countInWords(sold),
      before: purchases === 1 ? 'in 1 purchase' : `in ${countInWords(purchases)} purchases`,
    },
  ];
}

function marginFigures({ margin: { left, perCredit, isEstimate } }: MarginOfPeriod): Shown[] {
  const euros = (amount: number) => price(amount, 'eur');
  const estimate = isEstimate ? 'estimated; ' : '';
  return [
    {
      name: 'Left',
      figure: left === null ? '–' : euros(left),
      before: `${estimate}in, less back, fees and film services`,
    },
    {
      name: 'Margin per credit sold',
      figure: perCredit === null ? '–' : euros(perCredit.left),
      before:
        perCredit === null
          ? left === null
            ? 'a currency has no exchange rate'
            : 'no credit sold'
          : `${estimate}${euros(perCredit.in)} less ${euros(perCredit.fees)} fees and ${euros(perCredit.cost)} film services`,
    },
  ];
}

type Day = MarginOfPeriod['days'][number];

/** An amount, and below it how much of it is an estimate. */
function Amount({ words, note }: { words: string; note?: string }) {
  return (
    <>
      {words}
      {note && <span className="block text-13 text-quiet">{note}</span>}
    </>
  );
}

function dayColumns(services: readonly string[]): Column<Day>[] {
  const inEach = (of: (money: CurrencyMoney) => number) => (day: Day) =>
    day.money
      .filter((one) => of(one) !== 0)
      .map((one) => price(of(one), one.currency))
      .join(', ');
  const cost = ({ cents, estimated }: { cents: number; estimated: number }) =>
    cents === 0 ? '' : <Amount words={dollars(cents)} note={estimatedInWords(cents, estimated, dollars)} />;
  return [
    { name: 'Day (UTC)', cell: ({ day }) => <span className="tabular whitespace-nowrap">{dateOf(day)}</span> },
    { name: 'In', cell: inEach((money) => money.in), figures: true },
    { name: 'Back', cell: inEach((money) => money.back), figures: true },
    {
      name: 'Fees',
      cell: ({ money }) =>
        money
          .filter(({ fees }) => fees !== 0)
          .map(({ currency, fees, estimated }) => (
            <Amount
              key={currency}
              words={price(fees, currency)}
              note={estimatedInWords(fees, estimated, (amount) => price(amount, currency))}
            />
          )),
      figures: true,
    },
    ...services.map(
      (service): Column<Day> => ({
        name: serviceName(service),
        cell: ({ costs }) => cost(costs.find(({ provider }) => provider === service) ?? { cents: 0, estimated: 0 }),
        figures: true,
      }),
    ),
    { name: 'All services', cell: (day) => cost(day.cost), figures: true },
    { name: 'Credits sold', cell: ({ sold }) => (sold === 0 ? '' : countInWords(sold)), figures: true },
  ];
}

const priceColumns: Column<ListPrice>[] = [
  { name: 'Film service', cell: ({ provider }) => serviceName(provider) },
  { name: 'Model', cell: ({ model }) => <span className="wrap-anywhere">{model}</span> },
  { name: 'A clip of', cell: ({ seconds }) => `${seconds} s`, figures: true },
  { name: 'Costs', cell: ({ cents }) => dollars(cents), figures: true },
  {
    name: 'Known from',
    cell: ({ isPublished }) => (isPublished ? 'The service’s price list' : 'Our estimate: compare it with your bill'),
  },
];

/** The list prices that costs are estimated with. */
export function ListPrices({ rows }: { rows: readonly ListPrice[] }) {
  return (
    <Part title="List prices">
      <p className="max-w-text text-quiet">
        What a clip is booked with when it is sent, until its service tells the amount. Runway tells it; the others do
        not.
      </p>
      <Table
        caption="List prices"
        columns={priceColumns}
        rows={rows}
        keyOf={({ provider, model }) => `${provider} ${model}`}
        empty="No film service is set up."
      />
    </Part>
  );
}
