/** Measured times, counted by 5-second bucket (`generation_waits`, `provider_waits`); `bucketSeconds` is its lower edge. */
export interface CountedWait {
  bucketSeconds: number;
  count: number;
}

/** Fewer waits than this say nothing yet. */
const enoughWaits = 20;
/** What is measured ends later than the provider did, by the time until we saw it. */
const marginSeconds = 5;

/**
 * Seconds after the provider took a task at which a first question is likely to pay off: near the 10th percentile of what
 * others took, 0 while there are too few. Never beyond six tenths of the middle one: no film is seen as finished before its first
 * question, so the percentile alone would feed on itself and creep up.
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
 * Seconds until the provider is asked again when nothing happens before: as often as it allows while most films are
 * finished, further apart as the task grows old. Jitter only adds, a tenth at most, so the provider's own limit is never undercut.
 */
export function pollDelaySeconds({
  ageSeconds,
  minPollSeconds,
  firstInSeconds = 0,
  random,
}: {
  /** Since the provider took the task. */
  ageSeconds: number;
  minPollSeconds: number;
  /** From now until the first question is due, where there was none yet. */
  firstInSeconds?: number;
  /** 0..1 */
  random: () => number;
}): number {
  const base = ageSeconds < 180 ? minPollSeconds : ageSeconds < 600 ? 15 : 60;
  const gap = Math.max(minPollSeconds, base);
  return Math.max(gap, firstInSeconds) + (gap * random()) / 10;
}
