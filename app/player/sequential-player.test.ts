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
  it('shows every clip moving, with music, where a video brings nothing before it is told to play', async () => {
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

  it('starts sound and both videos inside the tap', async () => {
    const film = openFilm();
    await film.time.advance(2);
    film.tapPlay();
    expect(film.engine.callsInTap.filter((call) => call === 'play')).toHaveLength(2);
    expect(film.engine.callsInTap).toContain('resume');
  });

  it('shows the photo and waits for a tap where videos may not play without one, then plays every clip', async () => {
    const film = openFilm({ behaviour: { needsTapForVideo: true } });
    await film.time.advance(3);
    expect(film.seen()).toMatchObject({ video: null, photo: expect.any(String) });
    film.tapPlay();
    const { moving, darkAt } = await watch(film);
    expect([...moving]).toEqual([0, 1, 3]);
    expect(darkAt).toEqual([]);
  });

  it('stays paused where it was told to play without a tap and videos may not', async () => {
    const film = openFilm({ behaviour: { needsTapForVideo: true } });
    film.player.play();
    await film.time.advance(3);
    expect(film.state()).toBe('paused');
    film.tapPlay();
    await film.reached('playing', 0);
    expect(film.seen().video).not.toBeNull();
  });

  it('lets music join in step that starts seconds after the film', async () => {
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

  it('goes on by the clock of the page when the clock of the sound stands still, and back', async () => {
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

  it('makes new sound in the next tap when the clock of the old one stands still', async () => {
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

  it('plays to its end without sound where no sound ever starts', async () => {
    const film = openFilm({ behaviour: { soundStartMs: Number.POSITIVE_INFINITY } });
    film.tapPlay();
    const { moving, heard } = await watch(film);
    expect([...moving]).toEqual([0, 1, 3]);
    expect(heard).toBe(false);
  });

  it('makes no sound, and asks for none, for a film without music', async () => {
    const film = openFilm({ music: false });
    film.tapPlay();
    await watch(film);
    expect(film.engine.contexts).toEqual([]);
  });

  it('pauses when the system takes the sound away, and plays on from there with sound', async () => {
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

  it('brings sound back that was suspended by itself while the film plays', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(0.5);
    film.engine.contexts[0]?.become('suspended');
    await film.time.advance(1.5);
    expect(film.state()).toBe('playing');
    expect(Math.abs(film.musicAhead() ?? 9)).toBeLessThan(0.1);
  });

  it('has picture, clock and music together again after the page stood still', async () => {
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

  it('leaves no clip out when the page stood still across its start', async () => {
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

  it('goes on when the page stood still from the middle of a fade to the end of the clip', async () => {
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

  it('goes on past a photo whose decoding never ends', async () => {
    const film = openFilm({ clips: [5, null, 5], behaviour: { stuckImages: true } });
    film.tapPlay();
    await film.time.until(() => film.state() === 'ended');
  });

  it('waits for a picture that stops without a word, and goes on with it', async () => {
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

  it('shows the photo when a picture stops for good', async () => {
    const film = openFilm();
    film.tapPlay();
    await film.reached('playing', 0);
    await film.time.advance(1);
    film.seen().video?.hold(true);
    await film.time.until(() => film.seen().photo !== null, 3);
    await film.reached('playing', 1);
  });

  it('shows the photo within a second when a video breaks in its middle, and goes on', async () => {
    const film = openFilm({ files: { '/video-1': { brokenAtSeconds: 2 } } });
    film.tapPlay();
    await film.reached('playing', 1);
    await film.time.until(() => film.position > (film.timeline.segments[1]?.startSeconds ?? 0) + 2);
    await film.time.until(() => film.seen().photo === '/photo-1', 1);
    const { moving } = await watch(film);
    expect([...moving]).toEqual([3]);
  });

  it('shows the photo of a video that this browser cannot open', async () => {
    const film = openFilm({ files: { '/video-0': { seconds: undefined } } });
    film.tapPlay();
    const { moving, darkAt } = await watch(film);
    expect([...moving]).toEqual([1, 3]);
    expect(darkAt).toEqual([]);
  });

  it('pauses when its page is put away, and goes on where it was, also when the phone took the picture away', async () => {
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

  it('keeps at most the files of three clips in memory, however fast one steps through a long film', async () => {
    const film = openFilm({ clips: Array.from({ length: 40 }, () => 5) });
    await film.time.advance(1);
    for (let step = 0; step < 30; step += 1) {
      film.player.step(1);
      await film.time.advance(step % 3 === 0 ? 0.5 : 0.01);
      expect(film.inMemory.size).toBeLessThanOrEqual(4);
    }
    await film.time.advance(1);
    expect(new Set(film.inMemory.values())).toEqual(new Set(['/video-30', '/video-31', '/video-32']));
    film.player.dispose();
    await film.time.advance(1);
    expect(film.inMemory.size).toBe(0);
  });

  it('asks again for a file that stops coming', async () => {
    const film = openFilm();
    film.network.hanging = true;
    film.player.seek(20);
    await film.time.advance(5);
    film.network.hanging = false;
    await film.time.until(() => film.seen().video !== null, 60);
  });
});
