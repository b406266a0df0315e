// The player alone in a real browser, on generated clips from a server that can be slow, refuse, or serve broken files.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Cinema, type CinemaWindow, openCinema, recordScreen } from '../bench/player-cinema.ts';
import {
  axeFindings,
  coverOfFilm,
  desktop,
  filmSaid,
  launchBrowser,
  noteFilm,
  phone,
  profile,
  sideways,
} from './browser.ts';

let browser: Browser;
let cinema: Cinema;

beforeAll(async () => {
  [browser, cinema] = await Promise.all([launchBrowser(), openCinema({ videoSeconds: 3, framesPerSecond: 12 })]);
});
afterEach(async () => {
  cinema.mend();
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
  await cinema?.close();
});

describe('a film', () => {
  it('a film plays from a tap through every clip to its end, never dark, and plays again', async () => {
    const page = await visit(phone);
    expect(await state(page)).toBe('paused');
    expect(await axeFindings(page)).toEqual([]);
    const stop = await recordScreen(page);
    await page.getByRole('button', { name: 'Play film' }).tap();
    for (const clip of [0, 1, 2, 3]) await reached(page, { state: 'playing', clip });
    await reached(page, { state: 'ended', clip: 3 });
    const screens = await stop();
    // The shade of the end card is dark; it comes last and fades in.
    const endedAt = (await filmSaid(page)).find(({ state }) => state === 'ended')?.at ?? 0;
    const shown = screens.filter(({ at }) => at < endedAt);
    expect(shown.length).toBeGreaterThan(12);
    expect(shown.filter(({ luminance }) => luminance < 0.35)).toEqual([]);

    const clips = await presentedClips(page);
    expect(clips).toHaveLength(4);
    for (const [index, clip] of clips.entries()) {
      // Each begins before the previous one has ended.
      if (index > 0) expect(clip.firstMs).toBeLessThan(clips[index - 1]?.lastMs ?? 0);
      if (index !== 2) expect(clip.mediaTo).toBeGreaterThan(2);
    }
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Play again' }).tap();
    await reached(page, { state: 'playing', clip: 0 });
    await page.getByRole('button', { name: 'Pause' }).tap();
    await reached(page, { state: 'paused', clip: 0 });
  });

  it('a film stops picture and music together when a clip is late, says so, and goes on', async () => {
    const release = cinema.hold('/media/video-3.mp4');
    const page = await visit(phone);
    await page.getByRole('button', { name: 'Play film' }).waitFor();
    for (const clip of [1, 2]) {
      await page.keyboard.press('ArrowRight');
      await reached(page, { state: 'paused', clip });
    }
    await page.getByRole('button', { name: 'Play film' }).tap();
    // The photo before the late clip plays first.
    await reached(page, { state: 'playing', clip: 2 });
    await reached(page, { state: 'loading', clip: 2 });
    await expect.poll(() => page.getByText('One moment').count()).toBe(1);
    expect(await soundsPlaying(page)).toBe(0);
    const stood = await progressOf(page, 2);
    await nextFrames(page, 30);
    expect(await progressOf(page, 2)).toBe(stood);
    release();
    await reached(page, { state: 'playing', clip: 3 });
    expect(await soundsPlaying(page)).toBe(1);
    await reached(page, { state: 'ended', clip: 3 });
    expect(await soundsPlaying(page)).toBe(0);
  });

  it('a film renews expired URLs once, and goes on', async () => {
    cinema.expire();
    const page = await visit(phone);
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'playing', clip: 1 });
    expect(await page.evaluate(() => (window as unknown as CinemaWindow).refreshes)).toBe(1);
  });

  it('a film shows the photo in place of a video that cannot play', async () => {
    cinema.spoil('/media/video-1.mp4');
    const page = await visit(phone);
    const stop = await recordScreen(page);
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'playing', clip: 2 });
    expect((await stop()).filter(({ luminance }) => luminance < 0.35)).toEqual([]);
    const clips = await presentedClips(page);
    expect(clips[1]?.mediaTo).toBeNull();
  });

  it('a film shows the photo within a second when a video cannot be decoded from its middle on, and goes on', async () => {
    cinema.breakOff('/media/video-0.mp4');
    const page = await visit(phone);
    await page.evaluate(() => {
      const found = Object.assign(window, { brokeAt: 0, photoAt: 0 });
      const onBroken = ({ timeStamp }: Event) => {
        found.brokeAt ||= timeStamp;
      };
      document.addEventListener('error', onBroken, { capture: true });
      const look = (now: number) => {
        if (document.querySelector('.film-layer img:not([hidden])')) found.photoAt ||= now;
        requestAnimationFrame(look);
      };
      look(0);
    });
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'playing', clip: 1 });
    const { brokeAt, photoAt } = await page.evaluate(() => {
      const { brokeAt, photoAt } = window as unknown as { brokeAt: number; photoAt: number };
      return { brokeAt, photoAt };
    });
    expect(brokeAt).toBeGreaterThan(0);
    expect(photoAt - brokeAt).toBeLessThan(1000);
  });

  it.each([
    ['the play page on a phone', phone, 'player'],
    ['the play page on a phone held sideways', sideways, 'player'],
    ['the play page on a laptop', desktop, 'player'],
    ['a film in a page on a phone', phone, 'inline'],
    ['a film in a page on a phone held sideways', sideways, 'inline'],
  ] as const)('nothing is painted over a playing film: %s', async (_where, kind, what) => {
    const page = await visit(kind, what);
    const play = page.getByRole('button', { name: 'Play film' });
    expect(await coverOfFilm(page)).not.toEqual([]);
    await (kind === desktop ? play.click() : play.tap());
    if (kind === desktop) await page.mouse.move(700, 600);
    await reached(page, { state: 'playing', clip: 0 });
    await expect.poll(() => coverOfFilm(page)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    expect(await state(page)).toBe('playing');
  });

  it('a film plays after a double tap on "Play film"', async () => {
    const page = await visit(phone);
    await page.getByRole('button', { name: 'Play film' }).evaluate((button) => {
      const tap = () => button.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }));
      tap();
      tap();
    });
    await reached(page, { state: 'playing', clip: 0 });
    expect((await filmSaid(page)).map(({ state }) => state)).not.toContain('paused');
    await reached(page, { state: 'playing', clip: 1 });
    await page.getByRole('button', { name: 'Pause' }).tap();
    await reached(page, { state: 'paused', clip: 1 });
  });

  it('a film goes on where it was after the phone has closed its page', async () => {
    const page = await visit(phone);
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'playing', clip: 1 });
    await page.reload();
    await reached(page, { state: 'paused', clip: 1 });
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'ended', clip: 3 });
    await page.reload();
    await reached(page, { state: 'paused', clip: 0 });
  });

  it('the keyboard plays, pauses, steps, mutes and closes a film', async () => {
    const page = await visit(desktop);
    await page.getByRole('button', { name: 'Play film' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await reached(page, { state: 'paused', clip: 1 });
    await page.keyboard.press(' ');
    await reached(page, { state: 'playing', clip: 1 });
    await page.keyboard.press(' ');
    await reached(page, { state: 'paused', clip: 1 });
    expect(await soundsPlaying(page)).toBe(0);
    await page.keyboard.press('End');
    await reached(page, { state: 'paused', clip: 3 });
    await page.keyboard.press('ArrowLeft');
    await reached(page, { state: 'paused', clip: 2 });
    await page.keyboard.press('Home');
    await reached(page, { state: 'paused', clip: 0 });
    await page.keyboard.press('m');
    await expect.poll(() => page.getByRole('button', { name: 'Mute', pressed: true }).count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => (window as unknown as CinemaWindow).left)).toBe(true);
  });

  it('a poster in a page loads no player, opens the film when played, and closes it again', async () => {
    const page = await visit(phone, 'inline');
    const engines = () =>
      page.evaluate(
        () => performance.getEntriesByType('resource').filter(({ name }) => name.includes('sequential')).length,
      );
    expect(await axeFindings(page)).toEqual([]);
    expect(await engines()).toBe(0);
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'playing', clip: 0 });
    expect(await engines()).toBe(1);
    await page.locator('dialog[open]').waitFor();
    // No button has the focus, so none shows a focus ring.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('DIALOG');
    await page.keyboard.press('Escape');
    await page.locator('dialog:not([open])').waitFor();
    expect(await page.locator('.film-layer').count()).toBe(0);
    await reached(page, { state: 'paused', clip: 0 });

    // The browser's Back closes it too, and the page stays.
    const here = page.url();
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'playing', clip: 0 });
    await page.goBack();
    await page.locator('dialog:not([open])').waitFor();
    expect(page.url()).toBe(here);
  });

  it('a film pauses when its page is hidden', async () => {
    const page = await visit(phone);
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'playing', clip: 0 });
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await reached(page, { state: 'paused', clip: 0 });
    expect(await soundsPlaying(page)).toBe(0);
  });

  it('under reduced motion a film cuts without fading, and its photos do not move', async () => {
    const page = await visit({ ...phone, reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, { state: 'playing', clip: 0 });
    await page.getByRole('button', { name: 'Next clip' }).tap();
    await reached(page, { state: 'playing', clip: 2 });
    // Every frame of the photo but the last ones, in which the next clip takes its place.
    const transforms = await page.evaluate(async () => {
      const seen: string[] = [];
      while (document.querySelector('[data-film-clip="2"]')) {
        const image = document.querySelector<HTMLElement>('.film-layer img:not([hidden])');
        if (image) seen.push(image.style.transform);
        await new Promise(requestAnimationFrame);
      }
      return seen.slice(0, -2);
    });
    expect(transforms.length).toBeGreaterThan(2);
    expect(new Set(transforms).size).toBe(1);
    const opacities = await page.evaluate(() =>
      (window as unknown as CinemaWindow).presented.map(({ opacity }) => opacity),
    );
    expect([...new Set(opacities)]).toEqual([1]);
  });
});

/** Opens the player, counting the pieces of music that begin and end. */
async function visit(kind: BrowserContextOptions, what: 'player' | 'inline' = 'player'): Promise<Page> {
  const context = await profile(browser, kind);
  const page = await context.newPage();
  await page.addInitScript(() => {
    const { prototype } = AudioBufferSourceNode;
    const { start, stop } = prototype;
    const counts = window as unknown as { sounds: number };
    counts.sounds = 0;
    prototype.start = function (...timing) {
      counts.sounds += 1;
      start.apply(this, timing as []);
    };
    prototype.stop = function (...timing) {
      counts.sounds -= 1;
      stop.apply(this, timing as []);
    };
  });
  await page.goto(cinema.address(what));
  await page.locator('.film').waitFor();
  // The recording begins with the poster, not with a page that is still loading.
  await page.waitForFunction(() => {
    const poster = document.querySelector<HTMLImageElement>('.film-poster');
    return poster?.complete;
  });
  await nextFrames(page, 2);
  await noteFilm(page);
  return page;
}

function soundsPlaying(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { sounds: number }).sounds);
}

function state(page: Page): Promise<string | null> {
  return page.locator('.film').getAttribute('data-film-state');
}

async function reached(page: Page, { state, clip }: { state: string; clip: number }): Promise<void> {
  await page.locator(`[data-film-state="${state}"][data-film-clip="${clip}"]`).waitFor();
}

function progressOf(page: Page, clip: number): Promise<string> {
  return page
    .locator('.film-bars i')
    .nth(clip)
    .evaluate((bar) => (bar as HTMLElement).style.transform);
}

/** Waits for so many frames of the page. */
function nextFrames(page: Page, count: number): Promise<void> {
  return page.evaluate(async (frames) => {
    for (let frame = 0; frame < frames; frame += 1) await new Promise(requestAnimationFrame);
  }, count);
}

/** Per file shown, in order: when it was first and last visible, and how far its video came (null for a photo). */
function presentedClips(page: Page): Promise<{ firstMs: number; lastMs: number; mediaTo: number | null }[]> {
  return page.evaluate(() => {
    const { presented } = window as unknown as CinemaWindow;
    const sources = [...new Set(presented.map(({ source }) => source))];
    return sources.map((wanted) => {
      const own = presented.filter(({ source }) => source === wanted);
      const times = own.map(({ at }) => at);
      const media = own.flatMap(({ mediaSeconds }) => mediaSeconds ?? []);
      return {
        firstMs: Math.min(...times),
        lastMs: Math.max(...times),
        mediaTo: media.length > 0 ? Math.max(...media) : null,
      };
    });
  });
}
