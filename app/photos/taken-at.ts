import { type ExifDate, takenAtOf } from './exif';

/** Gives photos their moment; it learns zones from the photos whose cameras tell theirs. */
export interface TakenAtReader {
  /** In ms since 1970; null for a photo without a date. */
  read(taken: ExifDate | null): number | null;
}

/**
 * A camera that does not tell its zone was most likely where the photo nearest in local time was taken; without such a
 * photo, in the zone of this device. The time a file was last changed is no date: copying a photo changes it.
 */
export function createTakenAtReader({
  zoneOf = deviceZone,
}: {
  zoneOf?: (localMs: number) => number;
} = {}): TakenAtReader {
  const known: { localMs: number; offsetMinutes: number }[] = [];
  return {
    read(taken) {
      if (taken === null) return null;
      const { localMs, offsetMinutes } = taken;
      if (offsetMinutes !== null) known.push({ localMs, offsetMinutes });
      const away = (one: { localMs: number }) => Math.abs(one.localMs - localMs);
      const nearest = known.reduce<(typeof known)[number] | null>(
        (best, one) => (best === null || away(one) < away(best) ? one : best),
        null,
      );
      return takenAtOf(taken, () => nearest?.offsetMinutes ?? zoneOf(localMs));
    },
  };
}

/** Minutes this device's clock was ahead of UTC at that local time. */
const deviceZone = (localMs: number) => -new Date(localMs).getTimezoneOffset();
