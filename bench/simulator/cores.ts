import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Campaign } from './campaign.ts';

/** One core's share of a campaign. */
export interface Share {
  lifecycles: number;
  seed: number;
  stride: number;
}

/** Fixed, so that the same seed means the same episodes on every machine. */
const cores = 2;
const reportEvery = 50_000;

/** Runs a campaign on two cores, which share its seeds. `tell` receives the progress. */
export async function runOnEveryCore({
  lifecycles,
  seed,
  tell,
}: {
  lifecycles: number;
  seed: number;
  tell?(lifecycles: number): void;
}): Promise<Campaign> {
  const done = new Array<number>(cores).fill(0);
  let reported = 0;
  const campaigns = await Promise.all(
    done.map((_none, core) =>
      runShare({ lifecycles: Math.ceil(lifecycles / cores), seed: seed + core, stride: cores }, (count) => {
        done[core] = count;
        const all = done.reduce((sum, each) => sum + each, 0);
        if (all - reported < reportEvery) return;
        reported = all;
        tell?.(all);
      }),
    ),
  );
  return campaigns.reduce((sum, next) => ({
    episodes: sum.episodes + next.episodes,
    lifecycles: sum.lifecycles + next.lifecycles,
    ready: sum.ready + next.ready,
    failed: sum.failed + next.failed,
    canceled: sum.canceled + next.canceled,
    tasks: sum.tasks + next.tasks,
    lostTasks: sum.lostTasks + next.lostTasks,
    avoidableFailures: sum.avoidableFailures + next.avoidableFailures,
    emptyObjects: sum.emptyObjects + next.emptyObjects,
    setBacks: sum.setBacks + next.setBacks,
    broken: sum.broken ?? next.broken,
  }));
}

function runShare(share: Share, progress: (lifecycles: number) => void): Promise<Campaign> {
  return new Promise((settle, refuse) => {
    const worker = new Worker(resolve(import.meta.dirname, 'core.ts'), {
      workerData: share,
      execArgv: ['--import', resolve(import.meta.dirname, '../alias.ts')],
    });
    worker.on('message', (message: number | Campaign) => {
      if (typeof message === 'number') progress(message);
      else settle(message);
    });
    worker.on('error', refuse);
  });
}
