import { runCampaign } from './campaign.ts';
import { noFaults } from './faults.ts';
import type { Task } from './provider.ts';

/** Polls of tasks, and the delay in ms between the end of a task and the poll that sees it. */
export interface PollFigures {
  tasks: number;
  pollsPerTask: number;
  meanLag: number;
  lags: number[];
}

const fixedMilliseconds = 5_000;
/** The mean time of an answer of the model's provider, which the polls of both schedules wait for. */
const answerMilliseconds = 525;
/** A few tasks take up to an hour; most take less than this. */
const usualMilliseconds = 180_000;

/**
 * Compares the product's schedule with polls every five seconds, on the same tasks of about 45 s in a world without faults:
 * the tasks that ended within three minutes, and all tasks.
 */
export async function comparePolling({ lifecycles = 2_000, seed }: { lifecycles?: number; seed: number }) {
  const tasks: Task[] = [];
  const each = ({ tasks: more }: { tasks: readonly Task[] }) =>
    void tasks.push(...more.filter(({ seenEndedAt }) => seenEndedAt !== null));
  await runCampaign({ lifecycles, seed, faults: noFaults, typicalSeconds: 45, each });
  const usual = tasks.filter(({ acceptedAt, endsAt }) => endsAt - acceptedAt <= usualMilliseconds);
  const compared = (some: readonly Task[]) => ({ ours: measuredPolls(some), fixed: fixedPolls(some) });
  return { usual: compared(usual), all: compared(tasks) };
}

/** The product's own schedule, as it ran. */
function measuredPolls(tasks: readonly Task[]): PollFigures {
  return figures(tasks.map(({ endsAt, polls, seenEndedAt }) => ({ polls, lag: (seenEndedAt ?? endsAt) - endsAt })));
}

/** The same tasks, polled every five seconds from their submit on. */
function fixedPolls(tasks: readonly Task[]): PollFigures {
  return figures(
    tasks.map(({ endsAt, acceptedAt }) => {
      const polls = Math.ceil((endsAt - acceptedAt) / fixedMilliseconds);
      return { polls, lag: acceptedAt + polls * fixedMilliseconds - endsAt + answerMilliseconds };
    }),
  );
}

function figures(seen: { polls: number; lag: number }[]): PollFigures {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const lags = seen.map(({ lag }) => lag);
  return { tasks: seen.length, pollsPerTask: mean(seen.map(({ polls }) => polls)), meanLag: mean(lags), lags };
}
