import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip } from '~/testing/studio';
import { bringable, clipsByAttention } from './attention';

const clips = fc
  .array(fc.constantFrom('still', 'generating', 'ready', 'error'), { maxLength: 30 })
  .map((all) => all.map((status, at) => clip({ id: `clp_${at}`, status: status as 'still' })));

test('a press brings to life what can be made of the chosen clips, in order, and never costs more than the balance', () => {
  fc.assert(
    fc.property(clips, fc.nat(40), fc.integer({ min: 1, max: 5 }), fc.boolean(), (chosen, balance, price, canMake) => {
      const { clipIds, credits, left } = bringable(chosen, { balance, creditsPerClip: price, canMake });
      const makeable = chosen.filter(({ status }) => status === 'still' || status === 'error').map(({ id }) => id);
      expect(clipIds).toEqual(makeable.slice(0, clipIds.length));
      expect(clipIds.length + left).toBe(makeable.length);
      expect(credits).toBe(clipIds.length * price);
      expect(credits).toBeLessThanOrEqual(balance);
      expect(clipIds.length).toBeLessThanOrEqual(20);
      if (!canMake) expect(clipIds).toEqual([]);
    }),
  );
});

test('every choice of the grid shows clips of the film in their order, and a clip that is made needs no note', () => {
  fc.assert(
    fc.property(clips, fc.array(fc.nat(29)), (all, warned) => {
      const warnings = new Map(warned.map((at) => [`clp_${at}`, 'looks soft']));
      const groups = clipsByAttention(all, warnings);
      for (const group of Object.values(groups)) expect(all.filter((one) => group.includes(one))).toEqual(group);
      expect(groups.noted.every(({ status }) => status === 'still')).toBe(true);
      expect(groups.all).toBe(all);
    }),
  );
});
