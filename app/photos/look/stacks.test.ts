import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cropAndScale, type Pixels } from '../resample';
import { bitsApart, coloursApart, type Fingerprint, fingerprintOf } from './fingerprint';
import { areAlike, type Candidate, stacksOf } from './stacks';

const scenes = ['bench-by-the-sea', 'birthday-table', 'child-on-a-swing', 'dog-in-snow', 'grandmother-at-the-window'];
const drawn = new Map<string, Pixels>();

/** A scene of the landing page in the small size of a photo. */
function scene(name: string): Pixels {
  const known = drawn.get(name);
  if (known) return known;
  const svg = readFileSync(join(import.meta.dirname, '../../../ops/artwork/scenes', `${name}.svg`), 'utf8');
  const { pixels, width, height } = new Resvg(svg, { fitTo: { mode: 'width', value: 320 } }).render();
  const picture = { data: new Uint8ClampedArray(pixels), width, height };
  drawn.set(name, picture);
  return picture;
}

/** A part of a picture in another size, brighter or darker. */
function changed(
  source: Pixels,
  { cut = 0, width = 320, light = 1 }: { cut?: number; width?: number; light?: number },
) {
  const size = { width, height: Math.round((width * source.height) / source.width) };
  const crop = { left: cut, top: cut, width: 1 - cut, height: 1 - cut };
  const picture = cropAndScale({ source, orientation: 1, crop, size });
  return {
    ...picture,
    data: Uint8ClampedArray.from(picture.data, (value, at) => (at % 4 === 3 ? value : value * light)),
  };
}

let count = 0;
const candidate = (fingerprint: Fingerprint, given: Partial<Candidate> = {}): Candidate => ({
  id: `clp_${String(count++).padStart(6, '0')}`,
  ...{ addedAt: count, takenAt: null, keptApartAt: null, pixels: 1e6, fingerprint },
  ...given,
});
const of = (picture: Pixels) => fingerprintOf(picture) as Fingerprint;

test('a photo in another size, light or cut looks the same, and no two scenes do', () => {
  for (const name of scenes) {
    const one = candidate(of(scene(name)));
    for (const change of [{ width: 200 }, { light: 0.75 }, { light: 1.1 }, { cut: 0.03 }])
      expect(areAlike(one, candidate(of(changed(scene(name), change)))), `${name} ${JSON.stringify(change)}`).toBe(
        true,
      );
    for (const other of scenes)
      if (other !== name) expect(areAlike(one, candidate(of(scene(other)))), `${name} ${other}`).toBe(false);
  }
});

test('the same form in other colours is another photo, and a plain surface is like nothing', () => {
  const source = scene('child-on-a-swing');
  const swapped = Uint8ClampedArray.from(
    source.data,
    (_, at) => source.data[at - (at % 4) + Number('2013'[at % 4])] as number,
  );
  const [one, other] = [of(source), of({ ...source, data: swapped })];
  expect(coloursApart(one, other)).toBeGreaterThan(32);
  expect(areAlike(candidate(one), candidate(other))).toBe(false);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 200 }), (value, side) => {
      const data = new Uint8ClampedArray(side * 40 * 4).fill(value);
      expect(fingerprintOf({ data, width: side, height: 40 })).toBeNull();
    }),
    { numRuns: 20 },
  );
});

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
/** Fingerprints that are often near to one another. */
const near: fc.Arbitrary<Fingerprint> = fc
  .record({
    base: fc.constantFrom(0, -1, 0x5a5a5a5a),
    flips: fc.array(fc.nat(63), { maxLength: 12 }),
    sharpness: fc.nat(9),
  })
  .map(({ base, flips, sharpness }) => {
    const waves: [number, number] = [base, base];
    for (const bit of flips) waves[bit >> 5 ? 1 : 0] ^= 1 << (bit & 31);
    return { waves, colours: [], sharpness };
  });
const candidates = fc.array(
  fc.record({
    fingerprint: near,
    takenAt: fc.option(fc.nat(30_000)),
    keptApartAt: fc.option(fc.nat(20)),
    addedAt: fc.nat(20),
    pixels: fc.constantFrom(1, 2),
  }),
  { maxLength: 14 },
);

test('in a stack every photo looks like every other one, each photo is in one stack at most, and the sharpest is on top', () => {
  fc.assert(
    fc.property(candidates, (given) => {
      const all = given.map((one, at) => ({ ...one, id: `clp_${String(at).padStart(3, '0')}` }));
      const stacks = stacksOf(all);
      const ids = stacks.flatMap((stack) => stack.ids);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { top, ids } of stacks) {
        const members = all.filter(({ id }) => ids.includes(id));
        expect(members.length).toBeGreaterThan(1);
        for (const one of members)
          for (const other of members) if (one !== other) expect(areAlike(one, other)).toBe(true);
        const sharpest = Math.max(...members.map(({ fingerprint }) => fingerprint.sharpness));
        expect(members.find(({ id }) => id === top)?.fingerprint.sharpness).toBe(sharpest);
      }
      // Neither the order of the film nor a second look changes a stack.
      expect(stacksOf([...all].reverse())).toEqual(stacks);
    }),
  );
});

test('photos that a person has kept apart are stacked again only with one that came later', () => {
  const [one, other] = [of(scene('dog-in-snow')), of(scene('dog-in-snow'))].map((print, at) =>
    candidate(print, { addedAt: at, keptApartAt: 10 }),
  ) as [Candidate, Candidate];
  expect(stacksOf([one, other])).toEqual([]);
  const later = candidate(one.fingerprint, { addedAt: 11 });
  expect(stacksOf([one, other, later])).toEqual([{ top: one.id, ids: [one.id, later.id] }]);
});

test('bits apart is a distance', () => {
  const print = fc.tuple(word, word).map((waves): Fingerprint => ({ waves, colours: [], sharpness: 0 }));
  fc.assert(
    fc.property(print, print, print, (a, b, c) => {
      expect(bitsApart(a, a)).toBe(0);
      expect(bitsApart(a, b)).toBe(bitsApart(b, a));
      expect(bitsApart(a, c)).toBeLessThanOrEqual(bitsApart(a, b) + bitsApart(b, c));
    }),
  );
});
