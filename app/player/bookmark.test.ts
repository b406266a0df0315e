import { afterEach, expect, it, vi } from 'vitest';
import { bookmarkedMoment, keepBookmark } from './bookmark';
import { type Bookmark, buildTimeline } from './timeline';

afterEach(() => vi.unstubAllGlobals());

const timeline = buildTimeline({ clips: [clip('a'), clip('b')], shape: '9:16' });

function clip(id: string) {
  const photo = { url: `/${id}`, width: 900, height: 1600, colour: null };
  return {
    id,
    photo,
    frame: { x: 0.5, y: 0.5, zoom: 1, turn: 0, tilt: 0 },
    approved: { videoUrl: `/${id}.mp4`, durationSeconds: 5 },
  };
}

/** A page at an address, with the storage of its tab. */
function openPage({ address = '/projects/1/play', stored = new Map<string, string>() } = {}) {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const window = new EventTarget();
  const sessionStorage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  for (const [name, value] of Object.entries({ document, window, sessionStorage, location: { pathname: address } }))
    vi.stubGlobal(name, value);
  return {
    stored,
    window,
    hide() {
      document.visibilityState = 'hidden';
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

it('the bookmark of a film is found again after its page was closed in the background', () => {
  let bookmark: Bookmark = { clipId: 'a', seconds: 1 };
  const first = openPage();
  keepBookmark({ bookmark: () => bookmark });
  expect(bookmarkedMoment(timeline)).toBeNull();
  bookmark = { clipId: 'b', seconds: 2 };
  first.hide();
  openPage({ stored: first.stored });
  expect(bookmarkedMoment(timeline)).toBe(6.5);
  bookmark = { clipId: 'b', seconds: 3 };
  first.window.dispatchEvent(new Event('pagehide'));
  expect(bookmarkedMoment(timeline)).toBe(7.5);
  openPage({ stored: first.stored, address: '/projects/2/play' });
  expect(bookmarkedMoment(timeline)).toBeNull();
});

it('the bookmark of a film is dropped when the film is left, has ended, or has lost the clip', () => {
  let bookmark: Bookmark | null = { clipId: 'b', seconds: 2 };
  const page = openPage();
  const forget = keepBookmark({ bookmark: () => bookmark });
  page.hide();
  expect(bookmarkedMoment(buildTimeline({ clips: [clip('a')], shape: '9:16' }))).toBeNull();
  forget();
  expect(bookmarkedMoment(timeline)).toBeNull();
  keepBookmark({ bookmark: () => bookmark });
  page.hide();
  bookmark = null;
  page.hide();
  expect(page.stored.size).toBe(0);
});

it('a film starts at its beginning if storage is forbidden or holds another value', () => {
  const page = openPage();
  page.stored.set('bookmark /projects/1/play', '"?"');
  expect(bookmarkedMoment(timeline)).toBeNull();
  page.stored.set('bookmark /projects/1/play', '{');
  expect(bookmarkedMoment(timeline)).toBeNull();
  vi.stubGlobal('sessionStorage', undefined);
  expect(bookmarkedMoment(timeline)).toBeNull();
  keepBookmark({ bookmark: () => ({ clipId: 'a', seconds: 1 }) });
  page.hide();
});
