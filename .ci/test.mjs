// `npm test`: all checks and tests. `npm test -- FILE …`: these test files alone, each in the project it belongs to;
// options of vitest, for example `-t NAME`, are passed on.
import { spawnSync } from 'node:child_process';

const given = process.argv.slice(2);
if (given.length === 0) {
  run('npm run check');
  run('npm run build');
  run('vitest run --project unit --project workerd');
  run('vitest run --project journeys');
  run('vitest run --project engines');
} else {
  // Journeys, and the Worker's tests, go through the built pages.
  if (given.some((word) => /^(\.\/)?(journeys|workers)\//.test(word))) run('npm run build');
  run('vitest run', given);
}

function run(command, more = []) {
  const [program, ...words] = command.split(' ');
  const { status, error } = spawnSync(program, [...words, ...more], { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
