import type { Track } from './tracks';

/** What the player needs to know of a track. */
export type FilmTrack = Pick<Track, 'file' | 'durationSeconds' | 'beatsPerMinute' | 'beatsPerBar' | 'firstBeatSeconds'>;

/** The part that loops when a film is longer than its music: whole bars, so that the beat goes on. */
export function loopOf({ durationSeconds, beatsPerMinute, beatsPerBar, firstBeatSeconds }: FilmTrack): {
  startSeconds: number;
  endSeconds: number;
} {
  const bar = (60 / beatsPerMinute) * beatsPerBar;
  const bars = Math.floor((durationSeconds - firstBeatSeconds) / bar + 1e-6);
  if (bars < 1) return { startSeconds: 0, endSeconds: durationSeconds };
  return { startSeconds: firstBeatSeconds, endSeconds: firstBeatSeconds + bars * bar };
}

/** The second of the music that belongs to a moment of the film. */
export function musicAt(track: FilmTrack, filmSeconds: number): number {
  const { startSeconds, endSeconds } = loopOf(track);
  if (filmSeconds < endSeconds) return Math.max(0, filmSeconds);
  return startSeconds + ((filmSeconds - startSeconds) % (endSeconds - startSeconds));
}

const fadeInSeconds = 0.3;
const joiningSeconds = 1.5;
const fadeOutSeconds = 2;

/**
 * The gain of the music from a moment of the film on: points joined by straight lines, `atSeconds` in film time. It fades
 * in wherever the film begins, slowly where it `joins` a film that runs, and is silent at the film's end.
 */
export function loudness({
  fromSeconds,
  lengthSeconds,
  joins = false,
}: {
  fromSeconds: number;
  lengthSeconds: number;
  joins?: boolean;
}) {
  const out = Math.max(0, lengthSeconds - fadeOutSeconds);
  const loud = (seconds: number) =>
    seconds <= out ? 1 : Math.max(0, (lengthSeconds - seconds) / (lengthSeconds - out || 1));
  const up = Math.min(lengthSeconds, fromSeconds + (joins ? joiningSeconds : fadeInSeconds));
  const points = [
    { atSeconds: fromSeconds, gain: 0 },
    { atSeconds: up, gain: loud(up) },
  ];
  if (out > up) points.push({ atSeconds: out, gain: 1 });
  if (lengthSeconds > up) points.push({ atSeconds: lengthSeconds, gain: 0 });
  return points;
}
