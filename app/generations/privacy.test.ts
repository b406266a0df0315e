import { describe, expect, it } from 'vitest';
import type { CancelOutcome } from '~/providers/video-provider';
import { type HandoverFacts, handover, lesserPromise } from './privacy';

const facts = (given: Partial<HandoverFacts> = {}): HandoverFacts => ({
  generationId: 'gen_1',
  provider: 'runway',
  isUnderWay: false,
  isCleanedUp: true,
  sentAt: 100,
  wasTaken: true,
  hasLeft: true,
  forgotten: null,
  ...given,
});
const providers = ['runway', 'luma', 'fal', 'replicate', 'veo', 'from-another-time'];
const outcomes: CancelOutcome[] = [
  'canceled',
  'requested',
  'forgotten',
  'too-late',
  'unsupported',
  'gone',
  'unreachable',
];

describe('what became of a photo’s copy', () => {
  it('is said for every service and every answer, in a plain sentence that names the service', () => {
    for (const provider of providers)
      for (const outcome of outcomes) {
        const told = handover(facts({ provider, forgotten: { at: 200, outcome } }));
        expect(told?.text).toMatch(/^[A-Zf][^!]+\.$/);
        expect(told?.text).not.toMatch(/task|API|null|undefined/);
      }
  });

  it('is a deletion only where the service deletes when it is asked, and has said so', () => {
    const end = (provider: string, outcome: CancelOutcome) =>
      handover(facts({ provider, forgotten: { at: 200, outcome } }))?.end;
    for (const outcome of outcomes) {
      const isDeleted = ['canceled', 'forgotten', 'gone'].includes(outcome);
      for (const provider of ['runway', 'luma']) expect(end(provider, outcome)).toBe(isDeleted ? 'deleted' : 'kept');
      for (const provider of ['fal', 'replicate', 'veo', 'x']) expect(end(provider, outcome)).toBe('kept');
    }
  });

  it('is open while the service has it, and until it has answered', () => {
    expect(handover(facts({ isUnderWay: true, isCleanedUp: false }))).toMatchObject({ end: 'open', endedAt: null });
    expect(handover(facts({ isCleanedUp: false }))?.text).toBe('Runway is being asked to delete its copy.');
    expect(handover(facts({ wasTaken: false }))).toMatchObject({ end: 'kept' });
    expect(handover(facts({ wasTaken: false }))?.text).toContain('did not confirm');
  });

  it('is that it stayed here where a service was asked and never fetched it', () => {
    const told = handover(facts({ wasTaken: false, hasLeft: false }));
    expect(told).toMatchObject({ end: 'never', endedAt: null });
    expect(told?.text).toBe('Runway never said that it took it, and we did not see it fetch the photo.');
  });

  it('is nothing where nobody was asked for a clip', () => {
    expect(handover(facts({ sentAt: null }))).toBeNull();
  });

  it('is told by the least of several answers', () => {
    expect(lesserPromise(undefined, 'gone')).toBe('gone');
    expect(lesserPromise('canceled', 'too-late')).toBe('too-late');
    expect(lesserPromise('unsupported', 'canceled')).toBe('unsupported');
  });
});
