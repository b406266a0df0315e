// One core's share of a campaign, in its own thread (cores.ts).
import { parentPort, workerData } from 'node:worker_threads';
import { runCampaign } from './campaign.ts';
import type { Share } from './cores.ts';
import { quietly } from './quiet.ts';

// Stack traces of injected faults are not read and take time to build.
Error.stackTraceLimit = 0;
const each = (_episode: unknown, { lifecycles }: { lifecycles: number }) => parentPort?.postMessage(lifecycles);
parentPort?.postMessage(await quietly(() => runCampaign({ ...(workerData as Share), each })));
