import { runCampaign } from './campaign.ts';
import { noFaults } from './faults.ts';
import type { Task } from './provider.ts';

/** How often tasks were asked about, and how long after their end it was noticed, in ms. */
export interface PollFigures {
  tasks: number;
  pollsPerTask: number;
  meanLag: number;
  lags: number[];
}

const fixedMilliseconds = 5_000;
/** What an answer of the model's provider takes on average: the questions of both schedules wait for theirs. */
const answerMilliseconds = 525;
/** A few films take up to an hour; most take less than this. */
const usualMilliseconds = 180_000;

/**
 * The product's own schedule beside questions at every five seconds, on the same tasks: films that take three quarters
 * of a minute, in a world without faults. First those that ended within three minutes, then all.
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

/** The product's own schedule, as it went. */
function measuredPolls(tasks: readonly Task[]): PollFigures {
  return figures(tasks.map(({ endsAt, polls, seenEndedAt }) => ({ polls, lag: (seenEndedAt ?? endsAt) - endsAt })));
}

/** The same tasks, asked about every five seconds from the moment they were taken. */
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
