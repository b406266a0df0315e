import { percentile, print } from './figures.ts';
import type { comparePolling, PollFigures } from './simulator/polling.ts';

/** Prints how often providers are polled and how soon the end of a task is seen, beside a fixed schedule. */
export function printPolling({ usual, all }: Awaited<ReturnType<typeof comparePolling>>): void {
  const row = (name: string, { pollsPerTask, meanLag, lags }: PollFigures) =>
    [
      name,
      `${pollsPerTask.toFixed(1)} polls, seen ${(meanLag / 1000).toFixed(1)} s after its end (p95 ${(percentile(lags, 0.95) / 1000).toFixed(1)} s)`,
    ] as const;
  print('Polls of a provider for one clip, simulated without faults', [
    row(`${usual.ours.tasks} tasks within three minutes: the product’s schedule`, usual.ours),
    row('… every 5 s', usual.fixed),
    row(`all ${all.ours.tasks} tasks: the product’s schedule`, all.ours),
    row('… every 5 s', all.fixed),
  ]);
}
