import type { Crop } from '../frame';
import type { Grid } from './face-net';

/** A face: its box in fractions (0..1) of the upright photo, and how sure the detector is (0..1). */
export interface Face extends Crop {
  score: number;
}

/** The form of the five boxes of a place, in places of the net's answer. */
const anchors = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;

/** Below this a face is none: measured on photos without faces. */
const leastScore = 0.45;
/** Two boxes that share more of their area show the same face. */
const mostShared = 0.4;
/** Of two boxes, the smaller lies so far inside the larger that they show one face. */
const mostInside = 0.75;

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

/** The faces in the net's answer. `filled`: the parts (0..1) of the net's square that the photo filled, across and down. */
export function readFaces({ size, data }: Grid, filled: { across: number; down: number }): Face[] {
  const found: Face[] = [];
  for (let place = 0; place < size * size; place++)
    for (const [at, [wide, high]] of anchors.entries()) {
      const from = place * 25 + at * 5;
      const value = (offset: number) => data[from + offset] as number;
      const score = sigmoid(value(4));
      if (score < leastScore) continue;
      const width = (Math.exp(value(2)) * wide) / size / filled.across;
      const height = (Math.exp(value(3)) * high) / size / filled.down;
      const x = ((place % size) + sigmoid(value(0))) / size / filled.across;
      const y = (Math.floor(place / size) + sigmoid(value(1))) / size / filled.down;
      const left = Math.max(0, x - width / 2);
      const top = Math.max(0, y - height / 2);
      const box = {
        ...{ left, top, score },
        width: Math.min(1, x + width / 2) - left,
        height: Math.min(1, y + height / 2) - top,
      };
      if (box.width > 0 && box.height > 0) found.push(box);
    }
  return withoutDoubles(found);
}

/** The surest box of each face, surest first. */
function withoutDoubles(faces: readonly Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of [...faces].sort((one, other) => other.score - one.score))
    if (!kept.some((other) => isSameFace(face, other))) kept.push(face);
  return kept;
}

function isSameFace(one: Crop, other: Crop): boolean {
  const across = Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left);
  const down = Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
  if (across <= 0 || down <= 0) return false;
  const [shared, a, b] = [across * down, one.width * one.height, other.width * other.height];
  return shared / (a + b - shared) > mostShared || shared / Math.min(a, b) > mostInside;
}
