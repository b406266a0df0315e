import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSignature } from './signature.server';

const [old, young] = ['an-old-secret-0123456789', 'a-new-secret-0123456789'] as const;
const by = (secrets: readonly string[], purpose = 'link', length?: number) =>
  createSignature({ secrets, purpose, ...(length !== undefined && { length }) });

describe('a signature', () => {
  it('a signature holds for its parts alone, with any separators in them', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '1', ':', '\n', '.', 'ü', '💡'), maxLength: 6 });
    const parts = fc.array(part, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(by([old]).matches(by([old]).of(...one), ...other)).toBe(isSame);
      }),
      { numRuns: 500 },
    );
    expect(by([old]).of('a\nb', 'c')).not.toBe(by([old]).of('a', 'b\nc'));
  });

  it('a signature does not hold for another purpose, another secret, or with a character changed', () => {
    const mark = by([old]).of('a');
    expect(by([old], 'ticket').matches(mark, 'a')).toBe(false);
    expect(by([young]).matches(mark, 'a')).toBe(false);
    for (const forged of ['', `${mark}A`, mark.slice(1), mark.replace(/.$/, '!'), 'ü'.repeat(mark.length)])
      expect(by([old]).matches(forged, 'a')).toBe(false);
  });

  it('while a secret is replaced, signatures of both secrets hold, and the new one signs', () => {
    const both = by([young, old], 'link', 22);
    expect(both.matches(by([old], 'link', 22).of('a'), 'a')).toBe(true);
    expect(both.of('a')).toBe(by([young], 'link', 22).of('a'));
    expect(both.of('a')).toHaveLength(22);
  });
});
