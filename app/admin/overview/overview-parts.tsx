import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Facts, Moment } from '~/admin/admin-layout';
import { ageInWords, latest, runNames } from '~/admin/health/checks';
import type { SystemStatus } from '~/admin/health/system-status';
import { serviceNames } from '~/admin/providers/providers';
import { Icon } from '~/components/icon';
import { type Report, reportKinds } from '~/db/run-reports';
import { restInWords } from '~/providers/rest';
import { priceInWords } from '~/settings/packs';
import { aDayBefore, countInWords, percentInWords, type Shown, waitInWords } from './figure-grid';
import { daysBefore, type Summary } from './figures';
import type { AccountCredits } from './overview.server';

type Both = { today: Summary; before: Summary };
type Counted = 'signedIn' | 'people' | 'photos' | 'generations' | 'ready' | 'failed' | 'canceled' | 'lost';
type Credits = 'sold' | 'granted' | 'takenByHand' | 'spent' | 'returned' | 'takenBack' | 'reinstated';

/** `meaning`: what is counted, where the name alone does not say it. */
const counted = ({ today, before }: Both, name: string, key: Counted | Credits, meaning?: string): Shown => ({
  name,
  figure: countInWords(today[key]),
  before: [meaning, aDayBefore(before[key], daysBefore)].filter(Boolean).join('; '),
});

/** Visitors, and how their generations ended. */
export function clipFigures(both: Both): Shown[] {
  const { today, before } = both;
  return [
    counted(both, 'People signed in', 'signedIn', 'each once a day'),
    counted(both, 'New people', 'people'),
    counted(both, 'Photos', 'photos'),
    counted(both, 'Generations', 'generations'),
    counted(both, 'Ready', 'ready'),
    counted(both, 'Failed', 'failed'),
    counted(both, 'Stopped', 'canceled'),
    {
      name: 'Success',
      figure: percentInWords(today.successPercent),
      before: `${percentInWords(before.successPercent)} before`,
    },
    {
      name: 'Half ready within',
      figure: waitInWords(today.waitMedian),
      before: `${waitInWords(before.waitMedian)} before`,
    },
    {
      name: '19 of 20 within',
      figure: waitInWords(today.waitP95),
      before: `${waitInWords(before.waitP95)} before`,
    },
  ];
}

/** Credits that came into accounts and left them, and current totals. */
export function creditFigures(
  both: Both,
  { outstanding, owed }: { outstanding: AccountCredits; owed: AccountCredits },
): Shown[] {
  const now = (name: string, { living, leaving }: AccountCredits, meaning: string): Shown => ({
    name,
    figure: countInWords(living),
    before: leaving === 0 ? meaning : `${meaning}; ${countInWords(leaving)} more in accounts that are being deleted`,
  });
  return [
    counted(both, 'Credits sold', 'sold'),
    counted(both, 'Given', 'granted', 'welcome, rewards, by hand'),
    counted(both, 'Taken by hand', 'takenByHand'),
    counted(both, 'Spent', 'spent'),
    counted(both, 'Returned', 'returned', 'for failed and stopped clips'),
    counted(both, 'Taken back', 'takenBack', 'after refunds and disputes'),
    counted(both, 'Reinstated', 'reinstated', 'with a payment that came back'),
    now('Outstanding now', outstanding, 'in balances'),
    now('Owed now', owed, 'taken by refunds, not in a balance'),
  ];
}

const dollars = (cents: number | null) => (cents === null ? '–' : priceInWords({ amount: cents, currency: 'usd' }));

/** How much of the cost is a list price, in front of what follows. */
const estimated = ({ estimatedCents }: Summary) =>
  estimatedCents > 0 ? `${dollars(estimatedCents)} of it estimated; ` : '';

/** Money by currency, and the cost of the film services. */
export function moneyFigures(both: Both): Shown[] {
  const { today, before } = both;
  const currencies = [...new Set([...today.money, ...before.money].map(({ currency }) => currency))].sort();
  const of = ({ money }: Summary, currency: string) =>
    money.find((one) => one.currency === currency) ?? { currency, in: 0, back: 0 };
  const price = (amount: number, currency: string) => priceInWords({ amount, currency });
  const moved = currencies.flatMap((currency): Shown[] => {
    const [now, then] = [of(today, currency), of(before, currency)];
    const name = currency.toUpperCase();
    const in28 = (amount: number) => `${price(amount, currency)} in ${daysBefore} days before`;
    return [
      { name: `${name} in`, figure: price(now.in, currency), before: in28(then.in) },
      { name: `${name} back`, figure: price(now.back, currency), before: in28(then.back) },
    ];
  });
  return [
    ...(moved.length > 0 ? moved : [{ name: 'Money in', figure: '–', before: 'nothing in these days' }]),
    {
      name: 'Film services',
      figure: dollars(today.providerCents),
      before: `${estimated(today)}${dollars(before.providerCents)} in ${daysBefore} days before`,
    },
    {
      name: 'A good clip costs',
      figure: dollars(today.centsPerReady),
      before: `${dollars(before.centsPerReady)} before`,
    },
    counted(both, 'Submits without an answer', 'lost'),
  ];
}

/** Open generations and the scheduled runs. `now` in ms. */
export function SystemStatusFacts({ systemStatus, now }: { systemStatus: SystemStatus; now: number }) {
  const { open, reports, deadLetters, resting } = systemStatus;
  const many = (count: number) => `${countInWords(count)}${open.isMore ? ' or more' : ''}`;
  return (
    <Facts
      facts={[
        ['Clips under way', <Fact key="open" text={many(open.count)} />],
        ['The oldest was started', open.oldestAt === null ? '–' : `${ageInWords(now - open.oldestAt)} ago`],
        ['Not moving', <Fact key="stale" isBad={open.stale > 0} text={countInWords(open.stale)} />],
        ['Past their deadline', <Fact key="overdue" isBad={open.overdue > 0} text={countInWords(open.overdue)} />],
        ...reportKinds.map((kind): [string, ReactNode] => [
          runNames[kind],
          <Run key={kind} report={reports[kind]} now={now} longest={latest[kind]} />,
        ]),
        [
          'Dead letters, 24 hours',
          <Fact key="letters" isBad={deadLetters.count > 0} text={countInWords(deadLetters.count)} />,
        ],
        [
          'Resting film services',
          <Fact
            key="resting"
            isBad={resting.length > 0}
            text={resting.length === 0 ? 'none' : <RestingList resting={resting} now={now} />}
          />,
        ],
      ]}
    />
  );
}

/** The providers that rest, in the words of their alerts, each with the way to wake it. */
function RestingList({ resting, now }: { resting: SystemStatus['resting']; now: number }) {
  return (
    <span className="grid gap-1">
      {resting.map((rest) => (
        <span key={rest.provider}>
          <Link to="/admin/providers" className="link">
            {serviceNames[rest.provider] ?? rest.provider}
          </Link>
          : {restInWords(rest, now)}
        </span>
      ))}
    </span>
  );
}

/** A fact; a bad one has an icon, so that colour is not its only sign. */
function Fact({ text, isBad = false }: { text: ReactNode; isBad?: boolean }) {
  if (!isBad) return <span className="tabular">{text}</span>;
  return (
    <span className="inline-flex items-baseline gap-2 font-medium text-bad tabular">
      <Icon name="circle-alert" className="self-center" />
      {text}
    </span>
  );
}

function Run({ report, now, longest }: { report: Report | null; now: number; longest: number }) {
  if (!report) return <>not yet</>;
  const { at, ok, differences } = report;
  const age = `${ageInWords(now - at)} ago`;
  const isLate = now - at > longest;
  if (differences.length === 0) return <Fact isBad={isLate} text={age} />;
  return (
    <details className="text-end">
      <summary className="inline-flex min-h-11 items-center">
        <Fact isBad={isLate || !ok} text={`${age}, ${differences.length} found`} />
      </summary>
      <ul className="grid gap-1 text-13 text-quiet wrap-anywhere">
        {differences.slice(0, 20).map((line) => (
          <li key={line}>{line}</li>
        ))}
        <li>
          <Moment at={at} /> UTC{' '}
          <Link to="/admin/money" className="link">
            All of it
          </Link>
        </li>
      </ul>
    </details>
  );
}
