import type { ProjectView } from '~/projects/views';

/** What can be chosen for the whole film. */
export type Choice = 'music' | 'shape' | 'length';

/** What a person calls the shapes. */
export const shapeWords: Readonly<Record<ProjectView['shape'], string>> = {
  '9:16': 'Upright',
  '16:9': 'Wide',
  '1:1': 'Square',
};
