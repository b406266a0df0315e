import { type Crop, type Frame, type Shape, type Size, shapes } from '../frame';
import { framedSizes, pixelsShown } from '../frame-pixels';
import type { Look } from './look';
import { frameOfPaper } from './paper';
import { facesOutside, mainFaces, partShown, proposeFrame } from './propose';

/** The one thing to do about a warning; `keep` where nothing helps. */
type Remedy =
  | { kind: 'frame'; frame: Frame }
  | { kind: 'shape'; shape: Shape }
  | { kind: 'replace' }
  | { kind: 'keep' };

/** Something a person may want to know of a photo before a clip of it is paid for. Never a reason not to go on. */
export interface Warning {
  kind: 'faces-outside' | 'face-cut' | 'faces-small' | 'blurred' | 'dark' | 'screenshot' | 'small' | 'paper';
  /** How many faces it is about, of how many. */
  faces?: { outside: number; all: number };
  remedy: Remedy;
}

/** Measured on good and bad photos (docs/decisions/0023). */
const limits = {
  sharpness: 250,
  brightness: 80,
  flatness: 0.65,
  /** The share of the frame's height that the largest face should have. */
  faceHeight: 0.06,
  /** The part of a face's box that may lie outside without being cut off. */
  cut: 0.002,
  /** Pixels of the photo in the frame, as a part of those that are sent: fewer make a soft clip. */
  pixels: 1 / 1.5,
  /** How close the editor and a remedy go at most to make faces larger. */
  closest: 2.5,
} as const;

/** What the person may want to know of this photo in this frame, the weightiest first. */
export function warningsFor({
  look,
  size,
  shape,
  frame,
}: {
  look: Look;
  size: Size;
  shape: Shape;
  frame: Frame;
}): Warning[] {
  const framed = { size, shape, frame };
  return [
    paperIn(look, framed),
    facesAtEdge(look, framed),
    facesTooSmall(look, framed),
    tooFewPixels(framed),
    isScreenshot(look, size) && ({ kind: 'screenshot', remedy: { kind: 'replace' } } as const),
    look.quality.sharpness < limits.sharpness && ({ kind: 'blurred', remedy: { kind: 'replace' } } as const),
    look.quality.brightness < limits.brightness && ({ kind: 'dark', remedy: { kind: 'replace' } } as const),
  ].filter((warning): warning is Warning => Boolean(warning));
}

type Framed = { size: Size; shape: Shape; frame: Frame };

/** A photo of a print whose table or border is in the frame. */
function paperIn({ paper }: Look, { size, shape, frame }: Framed): Warning | null {
  if (!paper) return null;
  const inside = frameOfPaper({ paper, size, shape });
  if (!inside) return null;
  const shown = pixelsShown({ size, shape, frame });
  const wished = pixelsShown({ size, shape, frame: inside });
  // A frame that is as close, or closer, was chosen with the print in sight.
  return shown.width > wished.width * 1.05 ? { kind: 'paper', remedy: { kind: 'frame', frame: inside } } : null;
}

function facesAtEdge({ faces }: Look, framed: Framed): Warning | null {
  const main = mainFaces(faces);
  const outside = facesOutside(faces, framed);
  const cut = main.filter((face) => partShown(face, framed) < 1 - limits.cut);
  if (cut.length === 0) return null;
  const remedy = remedyFor(faces, framed, outside.length);
  if (main.length > 1 && outside.length > 0)
    return { kind: 'faces-outside', faces: { outside: outside.length, all: main.length }, remedy };
  // A face that is cut off by the photo's own edge cannot be helped by any frame.
  return main.every((face) => isAtEdge(face)) && remedy.kind === 'keep' ? null : { kind: 'face-cut', remedy };
}

/** The frame that holds all faces in this shape, else the shape that does, else a frame that holds more than now. */
function remedyFor(faces: Look['faces'], { size, shape, frame }: Framed, now: number): Remedy {
  const outsideIn = (other: Shape, proposed: Frame) =>
    facesOutside(faces, { size, shape: other, frame: proposed }).length;
  const proposed = proposeFrame({ size, shape, faces });
  if (!proposed) return { kind: 'keep' };
  const better = { ...proposed, turn: frame.turn };
  const left = outsideIn(shape, better);
  if (left === 0) return { kind: 'frame', frame: better };
  for (const other of shapes) {
    const held = proposeFrame({ size, shape: other, faces });
    if (other !== shape && held && outsideIn(other, held) === 0) return { kind: 'shape', shape: other };
  }
  return left < now ? { kind: 'frame', frame: better } : { kind: 'keep' };
}

const isAtEdge = ({ left, top, width, height }: Crop) =>
  left < 0.002 || top < 0.002 || left + width > 0.998 || top + height > 0.998;

function facesTooSmall({ faces }: Look, { size, shape, frame }: Framed): Warning | null {
  const tallest = Math.max(0, ...mainFaces(faces).map((face) => face.height * size.height));
  const shown = pixelsShown({ size, shape, frame });
  if (tallest === 0 || tallest >= shown.height * limits.faceHeight) return null;
  const proposed = proposeFrame({ size, shape, faces });
  const zoom = Math.min(limits.closest, frame.zoom * Math.max(1, (shown.height * limits.faceHeight * 1.3) / tallest));
  const closer = proposed && { ...proposed, turn: frame.turn, tilt: frame.tilt, zoom };
  const helps =
    closer !== null &&
    closer.zoom > frame.zoom * 1.05 &&
    facesOutside(faces, { size, shape, frame: closer }).length === 0 &&
    !tooFewPixels({ size, shape, frame: closer });
  return { kind: 'faces-small', remedy: helps ? { kind: 'frame', frame: closer } : { kind: 'replace' } };
}

/** The frame goes so close, or the photo is so small, that the clip is made of less than it shows. */
function tooFewPixels({ size, shape, frame }: Framed): Warning | null {
  const enough = (one: Frame) =>
    pixelsShown({ size, shape, frame: one }).width >= framedSizes[shape].width * limits.pixels;
  if (enough(frame)) return null;
  const widest = { ...frame, zoom: 1 };
  const ratio = pixelsShown({ size, shape, frame: widest }).width / (framedSizes[shape].width * limits.pixels);
  const wider = { ...frame, zoom: Math.max(1, Math.min(frame.zoom, ratio)) };
  return { kind: 'small', remedy: enough(wider) ? { kind: 'frame', frame: wider } : { kind: 'replace' } };
}

/** Flat surfaces, and the form of a screen that no camera has. */
function isScreenshot({ quality }: Look, { width, height }: Size): boolean {
  const aspect = Math.max(width, height) / Math.min(width, height);
  const isScreen = (aspect > 1.95 && aspect < 2.4) || Math.abs(aspect - 1.6) < 0.01;
  return quality.flatness >= limits.flatness && isScreen;
}
