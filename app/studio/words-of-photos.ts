import type { Size } from '~/photos/frame';
import type { Warning } from '~/photos/look/warnings';
import { shapeWords } from './choices';

/** A warning about a photo as a person reads it. `shown`: the pixels of the photo in its frame. */
export function photoWarningText({ kind, faces, remedy }: Warning, shown: Size): string {
  switch (kind) {
    case 'faces-outside':
      return remedy.kind === 'keep'
        ? `${countOutside(faces)} outside the frame. They stand too far apart for one clip.`
        : `${countOutside(faces)} outside the frame.`;
    case 'face-cut':
      return 'A face is cut off at the edge of the frame.';
    case 'faces-small':
      return remedy.kind === 'frame'
        ? 'The faces are small in this frame.'
        : 'The faces are small here, and may change as they move. A photo taken closer keeps them better.';
    case 'blurred':
      return 'This photo looks soft. A sharper one makes a clearer clip.';
    case 'dark':
      return 'Is this photo meant to be so dark? A brighter one shows more.';
    case 'screenshot':
      return 'This looks like a screenshot. The photo itself is sharper.';
    case 'small':
      return `Only ${Math.round(shown.width)} × ${Math.round(shown.height)} pixels of the photo are in the frame, so the clip will look soft.`;
    case 'paper':
      return 'This looks like a photo of a print.';
    default:
      return kind satisfies never;
  }
}

/** The words of the button that does the one thing about a warning. */
export function remedyText({ kind, remedy }: Warning): string {
  if (remedy.kind === 'shape') return `Make the film ${shapeWords[remedy.shape].toLowerCase()}`;
  switch (kind) {
    case 'faces-outside':
      return 'Show more faces';
    case 'face-cut':
      return 'Show it whole';
    case 'faces-small':
      return 'Go closer';
    case 'small':
      return 'Show more of it';
    case 'paper':
      return 'Use only the print';
    default:
      return 'Use it so';
  }
}

function countOutside(faces: Warning['faces']): string {
  const { outside, all } = faces ?? { outside: 1, all: 2 };
  return outside === 1 ? `1 of ${all} faces is` : `${outside} of ${all} faces are`;
}
