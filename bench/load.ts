// A process of its own, so that asking takes nothing from what answers, and the stand-ins' work is not counted as waiting:
// node bench/load.ts <url> <connections> <seconds> <cookie>. Prints a `Load` as JSON.
import { Agent, get } from 'node:http';

/** Every answer's time in ms, from asking to its last byte, and how many answers were not 200. */
export interface Load {
  milliseconds: number[];
  failed: number;
}

const [, , url = '', connections = '1', seconds = '1', cookie = ''] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const load: Load = { milliseconds: [], failed: 0 };

function ask(): Promise<number | undefined> {
  return new Promise((done, fail) => {
    get(url, { agent, headers: { accept: 'text/html', cookie } }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode));
    }).on('error', fail);
  });
}

/** One connection: asks anew as soon as it has its answer. */
async function keepAsking(until: number, note: (milliseconds: number, status?: number) => void): Promise<void> {
  while (performance.now() < until) {
    const asked = performance.now();
    const status = await ask();
    note(performance.now() - asked, status);
  }
}

async function all(duration: number, note: (milliseconds: number, status?: number) => void): Promise<void> {
  const until = performance.now() + duration * 1000;
  await Promise.all(Array.from({ length: Number(connections) }, () => keepAsking(until, note)));
}

// The first answers warm the connections, the caches and the compiler; they are not counted.
await all(1, () => {});
await all(Number(seconds), (milliseconds, status) => {
  load.milliseconds.push(milliseconds);
  if (status !== 200) load.failed += 1;
});
agent.destroy();
process.stdout.write(JSON.stringify(load));
