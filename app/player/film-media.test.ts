import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ImitatedVideo, MediaEngine } from '~/testing/media-engine';
import { VirtualTime } from '~/testing/virtual-time';
import { carryFilmMedia, createFilmMedia, type FilmMedia, takeFilmMedia } from './film-media';
import { beginSharedFilm } from './shared-film-begin';

afterEach(() => vi.unstubAllGlobals());

/** A browser in which the page of a shared film has run its script. */
function openSharedFilm({ music }: { music: boolean }) {
  const engine = new MediaEngine(new VirtualTime());
  const film = { dataset: { filmState: 'paused', script: 'data:text/javascript,', ...(music && { music: '' }) } };
  const parts = { hidden: false, dataset: { when: 'paused' } };
  const document = Object.assign(engine.document, {
    fullscreenEnabled: false,
    querySelector: () => Object.assign(film, { querySelector: () => ({}), querySelectorAll: () => [parts] }),
  });
  const navigator = { audioSession: { type: 'auto' } };
  const page = { ...engine.globals(), document, navigator };
  for (const [name, value] of Object.entries(page)) vi.stubGlobal(name, value);
  const clicks: ((event: object) => void)[] = [];
  vi.stubGlobal('addEventListener', (_: string, listener: (event: object) => void) => clicks.push(listener));
  new Function(beginSharedFilm)();
  const tapPlay = () =>
    engine.tap(() => clicks.forEach((click) => void click({ target: { closest: () => film }, timeStamp: 1 })));
  return { engine, film, parts, navigator, tapPlay };
}

const settings = ({ videos }: FilmMedia) =>
  (videos as unknown as ImitatedVideo[]).map((video) => {
    const { muted, playsInline, preload, tabIndex, disablePictureInPicture, disableRemotePlayback, paused } =
      video as ImitatedVideo & Record<string, unknown>;
    return { muted, playsInline, preload, tabIndex, disablePictureInPicture, disableRemotePlayback, paused };
  });

describe('the first tap on a shared film', () => {
  it('the first tap on a shared film makes the player’s own sound and videos, inside the tap', () => {
    const { engine, film, parts, navigator, tapPlay } = openSharedFilm({ music: true });
    tapPlay();
    expect(engine.callsInTap).toEqual(['AudioContext', 'resume', 'play', 'play']);
    expect(navigator.audioSession.type).toBe('playback');
    expect(film.dataset.filmState).toBe('loading');
    expect(parts.hidden).toBe(true);
    const media = takeFilmMedia() as FilmMedia;
    const { callsInTap } = engine;
    navigator.audioSession.type = 'auto';
    engine.tap(() => {
      expect(settings(media)).toEqual(settings(createFilmMedia({ music: true })));
    });
    expect(callsInTap).toEqual(['AudioContext', 'resume', 'play', 'play']);
    expect(navigator.audioSession.type).toBe('playback');
  });

  it('the first tap makes no sound for a film without music, and acts once', () => {
    const { engine, tapPlay } = openSharedFilm({ music: false });
    tapPlay();
    expect(engine.callsInTap).toEqual(['play', 'play']);
    tapPlay();
    expect(engine.callsInTap).toEqual([]);
  });
});

describe('a link to a film', () => {
  it('a link to a film leaves the media of its tap for the next page, once', () => {
    const engine = new MediaEngine(new VirtualTime());
    for (const [name, value] of Object.entries(engine.globals())) vi.stubGlobal(name, value);
    engine.tap(() => carryFilmMedia({ music: true }));
    engine.tap(() => carryFilmMedia({ music: true }));
    expect(engine.contexts.map(({ state }) => state)).toEqual(['closed', 'suspended']);
    expect(takeFilmMedia()?.audio).toBe(engine.contexts[1]);
    expect(takeFilmMedia()).toBeUndefined();
  });

  it('a film plays without sound where the browser has no Web Audio', () => {
    const engine = new MediaEngine(new VirtualTime());
    for (const [name, value] of Object.entries({ ...engine.globals(), AudioContext: undefined }))
      vi.stubGlobal(name, value);
    expect(createFilmMedia({ music: true })).toMatchObject({ audio: null, videos: [{ muted: true }, { muted: true }] });
  });
});
