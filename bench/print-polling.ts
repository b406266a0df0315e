import { percentile, print } from './figures.ts';
import type { comparePolling, PollFigures } from './simulator/polling.ts';

/** Prints how often providers are polled, and how soon an end is seen, beside a fixed schedule. */
export function printPolling({ usual, all }: Awaited<ReturnType<typeof comparePolling>>): void {
  const row = (name: string, { pollsPerTask, meanLag, lags }: PollFigures) =>
    [
      name,
      `${pollsPerTask.toFixed(1)} questions, seen ${(meanLag / 1000).toFixed(1)} s after its end (p95 ${(percentile(lags, 0.95) / 1000).toFixed(1)} s)`,
    ] as const;
  print('Questions to a provider for one film, simulated without faults', [
    row(`${usual.ours.tasks} films within three minutes: our schedule`, usual.ours),
    row('… every 5 s', usual.fixed),
    row(`all ${all.ours.tasks} films: our schedule`, all.ours),
    row('… every 5 s', all.fixed),
  ]);
}
