import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aspectOf, shapes } from '~/photos/frame';
import { cropAt, stillMotion } from './still-motion';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const still = fc.record({
  clipId: fc.string({ minLength: 1 }),
  index: fc.nat(30),
  size: fc.record({ width: fc.integer({ min: 100, max: 6000 }), height: fc.integer({ min: 100, max: 6000 }) }),
  shape: fc.constantFrom(...shapes),
  frame: fc.record({ x: unit, y: unit, zoom: fc.double({ min: 1, max: 4, noNaN: true }) }),
});

describe('still motion', () => {
  it('still motion stays inside the photo, in the shape of the film, with the framed point visible', () => {
    fc.assert(
      fc.property(still, unit, (order, progress) => {
        const { left, top, width, height } = cropAt(stillMotion(order), progress);
        const slack = 1e-9;
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(-slack);
        expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(1 + slack);
        expect((width * order.size.width) / (height * order.size.height)).toBeCloseTo(aspectOf(order.shape), 6);
        const { x, y } = order.frame;
        expect(x).toBeGreaterThanOrEqual(left - slack);
        expect(x).toBeLessThanOrEqual(left + width + slack);
        expect(y).toBeGreaterThanOrEqual(top - slack);
        expect(y).toBeLessThanOrEqual(top + height + slack);
      }),
    );
  });

  it('still motion moves also at the largest zoom', () => {
    fc.assert(
      fc.property(still, (order) => {
        const { from, to } = stillMotion(order);
        expect(Math.max(from.width / to.width, to.width / from.width)).toBeCloseTo(1.12, 6);
      }),
    );
  });

  it('still motion of a clip is the same every time, and zooms in at even positions and out at odd ones', () => {
    fc.assert(
      fc.property(still, (order) => {
        const { from, to } = stillMotion(order);
        expect(stillMotion(order)).toEqual({ from, to });
        expect(to.width < from.width).toBe(order.index % 2 === 0);
      }),
    );
  });
});
