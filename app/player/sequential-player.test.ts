import { afterEach, describe, expect, it, vi } from 'vitest';
import { openFilm } from '~/testing/film';

afterEach(() => vi.unstubAllGlobals());

type Film = ReturnType<typeof openFilm>;

/** Looks at every frame until the film ends: what was dark, and each clip that was seen moving. */
async function watch(film: Film) {
  const seen = { darkAt: [] as number[], moving: new Set<number>(), mostApart: 0, mostMusicApart: 0, heard: false };
  let last = { index: -1, second: 0 };
  const startedAt = film.time.nowMs;
  while (film.state() !== 'ended') {
    if (film.time.nowMs - startedAt > 120_000) throw new Error(`The film does not end: ${JSON.stringify(film.states)}`);
    await film.time.advance(1 / 60);
    const { video, dark } = film.seen();
    if (dark) seen.darkAt.push(film.time.nowMs);
    if (video && last.index === film.index && video.currentTime > last.second) seen.moving.add(film.index);
    last = { index: film.index, second: video?.currentTime ?? 0 };
    if (film.state() !== 'playing') continue;
    seen.mostApart = Math.max(seen.mostApart, Math.abs(film.pictureAhead() ?? 0));
    seen.mostMusicApart = Math.max(seen.mostMusicApart, Math.abs(film.musicAhead() ?? 0));
    seen.heard ||= film.musicAhead() !== null;
  }
  return seen;
}

describe('the player', () => {
  it('every clip plays with music in an engine that loads no frame before play()', async () => {
    const film = openFilm();
    film.tapPlay();
    const { darkAt, moving, heard, mostApart, mostMusicApart } = await watch(film);
    expect([...moving]).toEqual([0, 1, 3]);
    expect(darkAt).toEqual([]);
    expect(heard).toBe(true);
    expect(mostApart).toBeLessThan(0.35);
    expect(mostMusicApart).toBeLessThan(0.1);
    expect(film.states.filter(({ state }) => state === 'loading').length).toBeLessThanOrEqual(1);
  });

  it('the player starts sound and both videos inside the tap', async () => {
    const film = openFilm();
    await film.time.advance(2);
    film.tapPlay();
    expect(film.engine.callsInTap.filter((call) => call === 'play')).toHaveLength(2);
    expect(film.engine.callsInTap).toContain('resume');
  });

  it('where videos need a tap, the photo is shown until the tap, then every clip plays', async () => {
    const film = openFilm({ behaviour: { needsTapForVideo: true } });
    await film.time.advance(3);
    expect(film.seen()).toMatchObject({ video: null, photo: expect.any(String) });
    film.tapPlay();
    const { moving, darkAt } = await watch(film);
    expect([...moving]).toEqual([0, 1, 3]);
    expect(darkAt).toEqual([]);
  });

  it('a start without a tap leaves the film paused where videos need a tap', async () => {
    const film = openFilm({ behaviour: { needsTapForVideo: true } });
    film.player.play();
    await film.time.advance(3);
    expect(film.state()).toBe('paused');
    film.tapPlay();
    await film.reached('playing', 0);
    expect(film.seen().video).not.toBeNull();
  });

  it('music that starts seconds late joins in step', async () => {
    const film = openFilm({ behaviour: { soundStartMs: 1500 } });
    film.tapPlay();
    await film.reached('playing', 0);
    expect(film.musicAhead()).toBeNull();
    const before = film.position;
    await film.time.until(() => film.musicAhead() !== null, 3);
    expect(film.position - before).toBeLessThan(1.5);
    await film.time.advance(0.2);
    expect(Math.abs(film.musicAhead() ?? 9)).toBeLessThan(0.1);
    expect(Math.abs(film.pictureAhead() ?? 9)).toBeLessThan(0.2);
  });

  it('the page’s clock drives the film while the audio clock stands still, and then the audio clock again', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(1);
    film.engine.contexts[0]?.hold(true);
    const before = film.position;
    await film.time.advance(1);
    expect(film.position - before).toBeCloseTo(1, 1);
    expect(Math.abs(film.pictureAhead() ?? 9)).toBeLessThan(0.2);
    film.engine.contexts[0]?.hold(false);
    await film.time.advance(0.3);
    expect(Math.abs(film.musicAhead() ?? 9)).toBeLessThan(0.1);
  });

  it('the next tap makes a new audio context when the old clock stands still', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    film.engine.contexts[0]?.hold(true);
    await film.time.advance(1);
    film.player.pause();
    await film.time.advance(1);
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(0.5);
    expect(film.engine.contexts).toHaveLength(2);
    expect(film.engine.contexts[0]?.state).toBe('closed');
    expect(Math.abs(film.musicAhead() ?? 9)).toBeLessThan(0.1);
  });

  it('a film plays to its end where no sound ever starts', async () => {
    const film = openFilm({ behaviour: { soundStartMs: Number.POSITIVE_INFINITY } });
    film.tapPlay();
    const { moving, heard } = await watch(film);
    expect([...moving]).toEqual([0, 1, 3]);
    expect(heard).toBe(false);
  });

  it('a film without music makes no audio context', async () => {
    const film = openFilm({ music: false });
    film.tapPlay();
    await watch(film);
    expect(film.engine.contexts).toEqual([]);
  });

  it('the film pauses when the system interrupts sound, and then continues with sound', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 1);
    film.engine.contexts[0]?.become('interrupted');
    expect(film.state()).toBe('paused');
    const { position } = film;
    await film.time.advance(5);
    film.tapPlay();
    await film.reached('playing', 1);
    expect(film.position - position).toBeLessThan(0.5);
    // The call is over.
    film.engine.contexts[0]?.become('suspended');
    await film.time.advance(1);
    expect(Math.abs(film.musicAhead() ?? 9)).toBeLessThan(0.1);
  });

  it('sound that was suspended while the film plays is resumed', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(0.5);
    film.engine.contexts[0]?.become('suspended');
    await film.time.advance(1.5);
    expect(film.state()).toBe('playing');
    expect(Math.abs(film.musicAhead() ?? 9)).toBeLessThan(0.1);
  });

  it('picture, clock and music are in step again after the page’s thread was blocked', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(0.5);
    film.time.standStill(1.4);
    await film.time.advance(0.2);
    expect(film.state()).toBe('playing');
    expect(Math.abs(film.pictureAhead() ?? 9)).toBeLessThan(0.2);
    expect(Math.abs(film.musicAhead() ?? 9)).toBeLessThan(0.1);
    const { darkAt } = await watch(film);
    expect(darkAt).toEqual([]);
  });

  it('a clip whose start fell into a blocked thread is still shown', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(1);
    film.time.standStill(7);
    await film.time.advance(0.2);
    expect(film.index).toBe(1);
    expect(film.position).toBeLessThan(5);
    const { moving } = await watch(film);
    expect([...moving]).toEqual([1, 3]);
  });

  it('the film continues when the thread was blocked from the middle of a fade to the end of the clip', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 1);
    await film.time.advance(0.05);
    film.time.standStill(6);
    const { darkAt } = await watch(film);
    expect(darkAt).toEqual([]);
  });

  it.each([0.9, 0.6, 0.3, 0.1, 0.01])(
    'plays to its end in less than three times its length where the device brings %f seconds of a video in a second',
    async (speed) => {
      const film = openFilm({ behaviour: { speed } });
      film.tapPlay();
      await film.time.until(() => film.state() === 'ended', 3 * film.timeline.lengthSeconds);
    },
  );

  it('the film continues past a photo whose decoding never ends', async () => {
    const film = openFilm({ clips: [5, null, 5], behaviour: { stuckImages: true } });
    film.tapPlay();
    await film.time.until(() => film.state() === 'ended');
  });

  it('the film waits for a video that stalls without an event, and continues with it', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(1);
    const video = film.seen().video;
    const before = film.states.length;
    video?.hold(true);
    await film.time.advance(0.7);
    expect(film.states.slice(before).map(({ state }) => state)).toContain('loading');
    video?.hold(false);
    await film.time.advance(0.6);
    expect(film.seen().video).toBe(video);
    expect(film.state()).toBe('playing');
    expect(Math.abs(film.pictureAhead() ?? 9)).toBeLessThan(0.4);
    await film.time.advance(0.5);
    expect(Math.abs(film.musicAhead() ?? 9)).toBeLessThan(0.1);
  });

  it('the photo replaces a video that stalls for good', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(1);
    film.seen().video?.hold(true);
    await film.time.until(() => film.seen().photo !== null, 3);
    await film.reached('playing', 1);
  });

  it('the photo replaces a video that breaks in its middle within a second', async () => {
    const film = openFilm({ files: { '/video-1': { brokenAtSeconds: 2 } } });
    film.tapPlay();
    await film.reached('playing', 1);
    await film.time.until(() => film.position > (film.timeline.segments[1]?.startSeconds ?? 0) + 2);
    await film.time.until(() => film.seen().photo === '/photo-1', 1);
    const { moving } = await watch(film);
    expect([...moving]).toEqual([3]);
  });

  it('the photo replaces a video that breaks while the network hangs, within a second', async () => {
    const film = openFilm({ files: { '/video-1': { brokenAtSeconds: 2 } } });
    film.tapPlay();
    await film.reached('playing', 1);
    film.network.hanging = true;
    await film.time.until(() => film.position > (film.timeline.segments[1]?.startSeconds ?? 0) + 2);
    await film.time.until(() => film.seen().photo === '/photo-1', 1);
  });

  it('the photo replaces a video that this browser cannot open', async () => {
    const film = openFilm({ files: { '/video-0': { seconds: undefined } } });
    film.tapPlay();
    const { moving, darkAt } = await watch(film);
    expect([...moving]).toEqual([1, 3]);
    expect(darkAt).toEqual([]);
  });

  it('the film pauses with its page in the background and continues where it was, also after the phone dropped the picture', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 1);
    await film.time.advance(1);
    film.engine.show('hidden');
    expect(film.state()).toBe('paused');
    const { position } = film;
    for (const video of film.engine.videos) video.purge();
    await film.time.advance(600);
    film.engine.show('visible');
    await film.time.advance(1);
    expect(film.state()).toBe('paused');
    expect(film.seen().video?.currentTime).toBeCloseTo(position - (film.timeline.segments[1]?.startSeconds ?? 0), 0);
    film.tapPlay();
    await film.reached('playing', 1);
    expect(film.position - position).toBeLessThan(0.5);
    const { moving, darkAt } = await watch(film);
    expect([...moving]).toEqual([1, 3]);
    expect(darkAt).toEqual([]);
  });

  it('the film has its picture again when its page comes back from the page cache', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 1);
    await film.time.advance(1);
    film.engine.window.dispatchEvent(new Event('pagehide'));
    expect(film.state()).toBe('paused');
    const { position } = film;
    for (const video of film.engine.videos) video.purge();
    film.engine.window.dispatchEvent(new Event('pageshow'));
    await film.time.until(() => film.seen().video !== null, 3);
    film.tapPlay();
    await film.reached('playing', 1);
    expect(film.position - position).toBeLessThan(0.5);
  });

  it('no third clip is loaded ahead while two large ones are in memory', async () => {
    const large = { seconds: 5, bytes: 30 * 1024 * 1024 };
    const film = openFilm({
      clips: [5, 5, 5],
      files: { '/video-0': large, '/video-1': large, '/video-2': large },
    });
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(3);
    const videos = () => [...film.inMemory.values()].filter((address) => address.startsWith('/video'));
    expect(videos()).toEqual(['/video-0', '/video-1']);
    await film.reached('playing', 1);
    await film.time.advance(2);
    expect(videos()).toEqual(['/video-1', '/video-2']);
  });

  it('at most the files of three clips are in memory, at any speed of stepping through a long film', async () => {
    const film = openFilm({ clips: Array.from({ length: 40 }, () => 5) });
    await film.time.advance(1);
    for (let step = 0; step < 30; step += 1) {
      film.player.step(1);
      await film.time.advance(step % 3 === 0 ? 0.5 : 0.01);
      expect(film.inMemory.size).toBeLessThanOrEqual(7);
    }
    await film.time.advance(1);
    const photos = ['/photo-30', '/photo-31'];
    expect(new Set(film.inMemory.values())).toEqual(new Set(['/video-30', '/video-31', '/video-32', ...photos]));
    film.player.dispose();
    await film.time.advance(1);
    expect(film.inMemory.size).toBe(0);
  });

  it('a file whose download stalls is requested again', async () => {
    const film = openFilm();
    film.network.hanging = true;
    film.player.seek(20);
    await film.time.advance(5);
    film.network.hanging = false;
    await film.time.until(() => film.seen().video !== null, 60);
  });
});
