/** One moment of a camera move: the zoom factor, and the position of the crop, 0..1 of the room that the zoom leaves. */
export type Pose = { zoom: number; x: number; y: number };

export type Move = 'push-in' | 'pull-out' | 'pan-left' | 'pan-right' | 'tilt-up' | 'tilt-down' | 'drift' | 'hold';

const phrases: readonly (readonly [Move, RegExp])[] = [
  [
    'hold',
    /\b(static|locked|fixed|motionless)[\w -]{0,12}\b(camera|shot|frame)|\bcamera (stays|is|holds|remains|keeps)( perfectly)? (still|locked|fixed|static)/,
  ],
  ['pull-out', /\b(pull|zoom|dolly|move|draw|track)(s|ing|ed)?( \w+){0,2}[ -](out|back|away)\b|\bwiden(s|ing)?\b/],
  ['pan-left', /\b(pan|slide|glide|track|truck|move|turn)(s|ning|ing|es)?( \w+){0,3} left\b|\bright to left\b/],
  ['pan-right', /\b(pan|slide|glide|track|truck|move|turn)(s|ning|ing|es)?( \w+){0,3} right\b|\bleft to right\b/],
  ['tilt-up', /\b(tilt|crane|camera move|rise|pedestal)(s|ing)?( \w+){0,2} up(wards?)?\b|\bcamera rises\b/],
  ['tilt-down', /\b(tilt|crane|camera move|pedestal)(s|ing)?( \w+){0,2} down(wards?)?\b|\bcamera (sinks|lowers)\b/],
  ['drift', /\b(drift|float|sway|orbit|wander|handheld|arc)(s|ing)?\b/],
  ['push-in', /\b(push|zoom|dolly|move|track)(es|s|ing)?( \w+){0,2}[ -](in|forward|closer)\b/],
];

/** The camera move that a prompt names; a push-in where it names none. */
export function moveFor(prompt: string): Move {
  const words = prompt.toLowerCase();
  return phrases.find(([, phrase]) => phrase.test(words))?.[0] ?? 'push-in';
}

/** The pose at `progress` (0..1) of a move. The crop never leaves the picture: zoom ≥ 1, x and y within 0..1. */
export function poseAt(move: Move, progress: number): Pose {
  const at = eased(progress);
  switch (move) {
    case 'push-in':
      return { zoom: zoomBetween(1, 1.16, at), x: 0.5, y: 0.44 };
    case 'pull-out':
      return { zoom: zoomBetween(1.16, 1, at), x: 0.5, y: 0.44 };
    case 'pan-left':
      return { zoom: 1.14, x: 0.95 - 0.9 * at, y: 0.5 };
    case 'pan-right':
      return { zoom: 1.14, x: 0.05 + 0.9 * at, y: 0.5 };
    case 'tilt-up':
      return { zoom: 1.14, x: 0.5, y: 0.95 - 0.9 * at };
    case 'tilt-down':
      return { zoom: 1.14, x: 0.5, y: 0.05 + 0.9 * at };
    case 'drift':
      return { zoom: zoomBetween(1.09, 1.14, at), x: 0.3 + 0.4 * at, y: 0.5 + 0.25 * Math.sin(Math.PI * (at - 0.5)) };
    case 'hold':
      return { zoom: zoomBetween(1.01, 1.025, at), x: 0.5, y: 0.5 };
    default:
      return move satisfies never;
  }
}

/** Half linear, half eased: slow at both ends, but never at rest. */
function eased(progress: number): number {
  return progress - Math.sin(2 * Math.PI * progress) / (4 * Math.PI);
}

/** Interpolates by equal factors, not equal steps, which looks like a constant speed. */
function zoomBetween(from: number, to: number, at: number): number {
  return from * (to / from) ** at;
}
