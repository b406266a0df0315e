import type { ProjectView } from '~/projects/views';

const choices = ['music', 'shape', 'length'] as const;

/** A choice that holds for the whole project. */
export type Choice = (typeof choices)[number];

/** True for the name of a choice; an address may hold any text. */
export const isChoice = (name: string | null): name is Choice => choices.some((one) => one === name);

/** Lengths of a clip that a person may choose, in seconds. */
export const clipLengths = [5, 10] as const;

/** The names of the shapes on the screen. */
export const shapeWords: Readonly<Record<ProjectView['shape'], string>> = {
  '9:16': 'Upright',
  '16:9': 'Wide',
  '1:1': 'Square',
};
