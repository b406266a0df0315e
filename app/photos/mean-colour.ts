import type { Pixels } from './resample';

/** The mean colour of a picture as `#rrggbb`. */
export function meanColour({ data }: Pixels): string {
  const sums = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4)
    for (let part = 0; part < 3; part++) sums[part] = (sums[part] as number) + (data[at + part] as number);
  const count = Math.max(1, data.length / 4);
  return `#${sums
    .map((sum) =>
      Math.round(sum / count)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}
