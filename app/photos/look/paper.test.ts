import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropOf, onPhoto, shapes } from '../frame';
import type { Pixels } from '../resample';
import { findPaper, frameOfPaper } from './paper';

type Colour = readonly [number, number, number];

/** A print with a lively picture on it, turned about its middle, on a surface with a little noise. */
function photoOfPrint({
  width,
  height,
  print,
  degrees,
  surface,
}: {
  width: number;
  height: number;
  print: { left: number; top: number; width: number; height: number };
  degrees: number;
  surface: Colour;
}): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  const radians = (degrees * Math.PI) / 180;
  const middle = { x: (print.left + print.width / 2) * width, y: (print.top + print.height / 2) * height };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x + 0.5 - middle.x, y + 0.5 - middle.y];
      const across = (dx * Math.cos(radians) + dy * Math.sin(radians)) / (print.width * width);
      const down = (dy * Math.cos(radians) - dx * Math.sin(radians)) / (print.height * height);
      const noise = ((x * 31 + y * 17) % 7) - 3;
      const on = Math.abs(across) <= 0.5 && Math.abs(down) <= 0.5;
      const lively = [
        70 + 60 * Math.sin(across * 9),
        60 + 50 * Math.cos(down * 7),
        90 + 30 * Math.sin((across + down) * 5),
      ];
      const colour = on ? lively : surface;
      data.set([...colour.map((value) => value + noise), 255], (y * width + x) * 4);
    }
  return { data, width, height };
}

const paperWhite: Colour = [238, 236, 230];
const unit = (least: number, most: number) => fc.double({ min: least, max: most, noNaN: true });

describe('a photo of a print', () => {
  it('a print on a table or with a white border is found, with how far it is turned', () => {
    fc.assert(
      fc.property(
        unit(0.08, 0.2),
        unit(0.08, 0.2),
        unit(0.55, 0.7),
        unit(0.55, 0.7),
        unit(-5, 5),
        fc.constantFrom<Colour>(paperWhite, [176, 140, 102]),
        (left, top, wide, high, degrees, surface) => {
          const print = { left, top, width: wide, height: high };
          const paper = findPaper(photoOfPrint({ width: 256, height: 192, print, degrees, surface }));
          expect(paper).not.toBeNull();
          expect(Math.abs((paper?.degrees ?? 99) - degrees)).toBeLessThan(1);
          for (const name of ['left', 'top', 'width', 'height'] as const)
            expect(Math.abs((paper?.[name] ?? 9) - print[name])).toBeLessThan(0.03);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('the frame of a print shows nothing beside it, in every shape of the film', () => {
    const size = { width: 2048, height: 1536 };
    for (const shape of shapes)
      for (const degrees of [-6, 0, 4]) {
        const paper = { left: 0.2, top: 0.15, width: 0.55, height: 0.7, degrees };
        const frame = frameOfPaper({ paper, size, shape });
        if (!frame) throw new Error('no frame');
        const { left, top, width, height } = cropOf({ size, shape, frame });
        for (const x of [left, left + width])
          for (const y of [top, top + height]) {
            const corner = onPhoto({ x, y }, frame, size);
            const radians = (degrees * Math.PI) / 180;
            const dx = (corner.x - paper.left - paper.width / 2) * size.width;
            const dy = (corner.y - paper.top - paper.height / 2) * size.height;
            expect(Math.abs(dx * Math.cos(radians) + dy * Math.sin(radians))).toBeLessThan(
              (paper.width * size.width) / 2,
            );
            expect(Math.abs(dy * Math.cos(radians) - dx * Math.sin(radians))).toBeLessThan(
              (paper.height * size.height) / 2,
            );
          }
      }
  });

  it('a round thing on a plain wall, and a picture without a border, are no prints', () => {
    const disc = photoOfPrint({
      width: 256,
      height: 192,
      print: { left: 0, top: 0, width: 0, height: 0 },
      degrees: 0,
      surface: paperWhite,
    });
    for (let y = 0; y < 192; y++)
      for (let x = 0; x < 256; x++)
        if (Math.hypot(x - 128, y - 96) < 70) disc.data.set([60, 70, 80], (y * 256 + x) * 4);
    expect(findPaper(disc)).toBeNull();
    const full = { left: -0.1, top: -0.1, width: 1.2, height: 1.2 };
    expect(
      findPaper(photoOfPrint({ width: 256, height: 192, print: full, degrees: 0, surface: paperWhite })),
    ).toBeNull();
  });
});
