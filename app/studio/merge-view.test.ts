import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveFrame } from '~/live/frames';
import type { ClipView, ProjectView } from '~/projects/views';
import { isGone, mergeFrame, mergeGap, mergeLoaded, type StudioView } from './merge-view';

const project = (version: number, title = `title ${version}`): ProjectView => ({
  id: 'prj_1',
  title,
  shape: '9:16',
  clipSeconds: 5,
  trackId: null,
  status: 'in_progress',
  version,
});
const clip = (id: string, version: number, position = `p${version}`, projectId = 'prj_1'): ClipView => ({
  id,
  projectId,
  position,
  version,
  status: 'still',
  photo: { id: `pho_${id}`, url: '/media/x', width: 3, height: 4, takenAt: null, colour: null },
  frame: { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 },
  frameOrigin: 'middle',
  presetId: 'gentle',
  words: `words ${version}`,
  latest: null,
  ready: null,
  approved: null,
  isLeftAsPhoto: false,
  addedAt: 0,
  keptApartAt: null,
});
const loaded = (...clips: ClipView[]): StudioView => ({
  project: project(1),
  clips,
  balance: { balance: 1, version: 1 },
});
const ids = (view: StudioView) => view.clips.map(({ id }) => id);
const afterFrames = (view: StudioView, frames: readonly LiveFrame[]) => frames.reduce(mergeFrame, view);

/** Histories as the server makes them: each clip and the project have their own versions, each with one content. */
const frames: fc.Arbitrary<LiveFrame[]> = fc
  .array(fc.record({ what: fc.constantFrom('a', 'b', 'c', 'project', 'balance'), gone: fc.boolean(), at: fc.nat(3) }), {
    maxLength: 12,
  })
  .map((changes) => {
    const versions = new Map<string, number>();
    return changes.map(({ what, gone, at }): LiveFrame => {
      const version = (versions.get(what) ?? 1) + 1;
      versions.set(what, version);
      if (what === 'balance') return { type: 'balance', balance: at, version };
      if (what === 'project')
        return gone
          ? { type: 'project-removed', projectId: 'prj_1', version }
          : { type: 'project', project: project(version) };
      return gone
        ? { type: 'clip-removed', projectId: 'prj_1', clipId: what, version }
        : { type: 'clip', clip: clip(what, version, `p${at}`) };
    });
  });

const historyAndArrival = frames.chain((history) =>
  fc.record({
    history: fc.constant(history),
    arrival: fc
      .tuple(fc.subarray(history), fc.constant(history))
      .chain(([twice, once]) => fc.shuffledSubarray([...once, ...twice], { minLength: once.length + twice.length })),
  }),
);

describe('merging live frames', () => {
  it('frames give the same view in any order and however often they arrive', () => {
    fc.assert(
      fc.property(historyAndArrival, ({ history, arrival }) => {
        const start = loaded(clip('a', 1, 'p0'), clip('b', 1, 'p1'));
        expect(afterFrames(start, arrival)).toEqual(afterFrames(start, history));
      }),
      { numRuns: 2000 },
    );
  });

  it('frames and a load at any moment give the newest of both', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.nat(), (history, one, two) => {
        const start = loaded(clip('a', 1, 'p0'), clip('b', 1, 'p1'));
        const [readAt, shownAt] = [one % (history.length + 1), two % (history.length + 1)].sort((a, b) => a - b);
        // D1 held `readAt` frames when the load began; `shownAt` frames had arrived when it was shown.
        const { seen, ...stored } = afterFrames(start, history.slice(0, readAt));
        fc.pre((seen?.goneVersion ?? null) === null);
        const shown = mergeLoaded(afterFrames(start, history.slice(0, shownAt)), stored);
        const end = afterFrames(shown, history.slice(shownAt));
        const truth = afterFrames(start, history);
        expect([end.project, end.clips, end.balance, isGone(end)]).toEqual([
          truth.project,
          truth.clips,
          truth.balance,
          isGone(truth),
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  it('frames keep clips in order of position, then of id', () => {
    const view = afterFrames(loaded(clip('b', 1, 'a1')), [
      { type: 'clip', clip: clip('c', 1, 'a0') },
      { type: 'clip', clip: clip('a', 1, 'a1') },
    ]);
    expect(ids(view)).toEqual(['c', 'a', 'b']);
  });

  it('frames of another project change nothing', () => {
    const view = loaded(clip('a', 1));
    expect(mergeFrame(view, { type: 'clip', clip: clip('z', 9, 'a0', 'prj_2') })).toBe(view);
    expect(mergeFrame(view, { type: 'clip-removed', projectId: 'prj_2', clipId: 'a', version: 9 })).toBe(view);
    expect(mergeFrame(view, { type: 'signed-out' })).toBe(view);
  });
});

describe('merging a load', () => {
  it('a load removes clips that were deleted during a gap in the live connection', () => {
    expect(ids(mergeLoaded(loaded(clip('a', 1), clip('b', 1)), loaded(clip('a', 1))))).toEqual(['a']);
    const seen = mergeFrame(loaded(clip('a', 1)), { type: 'clip', clip: clip('b', 1) });
    expect(ids(mergeLoaded(mergeGap(seen), loaded(clip('a', 1))))).toEqual(['a']);
  });

  it('a load that began before a clip came does not remove it', () => {
    const seen = mergeFrame(loaded(clip('a', 1, 'p0')), { type: 'clip', clip: clip('b', 1, 'p1') });
    expect(ids(mergeLoaded(seen, loaded(clip('a', 1, 'p0'))))).toEqual(['a', 'b']);
  });

  it('a load of equal versions brings newer signed URLs', () => {
    const younger = { ...clip('a', 1), photo: { ...clip('a', 1).photo, url: '/media/younger' } };
    expect(mergeLoaded(loaded(clip('a', 1)), loaded(younger)).clips[0]?.photo.url).toBe('/media/younger');
  });

  it('a load of another project replaces the view', () => {
    const other = { ...loaded(), project: { ...project(1), id: 'prj_2' } };
    expect(mergeLoaded(loaded(clip('a', 1)), other)).toBe(other);
  });
});
