/** How much may be brought. Bytes of one photo are in `photoLimits` (jpeg.ts). */
export const uploadLimits = {
  /** Clips in one film, photos on their way included. */
  clipsInProject: 100,
  /** Photos one person may begin to bring within 24 hours, and their bytes. */
  photosPerDay: 300,
  bytesPerDay: 1_000_000_000,
  /** An upload that is not finished by then is thrown away, in ms. */
  openFor: 24 * 3_600_000,
} as const;
