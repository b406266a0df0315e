// The only file that knows uPlot: charts of days, drawn on a canvas in the colours of the design.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Line } from './chart-line';

const height = 200;

/** A drawn chart. `remove` removes it with its listeners. */
export interface Plot {
  remove(): void;
}

/** Draws lines over days into `place`, in its width; follows changes of the width and of the colour scheme. */
export function drawPlot({
  place,
  days,
  lines,
  onPoint,
}: {
  place: HTMLElement;
  /** Seconds since 1970. */
  days: readonly number[];
  lines: readonly Line[];
  /** The index of the day under the cursor; null when the cursor leaves. */
  onPoint(index: number | null): void;
}): Plot {
  const data = [days, ...lines.map(({ values }) => values)] as uPlot.AlignedData;
  const make = () => new uPlot(options({ place, lines, onPoint }), data, place);
  let plot = make();
  // A canvas keeps its colours, so another colour scheme needs another drawing.
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const redraw = () => {
    plot.destroy();
    plot = make();
  };
  scheme.addEventListener('change', redraw);
  const watcher = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height }));
  watcher.observe(place);
  return {
    remove() {
      scheme.removeEventListener('change', redraw);
      watcher.disconnect();
      plot.destroy();
    },
  };
}

function options({
  place,
  lines,
  onPoint,
}: {
  place: HTMLElement;
  lines: readonly Line[];
  onPoint(index: number | null): void;
}): uPlot.Options {
  const { fontFamily } = getComputedStyle(place);
  const axis: uPlot.Axis = {
    stroke: colourOf(place, '--color-quiet'),
    font: `13px ${fontFamily}`,
    grid: { stroke: colourOf(place, '--color-line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: place.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: true }, y: { range: (_plot, _least, most) => [0, Math.max(most * 1.1, 1)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 32, gap: 8, space: 72, values: (_plot, days) => days.map(dayInWords) },
      { ...axis, size: 48, space: 40, values: (_plot, values) => values.map((value) => `${value}`) },
    ],
    series: [
      {},
      ...lines.map(({ colour, dash }) => ({
        stroke: colourOf(place, `--color-${colour}`),
        width: 2,
        points: { show: false },
        spanGaps: false,
        ...(dash && { dash: [...dash] }),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

const dayInWords = (seconds: number) =>
  new Date(seconds * 1000).toLocaleDateString('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** The colour of a token on this page; a canvas does not resolve `var()` and `light-dark()`. */
function colourOf(place: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  place.appendChild(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
