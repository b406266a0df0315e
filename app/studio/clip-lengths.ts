/** Lengths of a clip that a person may choose, in seconds. */
export const clipLengths = [5, 10] as const;
