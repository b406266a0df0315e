// `npm run audit`: adds up the ledger of this machine's database; `npm run audit -- --remote` that of the deployed one.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { audits } from '../app/credits/audit.ts';

const { values } = parseArgs({
  options: { remote: { type: 'boolean', default: false }, 'persist-to': { type: 'string' } },
});
const root = resolve(import.meta.dirname, '..');
const kinds = Object.keys(audits) as (keyof typeof audits)[];
const where = values.remote
  ? ['--remote']
  : ['--local', '--persist-to', resolve(values['persist-to'] ?? resolve(root, '.wrangler/state'))];
const wrangler = resolve(root, 'node_modules/wrangler/bin/wrangler.js');
const command = Object.values(audits).join(';\n');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [wrangler, 'd1', 'execute', 'DB', ...where, '--json', '--yes', '--command', command],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
);
if (status !== 0) {
  console.error(stderr || stdout);
  process.exit(2);
}
const answers = JSON.parse(stdout.slice(stdout.indexOf('['))) as { results: { subject: string }[] }[];
if (answers.length !== kinds.length) throw new Error(`${answers.length} answers to ${kinds.length} questions`);
const differences = answers.flatMap(({ results }, index) => results.map(({ subject }) => `${kinds[index]} ${subject}`));
for (const difference of differences) console.log(difference);
console.log(
  differences.length === 0
    ? 'The ledger adds up: every credit has its story.'
    : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}.`,
);
process.exitCode = differences.length === 0 ? 0 : 1;
