// Sends requests from a process of its own, so that it takes no time from the server or from the stand-ins:
// node bench/load.ts <url> <connections> <seconds> <cookie>. Prints a `Load` as JSON.
import { Agent, get } from 'node:http';

/** The time of each response in ms, from the request to the last byte, and how many were not 200. */
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

/** One connection: sends the next request as soon as the last response is complete. */
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

// The first second warms the connections, the caches and the compiler; it is not counted.
await all(1, () => {});
await all(Number(seconds), (milliseconds, status) => {
  load.milliseconds.push(milliseconds);
  if (status !== 200) load.failed += 1;
});
agent.destroy();
process.stdout.write(JSON.stringify(load));
