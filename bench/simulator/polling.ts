import type { Task } from './provider.ts';

/** How often tasks were asked about, and how long after their end it was noticed, in ms. */
export interface PollFigures {
  tasks: number;
  pollsPerTask: number;
  meanLag: number;
  lags: number[];
}

const fixedMilliseconds = 5_000;

/** The product's own schedule, as it went. */
export function measuredPolls(tasks: readonly Task[]): PollFigures {
  const seen = tasks.flatMap(({ endsAt, polls, seenEndedAt }) =>
    seenEndedAt === null ? [] : [{ polls, lag: seenEndedAt - endsAt }],
  );
  return figures(seen);
}

/** The same tasks, asked about every five seconds from the moment they were taken. */
export function fixedPolls(tasks: readonly Task[]): PollFigures {
  const seen = tasks.flatMap(({ endsAt, acceptedAt, seenEndedAt }) => {
    if (seenEndedAt === null) return [];
    const polls = Math.ceil((endsAt - acceptedAt) / fixedMilliseconds);
    return [{ polls, lag: acceptedAt + polls * fixedMilliseconds - endsAt }];
  });
  return figures(seen);
}

function figures(seen: { polls: number; lag: number }[]): PollFigures {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const lags = seen.map(({ lag }) => lag);
  return { tasks: seen.length, pollsPerTask: mean(seen.map(({ polls }) => polls)), meanLag: mean(lags), lags };
}
