// The clocks of the database's writer and of its reader may differ by an hour: every computed time stays within its limits.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLate } from '~/generations/timeline';
import type { AnswerTo, EffectKind, GenerationRecord, Memo } from './effects';
import { generationLife } from './machine';
import { firstPollSeconds } from './polling';
import { nextPoll } from './run';

const now = 2_000_000_000_000;
const hour = 3_600_000;
const minPollSeconds = 5;
const skew = fc.integer({ min: -hour, max: hour });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const record: GenerationRecord = {
  ...{
    state: 'generating',
    stateAt: now,
    createdAt: now,
    deadlineAt: now + hour,
    restingUntil: null,
    restingReason: null,
    budgetUntil: null,
  },
  ...{ submits: 1, submitNonce: 'req_1', providerTaskId: 'task', providerStatus: 'running', progress: null },
  ...{ provider: 'runway', mediaKey: null, cleanedAt: null },
};
const options = (clock: number, random: number) => ({
  clock: () => clock,
  newNonce: () => 'req_2',
  random: () => random,
});

describe('between clocks up to an hour apart', () => {
  it('the next poll is never sooner than the provider allows nor later than for the oldest task', () => {
    fc.assert(
      fc.property(skew, share, (difference, jitter) => {
        const clock = now + difference;
        const run = { ...options(clock, jitter), record, minPollSeconds, memo: {}, outputUrl: null };
        const { nextPollAt = 0, earliestPollAt = 0 } = nextPoll(run);
        expect(earliestPollAt).toBe(clock + minPollSeconds * 1000);
        expect(nextPollAt).toBeGreaterThanOrEqual(earliestPollAt);
        expect(nextPollAt).toBeLessThanOrEqual(clock + 66_000);
      }),
    );
  });

  it('no first poll is due before the acceptance, whatever was measured', () => {
    const bucketSeconds = fc.integer({ min: -3600, max: 3600 });
    const bucket = fc.record({ bucketSeconds, count: fc.integer({ min: 1, max: 50 }) });
    fc.assert(fc.property(fc.array(bucket), (waits) => firstPollSeconds(waits) >= 0));
  });

  it('no generation is late before its start', () => {
    const behind = fc.integer({ min: -hour, max: 0 });
    fc.assert(
      fc.property(behind, fc.integer({ min: 0, max: 600 }), (difference, expectedSeconds) => {
        return !isLate({ createdAt: now, now: now + difference, offer: { atOnce: 1, expectedSeconds } });
      }),
    );
  });

  it('each alarm is after now and by the deadline, and a generation past it fails', () => {
    const cases = fc.record({
      state: fc.constantFrom('queued', 'submitting', 'generating', 'copying'),
      ...{ stateIn: skew, deadlineIn: skew, restIn: skew, pollIn: skew, jitter: share },
    });
    fc.assert(
      fc.property(cases, ({ state, stateIn, deadlineIn, restIn, pollIn, jitter }) => {
        const [stateAt, deadlineAt] = [now + stateIn, now + deadlineIn];
        const found = { ...record, state, stateAt, createdAt: stateAt, deadlineAt, restingUntil: now + restIn };
        const { kinds, alarm } = lifeOf(found, { nextPollAt: now + pollIn }, jitter);
        expect(kinds.includes('fail')).toBe(deadlineIn <= 0);
        if (deadlineIn <= 0) return;
        expect(alarm).toBeGreaterThan(now);
        expect(alarm).toBeLessThanOrEqual(deadlineAt);
      }),
    );
  });
});

/** One run at an unreachable provider: its effects and its last alarm. */
function lifeOf(found: GenerationRecord, memo: Memo, jitter: number) {
  const kinds: EffectKind[] = [];
  let alarm = 0;
  const error = { kind: 'retryable', code: null, message: 'connection reset' } as const;
  const answers: { [Kind in EffectKind]?: () => AnswerTo<Kind> } = {
    read: () => ({ record: found, memo, minPollSeconds }),
    begin: () => found,
    picture: () => ({ outcome: 'ok', image: { kind: 'url', url: 'https://echoes.test/p' } }),
    'record-attempt': () => ({ ...found, submitNonce: 'req_2', stateAt: now }),
    submit: () => ({ outcome: 'unknown', error }),
    'note-unknown': () => ({ ...found, submitNonce: 'req_2', stateAt: now }),
    poll: () => ({ outcome: 'unreachable', error }),
    fail: () => ({ ...found, state: 'failed' }),
    'cancel-task': () => 'forgotten',
  };
  const life = generationLife(options(now, jitter));
  for (let step = life.next(); !step.done; step = life.next(answers[step.value.kind]?.())) {
    kinds.push(step.value.kind);
    if (step.value.kind === 'arm') alarm = step.value.at;
  }
  return { kinds, alarm };
}
