// `npm test`: all checks and tests. `npm test -- FILE …`: these test files alone, each in the project it belongs to;
// options of vitest, for example `-t NAME`, are passed on.
import { spawn } from 'node:child_process';

const given = process.argv.slice(2);
if (given.length === 0) {
  // None of these needs another: together they keep two cores busy.
  await Promise.all([
    run('npm run check:types', { atOnce: false }),
    run('npm run build', { atOnce: false }),
    run('npm run check:lint', { atOnce: false }),
    run('npm run check:unused', { atOnce: false }),
    run('vitest run --project architecture', { atOnce: false }),
  ]);
  await run('vitest run --project unit --project workerd');
  await run('vitest run --project journeys');
  await run('vitest run --project engines');
} else {
  // Journeys, and the Worker's tests, go through the built pages.
  if (given.some((word) => /^(\.\/)?(journeys|workers)\//.test(word))) await run('npm run build');
  await run('vitest run', { more: given });
}

/** Runs a command; where it fails, ends this process. Unless `atOnce`, its output is shown in one piece at its end. */
async function run(command, { more = [], atOnce = true } = {}) {
  const [program, ...words] = command.split(' ');
  const child = spawn(program, [...words, ...more], { stdio: atOnce ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  process.stdout.write(Buffer.concat(output));
  if (status !== 0) process.exit(status ?? 1);
}
