import { describe, expect, test } from 'vitest';
import { blockedUntil, limitText } from './limits';

describe('the limits of an offer', () => {
  const none = { creditsPerClip: 1, pausedUntil: null, refusalsLeft: null, refusedUntil: null };

  test('an offer without limits may start now and has no sentence', () => {
    expect([limitText(none), blockedUntil(none)]).toEqual([null, null]);
  });

  test('a limit is shown with the moment of its end and what to do meanwhile', () => {
    const resting = { ...none, pausedUntil: 1_800_000_000_000 };
    expect(limitText(resting)).toMatch(
      /^Our film service is resting until .+\d.+\. Your photos and your words are kept\.$/,
    );
    expect(blockedUntil(resting)).toBe(1_800_000_000_000);
    const refused = { ...resting, refusalsLeft: 0, refusedUntil: 1_800_000_600_000 };
    expect(limitText(refused)).toMatch(
      /^The automatic check .+ stopped several photos today\. No more are sent until .+often passes\.$/,
    );
    expect(blockedUntil(refused)).toBe(1_800_000_600_000);
  });

  test('a person is warned before the moderation limit is reached', () => {
    const near = { ...none, refusalsLeft: 1 };
    expect(limitText(near)).toContain('One more, and we wait until tomorrow.');
    expect(blockedUntil(near)).toBeNull();
  });
});
