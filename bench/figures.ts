// Statistics of samples, and the tables of figures.

/** The value below which `share` (0..1) of the samples lie; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** "12.3 / 20.1 ms (n=30)": median, p95, and how many samples they stand on. */
export function medianAndP95(samples: readonly number[], unit = 'ms'): string {
  const show = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));
  return `${show(percentile(samples, 0.5))} / ${show(percentile(samples, 0.95))} ${unit} (n=${samples.length})`;
}

export type Row = readonly [what: string, figure: string, aim?: string | undefined];

/** Figures under a heading. */
export interface Table {
  heading: string;
  rows: readonly Row[];
}

/** Hands a table to the process that started this one (run-part.ts); without such a process, shows it. */
export function print(heading: string, rows: readonly Row[]): void {
  const table: Table = { heading, rows };
  if (process.send) process.send(table);
  else show(table);
}

/** Writes a table to the console. */
export function show({ heading, rows }: Table): void {
  console.log(`\n${heading}`);
  const width = Math.max(...rows.map(([what]) => what.length));
  const figureWidth = Math.max(...rows.map(([, figure]) => figure.length));
  for (const [what, figure, aim] of rows)
    console.log(`  ${what.padEnd(width)}  ${figure.padEnd(figureWidth)}${aim ? `  aim ${aim}` : ''}`);
}

/** The first number of a figure, by which two commits are compared. NaN where a figure has none. */
export function leadingNumber(figure: string): number {
  return Number(/-?\d[\d,]*(\.\d+)?/.exec(figure)?.[0].replaceAll(',', '') ?? Number.NaN);
}
