// `npm test`: all checks and tests. `npm test -- FILE …`: these test files alone, each in the project it belongs to;
// options of vitest, for example `-t NAME`, are passed on.
import { spawn } from 'node:child_process';

const given = process.argv.slice(2);
if (given.length === 0) {
  await checkAndBuild();
  await mustPass('vitest run --project unit --project workerd');
  await mustPass('vitest run --project journeys');
  await mustPass('vitest run --project engines');
} else {
  // Journeys, and the Worker's tests, go through the built pages.
  if (given.some((word) => /^(\.\/)?(journeys|workers)\//.test(word))) await mustPass('npm run build');
  await mustPass('vitest run', given);
}

/** `npm run check` and `npm run build`, all parts at once: none needs another, and one alone leaves a core idle. */
async function checkAndBuild() {
  const parts = ['check:types', 'build', 'check:lint', 'check:unused'].map((name) => `npm run ${name}`);
  const runs = [...parts, 'vitest run --project architecture'].map(async (command) => {
    const output = [];
    const status = await statusOf(command, { stdio: ['ignore', 'pipe', 'pipe'], each: (chunk) => output.push(chunk) });
    // In one piece, so that the lines of two parts do not mix.
    process.stdout.write(Buffer.concat(output));
    return status;
  });
  const failed = (await Promise.all(runs)).find((status) => status !== 0);
  if (failed !== undefined) process.exit(failed);
}

/** Runs a command; ends this process with the command's status where it fails. */
async function mustPass(command, more = []) {
  const status = await statusOf(command, { more, stdio: 'inherit' });
  if (status !== 0) process.exit(status);
}

/** The exit status of a command. `each` gets every piece of its output where that is piped. */
function statusOf(command, { more = [], stdio, each }) {
  const [program, ...words] = command.split(' ');
  const child = spawn(program, [...words, ...more], { stdio });
  child.stdout?.on('data', each);
  child.stderr?.on('data', each);
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (status) => resolve(status ?? 1)));
}
