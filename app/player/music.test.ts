import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loopOf, loudness, musicAt } from './music';

const track = {
  file: '/music/waltz.m4a',
  durationSeconds: 61,
  beatsPerMinute: 90,
  beatsPerBar: 3,
  firstBeatSeconds: 0.5,
} as const;

describe('music', () => {
  it('music loops after whole bars', () => {
    const { startSeconds, endSeconds } = loopOf(track);
    expect(startSeconds).toBe(0.5);
    expect((endSeconds - startSeconds) / 2).toBeCloseTo(30, 9);
    expect(endSeconds).toBeLessThanOrEqual(track.durationSeconds);
  });

  it('music keeps its phase in the bar at any start of the film', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 600, noNaN: true }), (seconds) => {
        const phase = (at: number) => (((at - 0.5) % 2) + 2) % 2;
        const apart = Math.abs(phase(musicAt(track, seconds)) - phase(seconds));
        expect(Math.min(apart, 2 - apart)).toBeLessThan(1e-6);
        expect(musicAt(track, seconds)).toBeLessThanOrEqual(loopOf(track).endSeconds);
      }),
    );
  });

  it('music shorter than a bar loops as a whole', () => {
    expect(loopOf({ ...track, durationSeconds: 1.5 })).toEqual({ startSeconds: 0, endSeconds: 1.5 });
  });

  it('music fades in, never exceeds full gain, and is silent at the end of the film', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 300, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (length, at) => {
          const points = loudness({ fromSeconds: at * length, lengthSeconds: length });
          const [first, last] = [points[0], points.at(-1)];
          expect(first).toEqual({ atSeconds: at * length, gain: 0 });
          expect(last?.gain).toBeCloseTo(0, 9);
          expect(last?.atSeconds).toBeCloseTo(length, 9);
          for (const [index, { atSeconds, gain }] of points.entries()) {
            expect(atSeconds).toBeGreaterThanOrEqual(points[index - 1]?.atSeconds ?? 0);
            expect(gain).toBeGreaterThanOrEqual(0);
            expect(gain).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('music fades in within 0.3 s and out over the last 2 s', () => {
    expect(loudness({ fromSeconds: 0, lengthSeconds: 20 })).toEqual([
      { atSeconds: 0, gain: 0 },
      { atSeconds: 0.3, gain: 1 },
      { atSeconds: 18, gain: 1 },
      { atSeconds: 20, gain: 0 },
    ]);
  });
});
