import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, middleFrame, shapes } from '../frame';
import type { Face } from './faces';
import type { Look } from './look';
import { facesOutside } from './propose';
import { type Warning, warningsFor } from './warnings';

const sharp = { sharpness: 900, brightness: 200, flatness: 0.2 };
const plain: Look = { faces: [], paper: null, quality: sharp };
const face = (left: number, top = 0.3, extent = 0.12): Face => ({
  ...{ left, top, width: extent, height: extent, score: 0.9 },
});
const wide = { size: { width: 2048, height: 1365 }, shape: '9:16' as const, frame: middleFrame };
const kinds = (warnings: Warning[]) => warnings.map(({ kind }) => kind);

describe('the warnings about a photo', () => {
  it('a sharp and bright photo without faces has no warning, grey or not', () => {
    expect(warningsFor({ ...wide, look: plain })).toEqual([]);
  });

  it.each([
    ['blurred', { sharpness: 200 }],
    ['dark', { brightness: 60 }],
  ] as const)('a photo that is %s is told so, once, with the offer to replace it', (kind, worse) => {
    const warnings = warningsFor({ ...wide, look: { ...plain, quality: { ...sharp, ...worse } } });
    expect(warnings).toEqual([{ kind, remedy: { kind: 'replace' } }]);
  });

  it('flat surfaces make a screenshot only in the form of a screen', () => {
    const look = { ...plain, quality: { ...sharp, flatness: 0.7 } };
    expect(kinds(warningsFor({ ...wide, look }))).toEqual([]);
    expect(kinds(warningsFor({ ...wide, look, size: { width: 946, height: 2048 } }))).toEqual(['screenshot']);
  });

  it('a frame that goes too close is offered wider, and a photo that is too small can be replaced', () => {
    const close = warningsFor({ ...wide, look: plain, frame: { ...middleFrame, zoom: 4 } });
    expect(kinds(close)).toEqual(['small']);
    const { remedy } = close[0] as Warning;
    if (remedy.kind !== 'frame') throw new Error('no frame offered');
    expect(warningsFor({ ...wide, look: plain, frame: remedy.frame })).toEqual([]);
    const tiny = warningsFor({ ...wide, look: plain, size: { width: 400, height: 300 } });
    expect(tiny).toEqual([{ kind: 'small', remedy: { kind: 'replace' } }]);
  });

  it('two of five faces outside offer the shape of the film that holds all five', () => {
    const look = { ...plain, faces: [0.05, 0.25, 0.42, 0.6, 0.82].map((left) => face(left)) };
    const [warning] = warningsFor({ ...wide, shape: '1:1', look });
    expect(warning).toMatchObject({
      kind: 'faces-outside',
      faces: { all: 5 },
      remedy: { kind: 'shape', shape: '16:9' },
    });
    const inside = { size: wide.size, shape: '16:9' as const, frame: middleFrame };
    expect(facesOutside(look.faces, { ...inside })).toEqual([]);
  });

  it('a face that is cut off is offered a frame that shows it whole', () => {
    const look = { ...plain, faces: [face(0.24)] };
    const [warning] = warningsFor({ ...wide, look });
    expect(warning?.kind).toBe('face-cut');
    const frame = warning?.remedy.kind === 'frame' ? warning.remedy.frame : middleFrame;
    expect(kinds(warningsFor({ ...wide, look, frame }))).toEqual([]);
  });

  it('small faces are offered a closer frame that still holds them', () => {
    const look = { ...plain, faces: [face(0.48, 0.4, 0.05)] };
    const [warning] = warningsFor({ ...wide, look });
    expect(warning?.kind).toBe('faces-small');
    const frame = warning?.remedy.kind === 'frame' ? warning.remedy.frame : middleFrame;
    expect(frame.zoom).toBeGreaterThan(1);
    expect(kinds(warningsFor({ ...wide, look, frame }))).toEqual([]);
  });

  it('a photo of a print offers the inside of the print, and is silent once that is framed', () => {
    const paper = { left: 0.2, top: 0.15, width: 0.6, height: 0.7, degrees: 3 };
    const [warning] = warningsFor({ ...wide, look: { ...plain, paper } });
    expect(warning?.kind).toBe('paper');
    const frame = warning?.remedy.kind === 'frame' ? warning.remedy.frame : middleFrame;
    expect(frame.tilt).toBe(-3);
    expect(kinds(warningsFor({ ...wide, look: { ...plain, paper }, frame }))).toEqual([]);
  });

  it('a remedy is always a frame that the server takes, and following it never throws', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const frames: fc.Arbitrary<Frame> = fc.record({
      ...{ x: unit, y: unit, zoom: fc.double({ min: 1, max: 4, noNaN: true }) },
      ...{ turn: fc.integer({ min: 0, max: 3 }), tilt: fc.double({ min: -10, max: 10, noNaN: true }) },
    });
    const faces = fc.array(
      fc
        .record({ x: unit, y: unit, extent: fc.double({ min: 0.01, max: 0.4, noNaN: true }) })
        .map(({ x, y, extent }) => {
          const [left, top] = [Math.min(x, 1 - extent), Math.min(y, 1 - extent)];
          return face(left, top, extent);
        }),
      { maxLength: 7 },
    );
    const size = fc.record({ width: fc.integer({ min: 256, max: 2048 }), height: fc.integer({ min: 256, max: 2048 }) });
    fc.assert(
      fc.property(size, fc.constantFrom(...shapes), frames, faces, (size, shape, frame, faces) => {
        for (const { remedy } of warningsFor({ size, shape, frame, look: { ...plain, faces } })) {
          if (remedy.kind !== 'frame') continue;
          const { x, y, zoom, turn, tilt } = remedy.frame;
          for (const part of [x, y]) expect(part >= 0 && part <= 1).toBe(true);
          expect(zoom >= 1 && zoom <= 4 && Math.abs(tilt) <= 10 && [0, 1, 2, 3].includes(turn)).toBe(true);
        }
      }),
    );
  });
});
