/** The id of one of the product's own tracks; also its file's name. */
type TrackId = 'evening-light' | 'sunday' | 'letters';

/** A track and its beat grid: beat `n` falls at `firstBeatSeconds + n * 60 / beatsPerMinute`, exactly. */
export type Track = {
  readonly id: TrackId;
  readonly title: string;
  readonly file: `/music/${string}.m4a`;
  /** A whole number of bars: the track loops without a seam. */
  readonly durationSeconds: number;
  readonly beatsPerMinute: number;
  readonly beatsPerBar: number;
  readonly firstBeatSeconds: number;
  /** Shown where a person chooses the music. */
  readonly mood: string;
};

/** The tracks a film can have, in the order they are offered. */
export const tracks: readonly [Track, ...Track[]] = [
  {
    id: 'evening-light',
    title: 'Evening light',
    file: '/music/evening-light.m4a',
    durationSeconds: (24 * 4 * 60) / 72,
    beatsPerMinute: 72,
    beatsPerBar: 4,
    firstBeatSeconds: 0,
    mood: 'Slow piano, warm and calm',
  },
  {
    id: 'sunday',
    title: 'Sunday',
    file: '/music/sunday.m4a',
    durationSeconds: (32 * 4 * 60) / 92,
    beatsPerMinute: 92,
    beatsPerBar: 4,
    firstBeatSeconds: 0,
    mood: 'Plucked strings, light and easy',
  },
  {
    id: 'letters',
    title: 'Letters',
    file: '/music/letters.m4a',
    durationSeconds: (32 * 3 * 60) / 84,
    beatsPerMinute: 84,
    beatsPerBar: 3,
    firstBeatSeconds: 0,
    mood: 'A quiet waltz, a little wistful',
  },
];

/** The music of a new film, until the person chooses another or none. */
export const firstTrack = tracks[0];

/** The track with this id, or null: a project may name one that is no longer offered. */
export function findTrack(id: string | null): Track | null {
  return tracks.find((track) => track.id === id) ?? null;
}
