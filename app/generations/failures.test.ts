import { describe, expect, it } from 'vitest';
import { failureText, failureTexts } from './failures';
import { creditView, expectedWait, stepView } from './timeline';

describe('the words for a failure', () => {
  it('say what happened and one next step, without the provider’s words, jargon or noise', () => {
    for (const [reason, { whatHappened, nextStep }] of Object.entries(failureTexts)) {
      expect([reason, whatHappened.length > 15, nextStep.length > 15]).toEqual([reason, true, true]);
      expect(`${whatHappened} ${nextStep}`).not.toMatch(/!|oops|error|runway|API|moderat|null|undefined/i);
    }
  });

  it('exist for a reason nobody knows any more', () => {
    expect(failureText('from-another-time')).toBe(failureTexts.unknown);
    expect(failureText('constructor')).toBe(failureTexts.unknown);
  });
});

describe('the timeline', () => {
  it('keeps the provider’s words to ourselves', () => {
    expect(stepView({ at: 1, what: 'retrying', detail: 'INTERNAL: x' })?.detail).toBeNull();
    expect(stepView({ at: 1, what: 'failed', detail: 'deadline' })).toMatchObject({
      text: failureTexts.deadline.whatHappened,
      detail: failureTexts.deadline.nextStep,
    });
    expect(stepView({ at: 1, what: 'something-new', detail: null })).toBeNull();
  });

  it('names the credits that moved', () => {
    expect(creditView({ at: 1, delta: -1, balanceAfter: 0 }).text).toBe('1 credit used');
    expect(creditView({ at: 1, delta: 3, balanceAfter: 3 }).text).toBe('3 credits back');
  });

  it('takes the middle of the waits', () => {
    expect(expectedWait([])).toEqual({ expectedSeconds: 40, measured: false });
    const buckets = [
      { bucketSeconds: 90, count: 3 },
      { bucketSeconds: 15, count: 4 },
    ];
    expect(expectedWait(buckets)).toEqual({ expectedSeconds: 20, measured: true });
  });
});
