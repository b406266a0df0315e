import { positionBetween } from '~/db/positions';

/** A clip of the film, and when its photo was taken (ms since 1970, null if unknown). */
export interface PlacedClip {
  position: string;
  takenAt: number | null;
}

/**
 * Position of a new photo: after the last clip with the same or an earlier date, so that uploads in any order end up sorted
 * by date, while an order made by hand stays. A photo without a date goes to the end. `clips` in film order.
 */
export function placeByDate({ clips, takenAt }: { clips: readonly PlacedClip[]; takenAt: number | null }): string {
  const at = takenAt === null ? clips.length : placeOf({ clips, takenAt });
  return positionBetween(clips[at - 1]?.position ?? null, clips[at]?.position ?? null);
}

function placeOf({ clips, takenAt }: { clips: readonly PlacedClip[]; takenAt: number }): number {
  const before = clips.findLastIndex((clip) => clip.takenAt !== null && clip.takenAt <= takenAt);
  if (before >= 0) return before + 1;
  return Math.max(
    0,
    clips.findIndex((clip) => clip.takenAt !== null),
  );
}
