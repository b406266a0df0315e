import { describe, expect, it } from 'vitest';
import { creditView, expectedWait, isLate, stepView, waitSeconds } from '~/generations/timeline';
import { failureText, failureTexts } from './failure-messages';

describe('the text of a failure', () => {
  it('each failure text has what happened and one next step, without provider names or jargon', () => {
    for (const [reason, { whatHappened, nextStep }] of Object.entries(failureTexts)) {
      expect([reason, whatHappened.length > 15, nextStep.length > 15]).toEqual([reason, true, true]);
      expect(`${whatHappened} ${nextStep}`).not.toMatch(/!|oops|error|runway|API|moderat|null|undefined/i);
    }
  });

  it('only failures of the picture or the words say that a repeat would fail', () => {
    const hopeless = Object.entries(failureTexts).flatMap(([reason, { mayWorkAgain }]) =>
      mayWorkAgain ? [] : [reason],
    );
    expect(hopeless).toEqual(['moderated', 'invalid-input', 'photo-missing', 'photo-unreadable']);
  });

  it('an unknown reason reads as the text for unknown', () => {
    expect(failureText('from-another-time')).toBe(failureTexts.unknown);
    expect(failureText('constructor')).toBe(failureTexts.unknown);
  });
});

describe('the timeline', () => {
  it('a timeline step never shows a provider’s words', () => {
    expect(stepView({ at: 1, what: 'retrying', detail: 'INTERNAL: x' })?.detail).toBeNull();
    expect(stepView({ at: 1, what: 'failed', detail: 'deadline' })).toMatchObject({
      text: failureTexts.deadline.whatHappened,
      detail: failureTexts.deadline.nextStep,
    });
    expect(stepView({ at: 1, what: 'something-new', detail: null })).toBeNull();
  });

  it('a ledger entry reads as credits used, back or given', () => {
    expect(creditView({ at: 1, delta: -1, balanceAfter: 0 }).text).toBe('1 credit used');
    expect(creditView({ at: 1, delta: 3, balanceAfter: 3 }).text).toBe('3 credits back');
    expect(creditView({ at: 1, delta: 1, balanceAfter: 1, isGift: true }).text).toBe('1 credit, on us');
  });

  it('the wait for many clips counts those made side by side once', () => {
    const offer = { atOnce: 10, expectedSeconds: 40 };
    expect([1, 10, 11, 30].map((count) => waitSeconds(offer, count))).toEqual([40, 40, 80, 120]);
  });

  it('a generation is late only beyond one and a half times the expected wait', () => {
    const offer = { atOnce: 10, expectedSeconds: 40 };
    expect([60, 71].map((seconds) => isLate({ createdAt: 0, now: seconds * 1000, offer }))).toEqual([false, true]);
  });

  it('the expected wait is the median of the measured waits', () => {
    expect(expectedWait([])).toEqual({ expectedSeconds: 40, measured: false });
    const buckets = [
      { bucketSeconds: 90, count: 3 },
      { bucketSeconds: 15, count: 4 },
    ];
    expect(expectedWait(buckets)).toEqual({ expectedSeconds: 20, measured: true });
  });
});
