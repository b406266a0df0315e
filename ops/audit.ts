// `npm run audit`: adds up the ledger of this machine's database; `npm run audit -- --remote` that of the deployed one.
import { parseArgs } from 'node:util';
import { audits } from '../app/credits/audit.ts';
import { askDatabase } from './database.ts';

const { values } = parseArgs({
  options: { remote: { type: 'boolean', default: false }, 'persist-to': { type: 'string' } },
});
const kinds = Object.keys(audits) as (keyof typeof audits)[];
const place = { remote: values.remote, persistTo: values['persist-to'] };
const answers = askDatabase<{ subject: string }>(Object.values(audits), place);
const differences = answers.flatMap((results, index) => results.map(({ subject }) => `${kinds[index]} ${subject}`));
for (const difference of differences) console.log(difference);
console.log(
  differences.length === 0
    ? 'The ledger adds up: every credit has its story.'
    : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}.`,
);
process.exitCode = differences.length === 0 ? 0 : 1;
