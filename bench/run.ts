// `npm run bench [-- PART …] [--against REF]`: the figures, each as median / p95, on the built Worker, the stand-ins and a
// real Chromium. Without names every part runs but `admin`. With `--against` each part runs here and in that commit, one
// after the other, and the ratio stands beside the two figures.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Commit, openCommit } from './commit.ts';
import { leadingNumber, show, type Table } from './figures.ts';
import { partNames } from './parts.ts';
import { runPart } from './run-part.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { against: { type: 'string' }, generations: { type: 'string', default: '100000' } },
});
const unknown = positionals.filter((name) => !partNames.includes(name));
if (unknown.length > 0 || !(Number(values.generations) >= 1000)) {
  console.error(
    `npm run bench [-- ${partNames.join('|')} …] [--against REF] [--generations N, at least 1000, for admin]`,
  );
  process.exit(1);
}
const names = positionals.length > 0 ? positionals : partNames.filter((name) => name !== 'admin');
const root = resolve(import.meta.dirname, '..');
let other: Commit | null = null;
try {
  if (values.against !== undefined) other = await openCommit({ root, ref: values.against });
  for (const name of names) {
    const here = await runPart({ folder: root, name, generations: values.generations });
    const there = other ? await runPart({ folder: other.folder, name, generations: values.generations }) : null;
    for (const table of here) show(there && other ? compared({ table, there, ref: other.name }) : table);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await other?.close();
}

/** A table with the other commit's figures, and the ratio of the first number of each (here to there). */
function compared({ table, there, ref }: { table: Table; there: readonly Table[]; ref: string }): Table {
  const theirs = there.find(({ heading }) => heading === table.heading)?.rows ?? [];
  const rows = table.rows.map(([what, figure, aim], index) => {
    const own = theirs[index]?.[0] === what ? theirs[index] : theirs.find(([name]) => name === what);
    const ratio = own ? leadingNumber(figure) / leadingNumber(own[1]) : Number.NaN;
    const words = Number.isFinite(ratio) ? `  × ${ratio.toFixed(2)}` : '';
    return [what, `${figure}  (${ref}: ${own?.[1] ?? 'not measured'})${words}`, aim] as const;
  });
  return { heading: table.heading, rows };
}
