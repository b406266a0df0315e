import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CountedWait, firstPollSeconds, pollDelaySeconds } from './polling';

const bucketsOf = (waits: readonly number[]): CountedWait[] => {
  const counts = new Map<number, number>();
  for (const wait of waits) {
    const bucket = Math.floor(wait / 5) * 5;
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return [...counts].map(([bucketSeconds, count]) => ({ bucketSeconds, count }));
};

describe('the first poll', () => {
  it('the first poll is near the 10th percentile of measured times, in any order of the buckets', () => {
    const waits = Array.from({ length: 100 }, (_, index) => 30 + index);
    expect(firstPollSeconds(bucketsOf(waits))).toBe(30);
    expect(firstPollSeconds(bucketsOf(waits.reverse()))).toBe(30);
  });

  it('the first poll is not delayed before enough times were measured', () => {
    expect(firstPollSeconds([])).toBe(0);
    expect(firstPollSeconds([{ bucketSeconds: 60, count: 19 }])).toBe(0);
    expect(firstPollSeconds([{ bucketSeconds: 60, count: 20 }])).toBe(31);
  });

  it('the first poll does not raise itself over time', () => {
    const waits: number[] = [];
    // Tasks of 20 to 60 seconds; each is seen no earlier than the first poll and copied for 6 seconds more.
    for (let index = 0; index < 5_000; index += 1) {
      const first = firstPollSeconds(bucketsOf(waits.slice(-1_000)));
      waits.push(Math.max(20 + ((index * 17) % 40), first) + 6);
    }
    expect(firstPollSeconds(bucketsOf(waits.slice(-1_000)))).toBeLessThanOrEqual(25);
  });
});

describe('the time between two polls', () => {
  it('two polls are never closer than the provider allows and at most a tenth further apart than planned', () => {
    const seconds = fc.float({ min: 0, max: 3_600, noNaN: true });
    fc.assert(
      fc.property(
        seconds,
        fc.integer({ min: 1, max: 120 }),
        seconds,
        fc.float({ min: 0, max: 1, noNaN: true }),
        (ageSeconds, minPollSeconds, firstInSeconds, jitter) => {
          const delay = pollDelaySeconds({ ageSeconds, minPollSeconds, firstInSeconds, random: () => jitter });
          expect(delay).toBeGreaterThanOrEqual(Math.max(minPollSeconds, firstInSeconds));
          expect(delay).toBeLessThanOrEqual(Math.max(minPollSeconds, firstInSeconds, 60) * 1.1 + 1e-6);
        },
      ),
    );
  });

  it('the time between polls grows with the task’s age', () => {
    const at = (ageSeconds: number) => pollDelaySeconds({ ageSeconds, minPollSeconds: 5, random: () => 0 });
    expect([0, 179, 180, 599, 600].map(at)).toEqual([5, 5, 15, 15, 60]);
  });
});
