// `npm run simulate -- --lifecycles N --seed S`: the generation pipeline under every fault, in virtual time. `npm run
// nightly` runs it too, with the date as its seed (`--seed today`).
import { parseArgs } from 'node:util';
import { print } from './figures.ts';
import { printPolling } from './print-polling.ts';
import { describeBroken } from './simulator/campaign.ts';
import { runOnEveryCore } from './simulator/cores.ts';
import { comparePolling } from './simulator/polling.ts';
import { quietly } from './simulator/quiet.ts';

const { values } = parseArgs({
  options: { lifecycles: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const lifecycles = Number(values.lifecycles);
const seed = Number(values.seed === 'today' ? new Date().toISOString().slice(0, 10).replaceAll('-', '') : values.seed);
if (!(lifecycles > 0) || !Number.isInteger(seed))
  throw new Error('--lifecycles is a number above 0, and --seed a whole number or today');

const began = performance.now();
const sum = await runOnEveryCore({
  lifecycles,
  seed,
  tell: (done) => console.log(`${done} lifecycles, ${((performance.now() - began) / 1000).toFixed(0)} s`),
});
const elapsedSeconds = (performance.now() - began) / 1000;
const cpuSeconds = process.cpuUsage().user / 1e6;

print(`Seed ${seed}, under faults`, [
  ['lifecycles', String(sum.lifecycles), String(lifecycles)],
  ['episodes, and those in which the database was set back by an hour', `${sum.episodes}, ${sum.setBacks}`],
  ['ready, failed, canceled', `${sum.ready}, ${sum.failed}, ${sum.canceled}`],
  ['tasks the provider took', String(sum.tasks)],
  ['… whose answer was lost (written down, paid by us)', String(sum.lostTasks)],
  ['failed though a good video was seen', String(sum.avoidableFailures), '< 0.1 %'],
  ['objects woken in vain after the end (empty)', String(sum.emptyObjects)],
  ['broken laws', String(sum.broken?.problems.length ?? 0), '0'],
  ['time', `${elapsedSeconds.toFixed(1)} s, ${(sum.lifecycles / cpuSeconds).toFixed(0)} lifecycles for each s of CPU`],
]);

if (sum.broken) {
  console.error(`\n${describeBroken(sum.broken)}`);
  process.exitCode = 1;
} else {
  printPolling(await quietly(() => comparePolling({ seed })));
}
