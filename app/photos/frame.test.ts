import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aspectOf, cropOf, type Frame, onCanvas, onPhoto, shapes, sizeFor, transformFor, turnedBy } from './frame';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const side = fc.integer({ min: 16, max: 8000 });
const size = fc.record({ width: side, height: side });
const frames: fc.Arbitrary<Frame> = fc.record({
  x: unit,
  y: unit,
  zoom: fc.double({ min: 1, max: 4, noNaN: true }),
  turn: fc.integer({ min: 0, max: 3 }),
  tilt: fc.double({ min: -10, max: 10, noNaN: true }),
});
const shape = fc.constantFrom(...shapes);

/** The corners of what a frame shows, as points of the photo. */
function corners(order: { size: { width: number; height: number }; shape: (typeof shapes)[number]; frame: Frame }) {
  const { left, top, width, height } = cropOf(order);
  return [left, left + width].flatMap((x) =>
    [top, top + height].map((y) => onPhoto({ x, y }, order.frame, order.size)),
  );
}

test('a frame shows nothing beside its photo, however it is turned, in the shape of the film', () => {
  fc.assert(
    fc.property(size, shape, frames, (size, shape, frame) => {
      for (const { x, y } of corners({ size, shape, frame })) {
        expect(x).toBeGreaterThanOrEqual(-1e-6);
        expect(x).toBeLessThanOrEqual(1 + 1e-6);
        expect(y).toBeGreaterThanOrEqual(-1e-6);
        expect(y).toBeLessThanOrEqual(1 + 1e-6);
      }
      const crop = cropOf({ size, shape, frame });
      const { across, down } = turnedBy(frame, size);
      const [width, height] = [crop.width * size.width * across, crop.height * size.height * down];
      expect(width / height / aspectOf(shape)).toBeCloseTo(1, 6);
    }),
  );
});

test('a frame at zoom 1 shows as much of its photo as fits: it touches opposite edges', () => {
  fc.assert(
    fc.property(size, shape, frames, (size, shape, frame) => {
      const points = corners({ size, shape, frame: { ...frame, zoom: 1 } });
      const extent = (values: number[]) => Math.max(...values) - Math.min(...values);
      expect(Math.max(extent(points.map(({ x }) => x)), extent(points.map(({ y }) => y)))).toBeCloseTo(1, 6);
    }),
  );
});

test('a point of the photo is found again from its place on the canvas', () => {
  fc.assert(
    fc.property(size, frames, unit, unit, (size, frame, x, y) => {
      const back = onPhoto(onCanvas({ x, y }, frame, size), frame, size);
      expect(back.x).toBeCloseTo(x, 9);
      expect(back.y).toBeCloseTo(y, 9);
    }),
  );
});

test('four quarter turns show the same part, and a quarter turn of a photo shows what a turned photo would', () => {
  fc.assert(
    fc.property(size, shape, frames, (size, shape, frame) => {
      const quarter = { ...frame, turn: 1, tilt: 0 };
      const turned = {
        size: { width: size.height, height: size.width },
        shape,
        frame: { ...frame, x: 1 - frame.y, y: frame.x, turn: 0, tilt: 0 },
      };
      const [one, other] = [cropOf({ size, shape, frame: quarter }), cropOf(turned)];
      for (const name of ['left', 'top', 'width', 'height'] as const) expect(one[name]).toBeCloseTo(other[name], 6);
    }),
  );
});

test('the style of a framed photo puts each corner of the frame at a corner of its place', () => {
  fc.assert(
    fc.property(size, shape, frames, (size, shape, frame) => {
      const crop = cropOf({ size, shape, frame });
      const turned = turnedBy(frame, size);
      const place = { width: 1000, height: 1000 / aspectOf(shape) };
      const { width, height } = sizeFor(crop, turned);
      const image = {
        width: (Number.parseFloat(width) / 100) * place.width,
        height: (Number.parseFloat(height) / 100) * place.height,
      };
      const [k, x, y, degrees] = numbersOf(transformFor(crop, crop, turned));
      const at = (point: { x: number; y: number }) => {
        const radians = (degrees * Math.PI) / 180;
        const [dx, dy] = [(point.x - 0.5) * image.width, (point.y - 0.5) * image.height];
        return {
          x: k * ((x / 100) * image.width + dx * Math.cos(radians) - dy * Math.sin(radians)),
          y: k * ((y / 100) * image.height + dx * Math.sin(radians) + dy * Math.cos(radians)),
        };
      };
      const [topLeft, , , bottomRight] = corners({ size, shape, frame }).map(at);
      const most = Math.max(image.width, image.height);
      expect((topLeft?.x ?? 9) / most).toBeCloseTo(0, 6);
      expect((topLeft?.y ?? 9) / most).toBeCloseTo(0, 6);
      expect(((bottomRight?.x ?? 9) - place.width) / most).toBeCloseTo(0, 6);
      expect(((bottomRight?.y ?? 9) - place.height) / most).toBeCloseTo(0, 6);
    }),
  );
});

/** The numbers of a transform: its scale, its shift in percent, its turn in degrees. */
function numbersOf(transform: string): [number, number, number, number] {
  const found = /^scale\((.+)\) translate\((.+)%, (.+)%\) rotate\((.+)deg\) translate\(-50%, -50%\)$/.exec(transform);
  const [k = 0, x = 0, y = 0, degrees = 0] = found?.slice(1).map(Number) ?? [];
  return [k, x, y, degrees];
}
