import type { ReactNode } from 'react';

/** A figure, and in words what it was before. */
export interface Shown {
  name: string;
  /** Today, or now. */
  figure: ReactNode;
  before?: ReactNode;
}

/** Large figures in a grid of hairlines. */
export function FigureGrid({ figures }: { figures: readonly Shown[] }) {
  return (
    // The line of a cell extends to the end of its row, so that a row that is not full has a whole line.
    <dl className="grid grid-cols-2 overflow-clip border-b border-line md:grid-cols-3 lg:grid-cols-4">
      {figures.map(({ name, figure, before }) => (
        <div
          key={name}
          className="relative grid content-start gap-1 py-4 pe-4 before:absolute before:start-0 before:top-0 before:w-screen before:border-t before:border-line"
        >
          <dt className="text-15 text-quiet">{name}</dt>
          <dd className="font-title text-32 tabular wrap-anywhere md:text-44">{figure}</dd>
          {before !== undefined && <dd className="text-13 text-quiet tabular">{before}</dd>}
        </div>
      ))}
    </dl>
  );
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A count as people write it: `12,345`. */
export const countInWords = (count: number): string => whole.format(count);

/** The daily mean of a sum: `8.4 a day before`. */
export const aDayBefore = (sum: number, days: number): string => `${tenths.format(sum / days)} a day before`;

/** A share: `97.1%`; a dash for null. */
export const percentInWords = (percent: number | null): string =>
  percent === null ? '–' : `${tenths.format(percent)}%`;

/** A wait: `45 s`, `12 min`; a dash for null. */
export function waitInWords(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds > 3600) return '1 h +';
  return seconds < 120 ? `${seconds} s` : `${tenths.format(seconds / 60)} min`;
}
