// The harness of the journeys itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';

let starter: ChildProcess | undefined;
afterEach(() => {
  starter?.kill('SIGKILL');
});

it('a running Echoes ends with the process that started it, also when that one is killed', async () => {
  const program = resolve(import.meta.dirname, 'support/run-echoes.ts');
  const started = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  starter = started;
  const origin = await new Promise<string>((found, reject) => {
    let output = '';
    started.stdout.on('data', (part) => {
      output += part;
      const [, address] = /^at (\S+)\n/m.exec(output) ?? [];
      if (address) found(address);
    });
    started.once('exit', () => reject(new Error(`It ended: ${output}`)));
  });
  expect((await fetch(origin)).status).toBe(200);
  started.kill('SIGKILL');
  await once(started, 'exit');
  const isGone = () =>
    fetch(origin).then(
      () => false,
      () => true,
    );
  await expect.poll(isGone, { timeout: 20_000 }).toBe(true);
});
