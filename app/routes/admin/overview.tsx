import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { useMemo } from 'react';
import { AdminLayout, Moment, Part } from '~/admin/admin-layout';
import { AlertList } from '~/admin/health/alert-list';
import { Chart } from '~/admin/overview/chart';
import type { Line } from '~/admin/overview/chart-line';
import { countInWords, FigureGrid, waitInWords } from '~/admin/overview/figure-grid';
import { clipFigures, creditFigures, moneyFigures, SystemStatusFacts } from '~/admin/overview/overview-parts';

export const meta: MetaFunction = () => [{ title: 'Overview · Admin · Echoes' }];

/** The figures of today beside those of the 28 days before. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { auth, admin } = context.services;
  await auth.requireAdmin(request);
  return admin.overview();
}

export default function AdminOverview() {
  const { now, today, before, days, outstanding, owed, systemStatus, alerts } = useLoaderData<typeof loader>();
  const charts = useMemo(() => chartsOf(days), [days]);
  const names = useMemo(() => days.map(({ day }) => day), [days]);
  const both = { today, before };
  return (
    <AdminLayout title="Overview">
      <p className="text-15 text-quiet">
        Today since midnight UTC, beside the 28 days before. As of <Moment at={now} />.
      </p>
      <Part title="What is wrong">
        <AlertList alerts={alerts} empty="No open alert." />
      </Part>
      <Part title="Today">
        <FigureGrid figures={clipFigures(both)} />
      </Part>
      <Part title="Under way">
        <SystemStatusFacts systemStatus={systemStatus} now={now} />
      </Part>
      <Part title="Money">
        <FigureGrid figures={moneyFigures(both)} />
      </Part>
      <Part title="Credits">
        <FigureGrid figures={creditFigures(both, { outstanding, owed })} />
      </Part>
      <Part title="Day by day">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-8 lg:grid-cols-[repeat(2,minmax(0,1fr))]">
          {charts.map(({ title, lines, inWords }) => (
            <Chart key={title} title={title} days={names} lines={lines} inWords={inWords} />
          ))}
        </div>
      </Part>
    </AdminLayout>
  );
}

type Day = Awaited<ReturnType<typeof loader>>['days'][number];
type Words = (value: number | null) => string;

const count: Words = (value) => countInWords(value ?? 0);

function chartsOf(days: readonly Day[]): { title: string; lines: Line[]; inWords: Words }[] {
  const of = (figure: (day: Day) => number | null) => days.map(figure);
  const dashed = [6, 4];
  const dotted = [2, 4];
  return [
    {
      title: 'Clips by how they ended',
      inWords: count,
      lines: [
        { name: 'Ready', colour: 'light', values: of(({ ready }) => ready) },
        { name: 'Failed', colour: 'bad', dash: dashed, values: of(({ failed }) => failed) },
        { name: 'Stopped', colour: 'quiet', dash: dotted, values: of(({ canceled }) => canceled) },
      ],
    },
    {
      title: 'Seconds until a clip is ready',
      inWords: waitInWords,
      lines: [
        { name: 'Half within', colour: 'light', values: of(({ waitMedian }) => waitMedian) },
        { name: '19 of 20 within', colour: 'ink', dash: dashed, values: of(({ waitP95 }) => waitP95) },
      ],
    },
    {
      title: 'People',
      inWords: count,
      lines: [
        { name: 'Signed in', colour: 'light', values: of(({ signedIn }) => signedIn) },
        { name: 'New', colour: 'ink', dash: dashed, values: of(({ people }) => people) },
        { name: 'Photos', colour: 'quiet', dash: dotted, values: of(({ photos }) => photos) },
      ],
    },
    {
      title: 'Credits',
      inWords: count,
      lines: [
        { name: 'Sold', colour: 'light', values: of(({ sold }) => sold) },
        { name: 'Spent', colour: 'ink', dash: dashed, values: of(({ spent }) => spent) },
        { name: 'Returned', colour: 'bad', dash: dotted, values: of(({ returned }) => returned) },
      ],
    },
  ];
}
