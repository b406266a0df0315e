import { benchByTheSea } from './bench-by-the-sea.ts';
import { birthdayTable } from './birthday-table.ts';
import { childOnASwing } from './child-on-a-swing.ts';
import { dogInSnow } from './dog-in-snow.ts';
import type { Scene } from './draw.ts';
import { grandmotherAtTheWindow } from './grandmother-at-the-window.ts';
import { weddingKiss } from './wedding-kiss.ts';

/** The six scenes in the order of the landing film. */
export const scenes: readonly Scene[] = [
  benchByTheSea,
  childOnASwing,
  weddingKiss,
  grandmotherAtTheWindow,
  birthdayTable,
  dogInSnow,
];
