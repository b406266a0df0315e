import { type Crop, cropOf, type Shape, type Turned, turnedBy } from '~/photos/frame';
import { crossfadeSeconds, stillSeconds } from '~/projects/film-length';
import type { FilmClip } from '~/projects/share-views';
import { type StillMotion, stillMotion } from './still-motion';

/** One clip of the film. */
export interface Segment {
  index: number;
  clipId: string;
  /** `video`: the approved generation plays. `still`: the photo moves. */
  kind: 'video' | 'still';
  /** Address of the video, or of the photo of a still. */
  url: string;
  /** Address of the photo, which is also shown in place of a video that does not play. */
  photoUrl: string;
  startSeconds: number;
  durationSeconds: number;
  /** Seconds at its start in which it fades in over the previous one; 0 for the first. */
  fadeSeconds: number;
  /** How the photo is turned. */
  turned: Turned;
  /** The part of the photo's canvas the person framed. */
  crop: Crop;
  /** How the photo moves. */
  motion: StillMotion;
}

/** A film as the player needs it: segments in order, each overlapping the previous one by its fade. */
export interface Timeline {
  segments: readonly Segment[];
  lengthSeconds: number;
}

/** The timeline of these clips, in the order given. */
export function buildTimeline({ clips, shape }: { clips: readonly FilmClip[]; shape: Shape }): Timeline {
  return layOut(
    clips.map(({ id, photo, frame, approved }, index) => {
      const videoUrl = approved?.videoUrl ?? null;
      return {
        index,
        clipId: id,
        kind: videoUrl === null ? 'still' : 'video',
        url: videoUrl ?? photo.url,
        photoUrl: photo.url,
        startSeconds: 0,
        durationSeconds: videoUrl === null ? stillSeconds : (approved?.durationSeconds ?? stillSeconds),
        fadeSeconds: 0,
        turned: turnedBy(frame, photo),
        crop: cropOf({ size: photo, shape, frame }),
        motion: stillMotion({ clipId: id, index, size: photo, shape, frame }),
      };
    }),
  );
}

/** The timeline with one segment's true length, as its file says it. No earlier segment moves. */
export function withDuration(timeline: Timeline, index: number, durationSeconds: number): Timeline {
  return layOut(timeline.segments.map((each) => (each.index === index ? { ...each, durationSeconds } : each)));
}

/** The timeline with fresh addresses for the clips that still exist; lengths and order stay. */
export function withAddresses(timeline: Timeline, clips: readonly FilmClip[]): Timeline {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const segments = timeline.segments.map((segment) => {
    const clip = byId.get(segment.clipId);
    if (!clip) return segment;
    const videoUrl = clip.approved?.videoUrl ?? segment.url;
    return { ...segment, photoUrl: clip.photo.url, url: segment.kind === 'video' ? videoUrl : clip.photo.url };
  });
  return { ...timeline, segments };
}

/** The opacity (0..1) of a segment over the previous one, at a moment of the film. `cuts` changes at once. */
export function opacityAt(segment: Segment, seconds: number, { cuts = false } = {}): number {
  if (segment.fadeSeconds === 0) return 1;
  const opacity = Math.min(1, Math.max(0, (seconds - segment.startSeconds) / segment.fadeSeconds));
  return cuts ? Math.round(opacity) : opacity;
}

/** The segment of a moment: the last one that has begun. -1 in an empty film. */
export function indexAt({ segments }: Timeline, seconds: number): number {
  const after = segments.findIndex((segment) => segment.startSeconds > seconds);
  return after === -1 ? segments.length - 1 : Math.max(0, after - 1);
}

/** The nearest moment inside the film. */
export function seek({ lengthSeconds }: Timeline, seconds: number): number {
  return Math.min(lengthSeconds, Math.max(0, seconds));
}

/** The start of the clip `by` clips from `index`, or of the first or last one. */
export function step({ segments }: Timeline, index: number, by: number): number {
  return segments[Math.min(segments.length - 1, Math.max(0, index + by))]?.startSeconds ?? 0;
}

/** A moment of a film that stays right when clips before it are added, removed or learn their true length. */
export interface Bookmark {
  clipId: string;
  /** Counted from the clip's start. */
  seconds: number;
}

/** The bookmark of a moment; null for the very start, and in an empty film. */
export function bookmarkAt(timeline: Timeline, seconds: number): Bookmark | null {
  const segment = timeline.segments[indexAt(timeline, seconds)];
  return segment && seconds > 0 ? { clipId: segment.clipId, seconds: seconds - segment.startSeconds } : null;
}

/** The moment of a bookmark; null when its clip is no longer in the film. */
export function momentOf({ segments }: Timeline, bookmark: Bookmark): number | null {
  const segment = segments.find(({ clipId }) => clipId === bookmark.clipId);
  return segment ? segment.startSeconds + Math.min(bookmark.seconds, segment.durationSeconds) : null;
}

/** Each segment begins before the previous one ends. A fade takes at most half of a segment. */
function layOut(segments: readonly Segment[]): Timeline {
  const placed: Segment[] = [];
  let end = 0;
  for (const segment of segments) {
    const before = placed.at(-1);
    const fadeSeconds = before
      ? Math.min(crossfadeSeconds, before.durationSeconds / 2, segment.durationSeconds / 2)
      : 0;
    const startSeconds = end - fadeSeconds;
    placed.push({ ...segment, startSeconds, fadeSeconds });
    end = startSeconds + segment.durationSeconds;
  }
  return { segments: placed, lengthSeconds: end };
}
