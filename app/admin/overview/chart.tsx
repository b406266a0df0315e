import { useEffect, useRef, useState } from 'react';
import { type Column, Table } from '~/admin/admin-layout';
import { Icon } from '~/components/icon';
import { load } from '~/components/waking';
import type { Line } from './chart-line';

/**
 * Days as lines, and the same figures as a table. The chart is drawn by a script; the table needs none.
 * `days` in days since 1970, oldest first.
 */
export function Chart({
  title,
  days,
  lines,
  inWords,
}: {
  title: string;
  days: readonly number[];
  lines: readonly Line[];
  inWords: (value: number | null) => string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  const [point, setPoint] = useState<number | null>(null);

  useEffect(() => {
    const leaving = new AbortController();
    let remove = () => {};
    load(() => import('./plot.client'), { signal: leaving.signal }).then(
      ({ drawPlot }) => {
        if (leaving.signal.aborted || !place.current) return;
        const seconds = days.map((day) => day * 86_400);
        remove = drawPlot({ place: place.current, days: seconds, lines, onPoint: setPoint }).remove;
        setDrawn(true);
        // Rejects only when the page is left while the script loads.
      },
      () => undefined,
    );
    return () => {
      leaving.abort();
      remove();
    };
  }, [days, lines]);

  const shown = point ?? days.length - 1;
  const columns: Column<number>[] = [
    { name: 'Day (UTC)', cell: (index) => dayName(days[index] ?? 0) },
    ...lines.map(({ name, values }) => ({
      name,
      cell: (index: number) => inWords(values[index] ?? null),
      figures: true,
    })),
  ];
  return (
    <figure className="grid grid-cols-[minmax(0,1fr)] content-start gap-3">
      <figcaption className="grid gap-1">
        <span className="text-17 font-medium">{title}</span>
        <span className="flex flex-wrap gap-x-4 gap-y-1 text-13 text-quiet tabular">
          <span>{dayName(days[shown] ?? 0)}</span>
          {lines.map((line) => (
            <span key={line.name} className="inline-flex items-center gap-2">
              <Swatch {...line} />
              {line.name} {inWords(line.values[shown] ?? null)}
            </span>
          ))}
        </span>
      </figcaption>
      <div
        ref={place}
        role="img"
        aria-label={`${title}: a chart of ${days.length} days. The table below says the same.`}
        className="h-[200px] min-w-0 overflow-hidden"
      >
        {!isDrawn && <span className="text-13 text-quiet">The table below says the same.</span>}
      </div>
      <details>
        <summary className="inline-flex min-h-11 items-center gap-2 text-15 font-medium">
          As a table
          <Icon name="chevron-down" />
        </summary>
        <Table
          caption={title}
          columns={columns}
          rows={days.map((_day, index) => days.length - 1 - index)}
          keyOf={(index) => index}
          empty="Nothing yet."
        />
      </details>
    </figure>
  );
}

const strokes = { light: 'stroke-light', ink: 'stroke-ink', quiet: 'stroke-quiet', bad: 'stroke-bad' } as const;

function Swatch({ colour, dash }: Line) {
  return (
    <svg aria-hidden="true" width={20} height={4} className={strokes[colour]}>
      <line x1={0} y1={2} x2={20} y2={2} strokeWidth={2} strokeDasharray={dash?.join(' ')} />
    </svg>
  );
}

const dayName = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
