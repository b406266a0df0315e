// Asks the database of Echoes through wrangler: this machine's, or the deployed one.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Where the database is: `remote` is the deployed one, else the local one below `persistTo`. */
export interface DatabaseTarget {
  remote?: boolean;
  persistTo?: string | undefined;
}

/** Runs statements in one go and answers the rows of each. Ends the process with 2 where the database cannot be asked. */
export function askDatabase<Row>(
  statements: readonly string[],
  { remote = false, persistTo }: DatabaseTarget,
): Row[][] {
  const state = resolve(persistTo ?? resolve(root, '.wrangler/state'));
  const where = remote ? ['--remote'] : ['--local', '--persist-to', state];
  const wrangler = resolve(root, 'node_modules/wrangler/bin/wrangler.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [wrangler, 'd1', 'execute', 'DB', ...where, '--json', '--yes', '--command', statements.join(';\n')],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    },
  );
  if (status !== 0) {
    console.error(stderr || stdout);
    process.exit(2);
  }
  const answers = JSON.parse(stdout.slice(stdout.indexOf('['))) as { results: Row[] }[];
  if (answers.length !== statements.length)
    throw new Error(`${answers.length} answers to ${statements.length} questions`);
  return answers.map(({ results }) => results);
}

/** A text as SQL spells it: wrangler's command line takes no parameters. Control characters are refused. */
export function quoted(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new Error('no control characters here');
  return `'${text.replaceAll("'", "''")}'`;
}
