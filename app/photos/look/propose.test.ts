import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cropOf, type Frame, middleFrame, shapes } from '../frame';
import type { Face } from './faces';
import { facesOutside, mainFaces, partShown, proposeFrame } from './propose';

const side = fc.integer({ min: 600, max: 4000 });
const size = fc.record({ width: side, height: side });
const shape = fc.constantFrom(...shapes);
const face: fc.Arbitrary<Face> = fc
  .record({
    x: fc.double({ min: 0.06, max: 0.94, noNaN: true }),
    y: fc.double({ min: 0.06, max: 0.94, noNaN: true }),
    extent: fc.double({ min: 0.02, max: 0.1, noNaN: true }),
    score: fc.double({ min: 0.45, max: 1, noNaN: true }),
  })
  .map(({ x, y, extent, score }) => ({
    left: x - extent / 2,
    top: y - extent / 2,
    width: extent,
    height: extent,
    score,
  }));

/** Photos of the forms that cameras make. */
const ordinary = size.filter(({ width, height }) => Math.max(width, height) <= 1.8 * Math.min(width, height));

test('the proposed frame of one face shows it whole, also after the film has got another shape', () => {
  fc.assert(
    fc.property(ordinary, shape, shape, face, (size, shape, later, one) => {
      const frame = proposeFrame({ size, shape, faces: [one] }) as Frame;
      expect(facesOutside([one], { size, shape, frame })).toEqual([]);
      expect(facesOutside([one], { size, shape: later, frame })).toEqual([]);
    }),
  );
});

test('the proposed frame leaves out no face that fits together with all others', () => {
  fc.assert(
    fc.property(ordinary, shape, fc.array(face, { minLength: 1, maxLength: 6 }), (size, shape, faces) => {
      const frame = proposeFrame({ size, shape, faces }) as Frame;
      const outside = facesOutside(faces, { size, shape, frame }).length;
      const { width, height } = cropOf({ size, shape, frame });
      const main = mainFaces(faces);
      const fits =
        Math.max(...main.map((one) => one.left + one.width * 1.2)) -
          Math.min(...main.map((one) => one.left - one.width * 0.2)) <=
          width &&
        Math.max(...main.map((one) => one.top + one.height * 1.25)) -
          Math.min(...main.map((one) => one.top - one.height * 0.35)) <=
          height;
      if (fits) expect(outside).toBe(0);
      expect(outside).toBeLessThan(main.length);
    }),
  );
});

test('the proposed frame holds the larger group when not all faces fit', () => {
  const at = (x: number): Face => ({ left: x, top: 0.3, width: 0.05, height: 0.07, score: 0.9 });
  const wide = { width: 3000, height: 2000 };
  const faces = [at(0.02), at(0.7), at(0.78), at(0.86)];
  const frame = proposeFrame({ size: wide, shape: '9:16', faces }) as Frame;
  expect(facesOutside(faces, { size: wide, shape: '9:16', frame })).toEqual([faces[0]]);
  expect(facesOutside(faces, { size: wide, shape: '16:9', frame })).toEqual([]);
});

test('a face far in the background moves no frame, and a photo without faces has no proposal', () => {
  const near: Face = { left: 0.1, top: 0.2, width: 0.2, height: 0.3, score: 0.9 };
  const far: Face = { left: 0.9, top: 0.2, width: 0.02, height: 0.03, score: 0.9 };
  const photo = { size: { width: 3000, height: 2000 }, shape: '9:16' as const };
  expect(proposeFrame({ ...photo, faces: [near, far] })).toEqual(proposeFrame({ ...photo, faces: [near] }));
  expect(proposeFrame({ ...photo, faces: [] })).toBeNull();
});

test('the part of a box that is shown is all of it inside the frame, none beside it, and half at the edge', () => {
  const framed = { size: { width: 1000, height: 1000 }, shape: '1:1' as const, frame: { ...middleFrame, zoom: 2 } };
  const box = (left: number) => ({ left, top: 0.4, width: 0.1, height: 0.1 });
  expect(partShown(box(0.4), framed)).toBeCloseTo(1, 9);
  expect(partShown(box(0.05), framed)).toBe(0);
  expect(partShown(box(0.2), framed)).toBeCloseTo(0.5, 9);
  const turned = { ...framed, frame: { ...framed.frame, turn: 1 } };
  expect(partShown({ left: 0.4, top: 0.2, width: 0.1, height: 0.1 }, turned)).toBeCloseTo(0.5, 9);
});
