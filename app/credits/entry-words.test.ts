import { describe, expect, it } from 'vitest';
import { entryInWords } from './entry-words';

describe('the diary of credits', () => {
  it('says why a credit came back', () => {
    expect(entryInWords({ kind: 'refund', failureReason: 'deadline' })).toEqual({
      what: 'Did not work out, credit returned',
      why: 'It took too long, so we stopped waiting.',
    });
  });

  it('tells a stopped clip from a failed one', () => {
    expect(entryInWords({ kind: 'refund', failureReason: null }).what).toBe('Stopped, credit returned');
  });

  it('stays quiet about a reason nobody has words for', () => {
    expect(entryInWords({ kind: 'refund', failureReason: 'toString' }).why).toBeNull();
  });
});
