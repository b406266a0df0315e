import type { ProjectView } from '~/projects/views';

/** A choice that holds for the whole project. */
export type Choice = 'music' | 'shape' | 'length';

/** Lengths of a clip that a person may choose, in seconds. */
export const clipLengths = [5, 10] as const;

/** The names of the shapes on the screen. */
export const shapeWords: Readonly<Record<ProjectView['shape'], string>> = {
  '9:16': 'Upright',
  '16:9': 'Wide',
  '1:1': 'Square',
};
