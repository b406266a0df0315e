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

/**
 * How many photos a device prepares and sends at once. Each takes 50 to 200 MB while it is opened. Safari and Firefox do
 * not tell the memory of a device; one with a touch screen is then taken for a phone.
 */
export function photosAtOnce({
  deviceMemory,
  maxTouchPoints,
}: {
  /** In GB. */
  deviceMemory?: number;
  maxTouchPoints: number;
}): 1 | 2 {
  if (deviceMemory === undefined) return maxTouchPoints > 1 ? 1 : 2;
  return deviceMemory <= 2 ? 1 : 2;
}

const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);
const written = (bytes: number) =>
  bytes >= 1e9
    ? `${(Math.ceil(bytes / 1e8) / 10).toLocaleString('en')} GB`
    : `${megabytes(bytes).toLocaleString('en')} MB`;

/** "412 MB of 2 GB used." Rounded up, so that a full room is never called anything less. */
export function roomInWords(storedBytes: number, roomBytes: number): string {
  return `${written(storedBytes)} of ${written(roomBytes)} used.`;
}
