import type { Warning } from '~/photos/look/warnings';

/** A warning in two or three words, for a card. */
export const warningWords: Readonly<Record<Warning['kind'], string>> = {
  'faces-outside': 'faces outside the frame',
  'face-cut': 'a face is cut off',
  'faces-small': 'small faces',
  blurred: 'looks soft',
  dark: 'very dark',
  screenshot: 'looks like a screenshot',
  small: 'few pixels',
  paper: 'a photo of a print',
};
