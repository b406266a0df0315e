import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { openFilm } from '~/testing/film';

afterEach(() => vi.unstubAllGlobals());

type Film = ReturnType<typeof openFilm>;

/** What a browser, a phone or a person does to a film that plays; each lasts for `seconds`. */
const faults = {
  'the page stands still': async (film: Film, seconds: number) => film.time.standStill(2 * seconds),
  'the clock of the sound stands still': async (film: Film, seconds: number) => {
    const context = film.engine.contexts.at(-1);
    context?.hold(true);
    await film.time.advance(seconds);
    context?.hold(false);
  },
  'a call takes the sound': async (film: Film, seconds: number) => {
    const context = film.engine.contexts.at(-1);
    context?.become('interrupted');
    await film.time.advance(seconds);
    context?.become('suspended');
  },
  'the sound suspends itself': async (film: Film) => film.engine.contexts.at(-1)?.become('suspended'),
  'the picture stops': async (film: Film, seconds: number) => {
    const { video } = film.seen();
    video?.hold(true);
    await film.time.advance(seconds);
    video?.hold(false);
  },
  'the page is put away': async (film: Film, seconds: number) => {
    film.engine.show('hidden');
    for (const video of film.engine.videos) if (seconds > 1) video.purge();
    await film.time.advance(seconds);
    film.engine.show('visible');
    // The phone dropped the picture, which is loaded again soon.
    await film.time.until(() => !film.seen().dark, 3);
  },
  'the network hangs': async (film: Film, seconds: number) => {
    film.network.hanging = true;
    await film.time.advance(seconds);
    film.network.hanging = false;
  },
  'the person steps': async (film: Film, seconds: number) => film.player.step(seconds > 2 ? -1 : 1),
  'the person pauses': async (film: Film) => film.player.pause(),
  'the person presses play twice': async (film: Film) => {
    film.tapPlay();
    film.tapPlay();
  },
};

const episode = fc.record({
  clips: fc.array(fc.option(fc.integer({ min: 2, max: 5 }), { nil: null, freq: 3 }), { minLength: 1, maxLength: 4 }),
  behaviour: fc.record({
    needsTapForVideo: fc.boolean(),
    needsTapForSound: fc.boolean(),
    startMs: fc.integer({ min: 10, max: 1500 }),
    seekMs: fc.integer({ min: 5, max: 300 }),
    soundStartMs: fc.constantFrom(20, 300, 1500, Number.POSITIVE_INFINITY),
    speed: fc.constantFrom(1, 1, 0.8, 0.2),
    latencySeconds: fc.constantFrom(0, 0.03, 0.2),
  }),
  brokenAtSeconds: fc.option(fc.double({ min: 0.2, max: 4, noNaN: true }), { nil: undefined }),
  script: fc.array(
    fc.record({
      after: fc.double({ min: 0, max: 3, noNaN: true }),
      fault: fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[])),
      seconds: fc.double({ min: 0.05, max: 4, noNaN: true }),
    }),
    { maxLength: 4 },
  ),
});

it('a film plays to its end in any engine and under any faults, never dark, with picture, clock and music in step', async () => {
  await fc.assert(
    fc.asyncProperty(episode, async ({ clips, behaviour, brokenAtSeconds, script }) => {
      // The photo of a broken video cannot come while the network hangs.
      fc.pre(brokenAtSeconds === undefined || script.every(({ fault }) => fault !== 'the network hangs'));
      const film = openFilm({ clips, behaviour, files: { '/video-0': { brokenAtSeconds } } });
      film.tapPlay();
      for (const { after, fault, seconds } of script) {
        await film.time.advance(after);
        await faults[fault](film, seconds);
      }
      await film.time.advance(1);
      if (film.state() === 'paused') film.tapPlay();
      // The faults are over: from here on the film plays through, and is right after a moment to settle.
      const from = film.time.nowMs;
      const fromIndex = film.index;
      const moving = new Set<number>();
      let playingSince = from;
      let changes = film.states.length;
      while (film.state() !== 'ended') {
        await film.time.advance(1 / 60);
        expect(film.time.nowMs - from).toBeLessThan(90_000);
        expect(film.state()).not.toBe('paused');
        expect(film.seen().dark).toBe(false);
        if (film.seen().video) moving.add(film.index);
        if (film.state() !== 'playing' || film.states.length > changes) playingSince = film.time.nowMs;
        changes = film.states.length;
        if (film.time.nowMs - playingSince < 1000) continue;
        expect(film.pictureAhead() ?? 0).toBeGreaterThan(-0.45);
        expect(Math.abs(film.musicAhead() ?? 0)).toBeLessThan(0.1 + behaviour.latencySeconds);
      }
      // What is filled after the faults is filled with its video.
      for (const [index, seconds] of clips.entries())
        if (index > fromIndex + 1 && seconds !== null) expect(moving).toContain(index);
      film.player.dispose();
      await film.time.advance(1);
      expect(film.inMemory.size).toBe(0);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 120_000 },
  );
});
