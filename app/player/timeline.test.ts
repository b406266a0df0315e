import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapes } from '~/photos/frame';
import { filmSeconds, stillSeconds } from '~/projects/film-length';
import type { ClipView, GenerationView } from '~/projects/views';
import {
  bookmarkAt,
  buildTimeline,
  indexAt,
  momentOf,
  opacityAt,
  type Segment,
  seek,
  step,
  type Timeline,
  withAddresses,
  withDuration,
} from './timeline';

const oneClip = fc.record({
  /** Seconds of an approved video, or null for a photo. */
  video: fc.option(fc.double({ min: 1, max: 12, noNaN: true }), { nil: null }),
  width: fc.integer({ min: 200, max: 4000 }),
  height: fc.integer({ min: 200, max: 4000 }),
});
const film = fc.record({
  clips: fc.array(oneClip, { minLength: 1, maxLength: 12 }),
  shape: fc.constantFrom(...shapes),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('a timeline', () => {
  it('a timeline is as long as the projects page says', () => {
    fc.assert(
      fc.property(film, ({ clips, shape }) => {
        const videos = clips.flatMap(({ video }) => video ?? []);
        const { lengthSeconds } = buildTimeline({ clips: clips.map(clipOf), shape });
        expect(lengthSeconds).toBeCloseTo(filmSeconds({ videos, stills: clips.length - videos.length }), 6);
      }),
    );
  });

  it('a timeline has a picture at every moment: below a segment that is not opaque another one plays', () => {
    fc.assert(
      fc.property(film, share, fc.boolean(), ({ clips, shape }, at, cuts) => {
        const timeline = buildTimeline({ clips: clips.map(clipOf), shape });
        const seconds = at * timeline.lengthSeconds;
        const index = indexAt(timeline, seconds);
        const segment = timeline.segments[index] as Segment;
        expect(segment.startSeconds).toBeLessThanOrEqual(seconds);
        expect(segment.startSeconds + segment.durationSeconds).toBeGreaterThanOrEqual(seconds - 1e-9);
        const opacity = opacityAt(segment, seconds, { cuts });
        if (cuts) expect([0, 1]).toContain(opacity);
        if (opacity === 1) return;
        const under = timeline.segments[index - 1] as Segment;
        expect(under.startSeconds + under.durationSeconds).toBeGreaterThanOrEqual(seconds - 1e-9);
      }),
    );
  });

  it('a timeline only moves forward: clips begin in order, and no opacity falls', () => {
    fc.assert(
      fc.property(film, share, share, ({ clips, shape }, a, b) => {
        const timeline = buildTimeline({ clips: clips.map(clipOf), shape });
        const [early, late] = [Math.min(a, b), Math.max(a, b)].map((at) => at * timeline.lengthSeconds) as [
          number,
          number,
        ];
        expect(indexAt(timeline, early)).toBeLessThanOrEqual(indexAt(timeline, late));
        for (const [index, segment] of timeline.segments.entries()) {
          expect(segment.startSeconds).toBeGreaterThan(timeline.segments[index - 1]?.startSeconds ?? -1);
          expect(opacityAt(segment, early)).toBeLessThanOrEqual(opacityAt(segment, late));
        }
      }),
    );
  });

  it('fades of a timeline do not overlap, even around a short clip', () => {
    fc.assert(
      fc.property(film, fc.double({ min: 0.04, max: 30, noNaN: true }), ({ clips, shape }, seconds) => {
        const timeline = withDuration(buildTimeline({ clips: clips.map(clipOf), shape }), clips.length >> 1, seconds);
        for (const { index, startSeconds, durationSeconds } of timeline.segments) {
          const afterNext = timeline.segments[index + 2];
          if (afterNext) expect(afterNext.startSeconds).toBeGreaterThanOrEqual(startSeconds + durationSeconds - 1e-9);
        }
      }),
    );
  });

  it('a video of unexpected length moves no clip that has begun', () => {
    const before = buildTimeline({ clips: [5, null, 5, 5].map((video) => clipOf({ video }, 0)), shape: '9:16' });
    const after = withDuration(before, 2, 10.04);
    expect(starts(after).slice(0, 3)).toEqual(starts(before).slice(0, 3));
    expect(starts(after)[3]).toBeCloseTo((starts(before)[3] ?? 0) + 5.04, 9);
    expect(after.lengthSeconds).toBeCloseTo(before.lengthSeconds + 5.04, 9);
  });

  it('a timeline shows a photo for the length of a still, and an approved video in full', () => {
    const { segments } = buildTimeline({ clips: [clipOf({ video: null }, 0), clipOf({ video: 5 }, 1)], shape: '1:1' });
    expect(segments.map(({ kind, durationSeconds, url }) => ({ kind, durationSeconds, url }))).toEqual([
      { kind: 'still', durationSeconds: stillSeconds, url: '/photo-0' },
      { kind: 'video', durationSeconds: 5, url: '/video-1' },
    ]);
  });

  it('steps through a timeline go from clip to clip and stay inside the film', () => {
    const timeline = buildTimeline({ clips: [5, 5, 5].map((video, index) => clipOf({ video }, index)), shape: '9:16' });
    expect([-1, 0, 1, 9].map((by) => step(timeline, 1, by))).toEqual([0, 4.5, 9, 9]);
    expect([-3, 2, 99].map((seconds) => seek(timeline, seconds))).toEqual([0, 2, 14]);
  });

  it('a timeline takes fresh URLs and keeps those of a removed clip', () => {
    const clips = [clipOf({ video: 5 }, 0), clipOf({ video: null }, 1)];
    const timeline = buildTimeline({ clips, shape: '9:16' });
    const [first] = clips as [ClipView];
    const fresh = { ...first, approved: { ...first.approved, videoUrl: '/video-0?new' } as GenerationView };
    expect(withAddresses(timeline, [fresh]).segments.map(({ url }) => url)).toEqual(['/video-0?new', '/photo-1']);
  });

  it('a bookmark in a timeline is found again after earlier clips were removed or became longer', () => {
    fc.assert(
      fc.property(film, share, fc.double({ min: 1, max: 20, noNaN: true }), ({ clips, shape }, at, length) => {
        const views = clips.map(clipOf);
        const timeline = buildTimeline({ clips: views, shape });
        const seconds = at * timeline.lengthSeconds;
        const bookmark = bookmarkAt(timeline, seconds);
        if (bookmark === null) {
          expect(seconds).toBe(0);
          return;
        }
        expect(momentOf(timeline, bookmark)).toBeCloseTo(seconds, 9);
        const index = indexAt(timeline, seconds);
        for (const other of [
          buildTimeline({ clips: views.slice(index), shape }),
          ...(index > 0 ? [withDuration(timeline, 0, length)] : []),
        ]) {
          const segment = other.segments.find(({ clipId }) => clipId === bookmark.clipId);
          expect((momentOf(other, bookmark) ?? -1) - (segment?.startSeconds ?? 0)).toBeCloseTo(bookmark.seconds, 9);
        }
        expect(momentOf(buildTimeline({ clips: views.slice(index + 1), shape }), bookmark)).toBeNull();
      }),
    );
  });

  it('a timeline without clips is empty', () => {
    const timeline = buildTimeline({ clips: [], shape: '9:16' });
    expect(timeline).toEqual({ segments: [], lengthSeconds: 0 });
    expect(indexAt(timeline, 0)).toBe(-1);
    expect(step(timeline, 0, 1)).toBe(0);
  });
});

function starts(timeline: Timeline): number[] {
  return timeline.segments.map(({ startSeconds }) => startSeconds);
}

function clipOf(
  { video, width = 1200, height = 1600 }: { video: number | null; width?: number; height?: number },
  index: number,
): ClipView {
  const approved: GenerationView | null =
    video === null
      ? null
      : {
          id: `gen_${index}`,
          state: 'ready',
          progress: null,
          heldBack: false,
          createdAt: 0,
          stateAt: 0,
          durationSeconds: video,
          presetId: 'gentle',
          words: '',
          cost: 1,
          paidBy: 'credits',
          stopping: 'finished',
          failureReason: null,
          videoUrl: `/video-${index}`,
        };
  return {
    id: `clp_${index}`,
    projectId: 'prj_1',
    position: `a${index}`,
    version: 1,
    status: approved ? 'ready' : 'still',
    photo: { id: `pho_${index}`, url: `/photo-${index}`, width, height, takenAt: null, colour: null },
    frame: { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 },
    frameOrigin: 'middle',
    presetId: 'gentle',
    words: '',
    isLeftAsPhoto: false,
    addedAt: 0,
    keptApartAt: null,
    latest: approved,
    ready: approved,
    approved,
  };
}
