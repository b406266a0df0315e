/** Seconds a photo without a clip is shown, as a moving still. */
export const stillSeconds = 4;

/** Seconds that two neighbours overlap while one fades into the other. */
export const crossfadeSeconds = 0.5;

/** Length of a film in seconds: every clip in full, less the overlaps. */
export function filmSeconds({ videos, stills }: { videos: readonly number[]; stills: number }): number {
  const count = videos.length + stills;
  const shown = videos.reduce((sum, seconds) => sum + seconds, 0) + stills * stillSeconds;
  return Math.max(0, shown - Math.max(0, count - 1) * crossfadeSeconds);
}

/** Length in seconds of the film of these clips. */
export function secondsOfClips(clips: readonly { approved: { durationSeconds: number } | null }[]): number {
  const videos = clips.flatMap(({ approved }) => (approved ? [approved.durationSeconds] : []));
  return filmSeconds({ videos, stills: clips.length - videos.length });
}
