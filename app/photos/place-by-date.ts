import { positionBetween } from '~/db/positions';

/** A clip that already stands in the film, and when its photo was taken (ms since 1970, null = not known). */
export interface PlacedClip {
  position: string;
  takenAt: number | null;
}

/**
 * Where a new photo goes: after the last clip that is as old or older, so that photos brought in any order stand by date,
 * while an order the person made stays. Without a date, or where nothing has one, at the end. `clips` in film order.
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
