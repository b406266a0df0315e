import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aspectOf, cropOf, type Frame, onCanvas, onPhoto, shapes, turnedBy } from '~/photos/frame';
import { cropAt, stillMotion } from './still-motion';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const still = fc.record({
  clipId: fc.string({ minLength: 1 }),
  index: fc.nat(30),
  size: fc.record({ width: fc.integer({ min: 100, max: 6000 }), height: fc.integer({ min: 100, max: 6000 }) }),
  shape: fc.constantFrom(...shapes),
  frame: fc.record({
    x: unit,
    y: unit,
    zoom: fc.double({ min: 1, max: 4, noNaN: true }),
    turn: fc.integer({ min: 0, max: 3 }),
    tilt: fc.double({ min: -10, max: 10, noNaN: true }),
  }),
});

describe('still motion', () => {
  it('still motion stays inside the photo, in the shape of the film, with the framed point visible', () => {
    fc.assert(
      fc.property(still, unit, ({ frame, ...rest }, progress) => {
        const order = { ...rest, frame: reachable(frame, rest) };
        const { left, top, width, height } = cropAt(stillMotion(order), progress);
        const slack = 1e-6;
        for (const x of [left, left + width])
          for (const y of [top, top + height]) {
            const corner = onPhoto({ x, y }, order.frame, order.size);
            expect(Math.min(corner.x, corner.y)).toBeGreaterThanOrEqual(-slack);
            expect(Math.max(corner.x, corner.y)).toBeLessThanOrEqual(1 + slack);
          }
        const { across, down } = turnedBy(order.frame, order.size);
        const aspect = (width * order.size.width * across) / (height * order.size.height * down);
        expect(aspect / aspectOf(order.shape)).toBeCloseTo(1, 6);
        const { x, y } = onCanvas(order.frame, order.frame, order.size);
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

/** A frame whose point its window can show: the corners of a tilted photo are beyond it. */
function reachable(frame: Frame, { size, shape }: Pick<Parameters<typeof stillMotion>[0], 'size' | 'shape'>): Frame {
  if (frame.tilt === 0) return frame;
  const { left, top, width, height } = cropOf({ size, shape, frame });
  const { x, y } = onPhoto({ x: left + width / 2, y: top + height / 2 }, frame, size);
  return { ...frame, x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
}
