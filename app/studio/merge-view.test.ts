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
  photo: { id: `pho_${id}`, url: '/media/x', width: 3, height: 4, takenAt: null },
  frame: { x: 0.5, y: 0.5, zoom: 1 },
  presetId: 'gentle',
  words: `words ${version}`,
  latest: null,
  ready: null,
  approved: null,
});
const loaded = (...clips: ClipView[]): StudioView => ({
  project: project(1),
  clips,
  balance: { balance: 1, version: 1 },
});
const ids = (view: StudioView) => view.clips.map(({ id }) => id);
const heardOf = (view: StudioView, frames: readonly LiveFrame[]) => frames.reduce(mergeFrame, view);

/** Histories as the server makes them: each thing has its own versions, each version says one thing. */
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

describe('frames', () => {
  it('lead to the same view in whatever order and however often they arrive', () => {
    fc.assert(
      fc.property(historyAndArrival, ({ history, arrival }) => {
        const start = loaded(clip('a', 1, 'p0'), clip('b', 1, 'p1'));
        expect(heardOf(start, arrival)).toEqual(heardOf(start, history));
      }),
      { numRuns: 2000 },
    );
  });

  it('and a load at any moment, however old, lead to the newest of both', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.nat(), (history, one, two) => {
        const start = loaded(clip('a', 1, 'p0'), clip('b', 1, 'p1'));
        const [readAt, shownAt] = [one % (history.length + 1), two % (history.length + 1)].sort((a, b) => a - b);
        // What D1 held when the load began, and what had arrived when it was shown.
        const { heard, ...stored } = heardOf(start, history.slice(0, readAt));
        fc.pre((heard?.goneVersion ?? null) === null);
        const shown = mergeLoaded(heardOf(start, history.slice(0, shownAt)), stored);
        const end = heardOf(shown, history.slice(shownAt));
        const truth = heardOf(start, history);
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

  it('keep clips in order of position, then of id', () => {
    const view = heardOf(loaded(clip('b', 1, 'a1')), [
      { type: 'clip', clip: clip('c', 1, 'a0') },
      { type: 'clip', clip: clip('a', 1, 'a1') },
    ]);
    expect(ids(view)).toEqual(['c', 'a', 'b']);
  });

  it('of another film change nothing', () => {
    const view = loaded(clip('a', 1));
    expect(mergeFrame(view, { type: 'clip', clip: clip('z', 9, 'a0', 'prj_2') })).toBe(view);
    expect(mergeFrame(view, { type: 'clip-removed', projectId: 'prj_2', clipId: 'a', version: 9 })).toBe(view);
    expect(mergeFrame(view, { type: 'signed-out' })).toBe(view);
  });
});

describe('a load', () => {
  it('takes away what was deleted while the page was not listening', () => {
    expect(ids(mergeLoaded(loaded(clip('a', 1), clip('b', 1)), loaded(clip('a', 1))))).toEqual(['a']);
    const heard = mergeFrame(loaded(clip('a', 1)), { type: 'clip', clip: clip('b', 1) });
    expect(ids(mergeLoaded(mergeGap(heard), loaded(clip('a', 1))))).toEqual(['a']);
  });

  it('that began before a photo came does not take it away again', () => {
    const heard = mergeFrame(loaded(clip('a', 1, 'p0')), { type: 'clip', clip: clip('b', 1, 'p1') });
    expect(ids(mergeLoaded(heard, loaded(clip('a', 1, 'p0'))))).toEqual(['a', 'b']);
  });

  it('brings younger links where nothing else has changed', () => {
    const younger = { ...clip('a', 1), photo: { ...clip('a', 1).photo, url: '/media/younger' } };
    expect(mergeLoaded(loaded(clip('a', 1)), loaded(younger)).clips[0]?.photo.url).toBe('/media/younger');
  });

  it('of another film is that film', () => {
    const other = { ...loaded(), project: { ...project(1), id: 'prj_2' } };
    expect(mergeLoaded(loaded(clip('a', 1)), other)).toBe(other);
  });
});
