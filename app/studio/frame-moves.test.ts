import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cropOf, shapes } from '~/photos/frame';
import { dragged, settled, zoomed } from './frame-moves';

const wide = { size: { width: 3000, height: 2000 }, shape: '9:16' as const };
const middle = { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 };

test('dragging a photo by the width of the window shows its part one window further', () => {
  const before = cropOf({ ...wide, frame: middle });
  const after = cropOf({ ...wide, frame: dragged(middle, { x: -0.5, y: 0 }, wide) });
  expect(after.left).toBeCloseTo(before.left + before.width / 2);
});

test('dragging a photo stops at its edge, and moves it back at once in the other direction', () => {
  const atEdge = dragged(middle, { x: 99, y: 0 }, wide);
  expect(cropOf({ ...wide, frame: atEdge }).left).toBe(0);
  const back = dragged(atEdge, { x: -0.1, y: 0 }, wide);
  expect(cropOf({ ...wide, frame: back }).left).toBeGreaterThan(0);
});

test('zooming a photo keeps the point under the fingers in its place', () => {
  const at = { x: 0.3, y: 0.6 };
  const before = cropOf({ ...wide, frame: middle });
  const after = cropOf({ ...wide, frame: zoomed(middle, 2, wide, at) });
  expect(after.left + at.x * after.width).toBeCloseTo(before.left + at.x * before.width);
  expect(after.top + at.y * after.height).toBeCloseTo(before.top + at.y * before.height);
});

test('a frame stays valid for the server after any drags and zooms, and settling it twice changes nothing', () => {
  const side = fc.integer({ min: 16, max: 8000 });
  const part = fc.double({ min: -2, max: 2, noNaN: true });
  fc.assert(
    fc.property(
      side,
      side,
      fc.constantFrom(...shapes),
      part,
      part,
      fc.double({ min: 0, max: 9, noNaN: true }),
      part,
      (width, height, shape, x, y, zoom, at) => {
        const sight = { size: { width, height }, shape };
        const frame = zoomed(dragged(middle, { x, y }, sight), zoom, sight, { x: at, y: at });
        expect(frame.x).toBeGreaterThanOrEqual(0);
        expect(frame.x).toBeLessThanOrEqual(1);
        expect(frame.y).toBeGreaterThanOrEqual(0);
        expect(frame.y).toBeLessThanOrEqual(1);
        expect(frame.zoom).toBeGreaterThanOrEqual(1);
        expect(frame.zoom).toBeLessThanOrEqual(4);
        const again = settled(frame, sight);
        expect(again.x).toBeCloseTo(frame.x, 9);
        expect(again.y).toBeCloseTo(frame.y, 9);
      },
    ),
  );
});
