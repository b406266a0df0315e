import { expect, test } from 'vitest';
import { moveFor, poseAt } from './camera.ts';

test.each([
  ['The camera slowly pushes in on their faces', 'push-in'],
  ['A slow zoom out', 'pull-out'],
  ['pull back to show the garden', 'pull-out'],
  ['Pan slowly to the left', 'pan-left'],
  ['the camera glides right', 'pan-right'],
  ['Tilt up towards the sky', 'tilt-up'],
  ['the camera moves down', 'tilt-down'],
  ['A gentle handheld drift', 'drift'],
  ['static camera, hair moves in the wind', 'hold'],
  ['a zoom-out over the garden', 'pull-out'],
  ['a slow push-in', 'push-in'],
  ['The child looks down at her hands', 'push-in'],
  ['Grandmother smiles', 'push-in'],
  ['', 'push-in'],
] as const)('the prompt "%s" means the camera move %s', (prompt, move) => {
  expect(moveFor(prompt)).toBe(move);
});

test('every camera move stays within the picture from its first frame to its last', () => {
  const moves = ['push-in', 'pull-out', 'pan-left', 'pan-right', 'tilt-up', 'tilt-down', 'drift', 'hold'] as const;
  for (const move of moves) {
    for (const progress of [0, 0.25, 0.5, 0.75, 1]) {
      const { zoom, x, y } = poseAt(move, progress);
      expect(zoom).toBeGreaterThanOrEqual(1);
      for (const coordinate of [x, y]) {
        expect(coordinate).toBeGreaterThanOrEqual(0);
        expect(coordinate).toBeLessThanOrEqual(1);
      }
    }
  }
});
