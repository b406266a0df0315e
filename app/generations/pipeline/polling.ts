/** Measured times, counted by 5-second bucket (`generation_waits`, `provider_waits`); `bucketSeconds` is its lower edge. */
export interface CountedWait {
  bucketSeconds: number;
  count: number;
}

/** The fewest measured times on which a first poll is based. */
const enoughWaits = 20;
/** A measured time is longer than the task took, by the time until the poll that saw it finished. */
const marginSeconds = 5;

/**
 * Seconds from the provider's acceptance to the first poll: near the 10th percentile of measured times, 0 while there are
 * too few. At most 0.6 of the median: no task is seen finished before its first poll, so the percentile alone would raise
 * itself over time.
 */
export function firstPollSeconds(waits: readonly CountedWait[]): number {
  const sorted = [...waits].sort((a, b) => a.bucketSeconds - b.bucketSeconds);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  if (total < enoughWaits) return 0;
  const quantile = (share: number) => {
    let seen = 0;
    for (const { bucketSeconds, count } of sorted) {
      seen += count;
      if (seen >= total * share) return bucketSeconds;
    }
    return 0;
  };
  return Math.max(0, Math.min(quantile(0.1), quantile(0.5) * 0.6) - marginSeconds);
}

/**
 * Seconds until the next poll: as often as the provider allows in the minutes in which most tasks finish, less often for
 * older tasks. Jitter only adds, at most a tenth, so the provider's limit holds.
 */
export function pollDelaySeconds({
  ageSeconds,
  minPollSeconds,
  firstInSeconds = 0,
  random,
}: {
  /** Since the provider's acceptance. */
  ageSeconds: number;
  minPollSeconds: number;
  /** Until the first poll, if there was none yet. */
  firstInSeconds?: number;
  /** 0..1 */
  random: () => number;
}): number {
  const base = ageSeconds < 180 ? minPollSeconds : ageSeconds < 600 ? 15 : 60;
  const gap = Math.max(minPollSeconds, base);
  return Math.max(gap, firstInSeconds) + (gap * random()) / 10;
}
