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
  framed: { shape: '9:16', frame: { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 } },
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
  it('every provider and every outcome has a sentence that names the provider', () => {
    for (const provider of providers)
      for (const outcome of outcomes) {
        const told = handover(facts({ provider, forgotten: { at: 200, outcome } }));
        expect(told?.text).toMatch(/^[A-Zf][^!]+\.$/);
        expect(told?.text).not.toMatch(/task|API|null|undefined/);
      }
  });

  it('a copy counts as deleted only where the provider deletes on demand and has confirmed it', () => {
    const end = (provider: string, outcome: CancelOutcome) =>
      handover(facts({ provider, forgotten: { at: 200, outcome } }))?.end;
    for (const outcome of outcomes) {
      const isDeleted = ['canceled', 'forgotten', 'gone'].includes(outcome);
      for (const provider of ['runway', 'luma']) expect(end(provider, outcome)).toBe(isDeleted ? 'deleted' : 'kept');
      for (const provider of ['fal', 'replicate', 'veo', 'x']) expect(end(provider, outcome)).toBe('kept');
    }
  });

  it('a handover is open while the generation runs and until the provider has answered', () => {
    expect(handover(facts({ isUnderWay: true, isCleanedUp: false }))).toMatchObject({ end: 'open', endedAt: null });
    expect(handover(facts({ isCleanedUp: false }))?.text).toBe('Runway is being asked to delete its copy.');
    expect(handover(facts({ wasTaken: false }))).toMatchObject({ end: 'kept' });
    expect(handover(facts({ wasTaken: false }))?.text).toContain('did not confirm');
  });

  it('a photo that the provider never fetched counts as never handed over', () => {
    const told = handover(facts({ wasTaken: false, hasLeft: false }));
    expect(told).toMatchObject({ end: 'never', endedAt: null });
    expect(told?.text).toBe('Runway never said that it took it, and we did not see it fetch the photo.');
  });

  it('a generation that was never sent has no handover', () => {
    expect(handover(facts({ sentAt: null }))).toBeNull();
  });

  it('of several outcomes the one that promises least counts', () => {
    expect(lesserPromise(undefined, 'gone')).toBe('gone');
    expect(lesserPromise('canceled', 'too-late')).toBe('too-late');
    expect(lesserPromise('unsupported', 'canceled')).toBe('unsupported');
  });
});
