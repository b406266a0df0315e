import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import type { Pixels } from '../resample';
import { readFaceNet, runFaceNet } from './face-net';
import { type Face, readFaces } from './faces';

const file = readFileSync(join(import.meta.dirname, 'tiny-face-detector.bin'));
const net = readFaceNet(new Uint8Array(file).buffer);

describe('the face net', () => {
  it('the face net gives the numbers that the library gives whose weights it reads', () => {
    const size = 64;
    const data = new Uint8ClampedArray(size * size * 4);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        data.set([(x * 7 + y * 3) % 256, (x * y) % 256, (y * 11 + x) % 256, 255], (y * size + x) * 4);
    const grid = runFaceNet(net, { data, width: size, height: size });
    expect([grid.size, grid.depth]).toEqual([2, 25]);
    // Every ninth number of @vladmandic/face-api 1.7.15 with tfjs on the processor, for the same picture.
    const told = [
      1.5393, -31.4402, -0.2262, -0.4031, -0.66, -0.7964, -5.8971, -0.175, 0.1774, -0.3396, -1.1517, -29.0772,
    ];
    for (const [at, value] of told.entries()) expect(grid.data[at * 9]).toBeCloseTo(value, 2);
  });

  it('a file of another length is no face net', () => {
    expect(() => readFaceNet(new ArrayBuffer(7))).toThrow('7 bytes');
  });
});

const scenes = join(import.meta.dirname, '../../../ops/artwork/scenes');

/** A scene of the landing page in the upper left of a square, as the net is given a photo. */
function scene(name: string, size: number): { picture: Pixels; filled: { across: number; down: number } } {
  const svg = readFileSync(join(scenes, `${name}.svg`), 'utf8');
  const fitTo = (mode: 'width' | 'height') => new Resvg(svg, { fitTo: { mode, value: size } }).render();
  let drawn = fitTo('width');
  if (drawn.height > size) drawn = fitTo('height');
  // Each read of this property copies the picture.
  const { pixels } = drawn;
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < drawn.height; y++)
    data.set(pixels.subarray(y * drawn.width * 4, (y + 1) * drawn.width * 4), y * size * 4);
  return {
    picture: { data, width: size, height: size },
    filled: { across: drawn.width / size, down: drawn.height / size },
  };
}

const facesIn = (name: string, size: number): Face[] => {
  const { picture, filled } = scene(name, size);
  return readFaces(runFaceNet(net, picture), filled);
};

describe('faces', () => {
  it('a thorough look finds the three faces at the birthday table, each once', () => {
    const faces = facesIn('birthday-table', 608);
    const middles = faces.map(({ left, width }) => left + width / 2).sort((one, other) => one - other);
    expect(middles).toHaveLength(3);
    for (const [at, place] of [0.2, 0.32, 0.74].entries()) expect(middles[at]).toBeCloseTo(place, 1);
  });

  it('a quick look finds no face in a picture of two backs', () => {
    expect(facesIn('bench-by-the-sea', 416)).toEqual([]);
  });
});
