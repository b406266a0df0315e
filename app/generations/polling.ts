/**
 * Seconds until the provider may be asked again: close together while most films are finished, further apart as the
 * task grows old. Jitter only adds, so the provider's own limit is never undercut.
 */
export function pollDelaySeconds({
  ageSeconds,
  minPollSeconds,
  random,
}: {
  ageSeconds: number;
  minPollSeconds: number;
  /** 0..1 */
  random: () => number;
}): number {
  const base = ageSeconds < 180 ? minPollSeconds : ageSeconds < 600 ? 15 : 60;
  return Math.max(minPollSeconds, base) * (1 + random() / 5);
}
