// The landing page under late styles, reduced motion, and browsers at and below the minimum.
import type { Browser, ElementHandle, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeFindings, belowMinimum, desktop, launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';

let echoes: RunningEchoes;
let browser: Browser;

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

async function open(kind: Parameters<typeof profile>[1]): Promise<Page> {
  return (await profile(browser, kind)).newPage();
}

/** The files of the page's films, each scrolled into view until it plays: films out of view do not start. */
async function playing(page: Page): Promise<string[]> {
  const films = await page.locator('video').all();
  const files: string[] = [];
  for (const film of films) {
    await film.scrollIntoViewIfNeeded();
    const moving = await page.waitForFunction(
      (video) => (video.currentTime > 0 && !video.paused ? new URL(video.currentSrc).pathname : null),
      (await film.elementHandle()) as ElementHandle<HTMLVideoElement>,
      { timeout: 20_000 },
    );
    files.push((await moving.jsonValue()) ?? '');
  }
  return files;
}

it('the landing films play, in the shape of the window', async () => {
  const page = await open(phone);
  await page.goto(echoes.origin);
  expect(await playing(page)).toEqual(['/film/landing.mp4', '/film/before-after.mp4']);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.reload();
  expect(await playing(page)).toEqual(['/film/landing-wide.mp4', '/film/before-after.mp4']);
});

it('films whose sources were refused before the styles arrived play once the page is complete', async () => {
  // WebKit evaluates `<source media>` without styles while a stylesheet is pending, matches none, and does not try again.
  // Here the condition fails until the styles arrive.
  const page = await open({ ...phone, reducedMotion: 'reduce' });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/icons/late.png', async (route) => {
    await held;
    await route.fulfill({ status: 204 });
  });
  // A pending picture delays the load event.
  await page.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () => {
      document.body.appendChild(Object.assign(new Image(), { src: '/icons/late.png' }));
    });
  });
  await page.goto(echoes.origin, { waitUntil: 'domcontentloaded' });
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].every(
      ({ networkState }) => networkState === HTMLMediaElement.NETWORK_NO_SOURCE,
    ),
  );
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  release();
  expect(await playing(page)).toEqual(['/film/landing.mp4', '/film/before-after.mp4']);
});

it('with reduced motion no film of the landing page is loaded, and its picture is shown', async () => {
  const page = await open({ ...phone, reducedMotion: 'reduce' });
  const films: string[] = [];
  page.on('request', (request) => request.url().includes('.mp4') && films.push(request.url()));
  await page.goto(echoes.origin);
  expect(
    await page.locator('video').evaluateAll((all) => all.map((film) => (film as HTMLVideoElement).networkState)),
  ).toEqual([3, 3]);
  expect(films).toEqual([]);
  expect(
    await page.locator('img[src="/film/landing.jpg"]').evaluate((image) => (image as HTMLImageElement).naturalWidth),
  ).toBeGreaterThan(300);
});

it('a landing film that may not start by itself leaves its picture, with no control over it', async () => {
  const page = await open(phone);
  // As in the Low Power Mode of an iPhone, `autoplay` has no effect.
  await page.addInitScript(() => {
    Object.defineProperty(HTMLMediaElement.prototype, 'autoplay', {
      set(this: HTMLMediaElement) {
        this.dataset.asked = '';
      },
    });
  });
  await page.goto(echoes.origin);
  await page.waitForFunction(() => [...document.querySelectorAll('video')].every(({ dataset }) => 'asked' in dataset));
  expect(
    await page.evaluate(() => [...document.querySelectorAll('video')].map((film) => [film.paused, film.controls])),
  ).toEqual([
    [true, false],
    [true, false],
  ]);
  const picture = page.locator('img[src="/film/landing.jpg"]');
  expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(300);
  await page.getByRole('button', { name: 'Continue with Google' }).first().tap();
  await page.waitForURL((url) => !url.href.startsWith(echoes.origin));
});

it('a browser at the minimum does not show the note for older ones', async () => {
  const page = await open(desktop);
  await page.goto(echoes.origin);
  expect(await page.getByText('This browser is too old for Echoes').isVisible()).toBe(false);
});

it.each(['light', 'dark'] as const)(
  'below the minimum the landing page shows its words and pictures, and what to do (%s)',
  async (colorScheme) => {
    const page = await open({ ...phone, colorScheme });
    await belowMinimum(page);
    await page.goto(echoes.origin);
    expect(await page.getByText('This browser is too old for Echoes').isVisible()).toBe(true);
    for (const words of [
      'Bring your photos to life',
      'From a photo to a film',
      'What happens to your photos',
      'What it costs',
    ])
      expect(await page.getByRole('heading', { name: words }).isVisible(), words).toBe(true);
    expect(await page.getByRole('button', { name: 'Continue with Google' }).isVisible()).toBe(true);
    for (const src of ['/film/landing.jpg', '/scenes/bench-by-the-sea.jpg']) {
      const picture = page.locator(`img[src="${src}"]`);
      await picture.scrollIntoViewIfNeeded();
      await picture.evaluate((image) => (image as HTMLImageElement).decode());
      const box = await picture.boundingBox();
      expect(box?.width, src).toBeGreaterThan(200);
      expect(box?.width, src).toBeLessThanOrEqual(390);
    }
    // Nothing reaches beyond the window, and everything can be read.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await axeFindings(page)).toEqual([]);
  },
);

it('below the minimum a signed-in page stays as the server sent it, and says what to do', async () => {
  const page = await open(phone);
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  await belowMinimum(page);
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await page.waitForLoadState('load');
  expect(await page.getByText('This browser is too old for Echoes').isVisible()).toBe(true);
  // React marks what it has taken over.
  expect(await page.evaluate(() => Object.keys(document.body).filter((key) => key.startsWith('__react')))).toEqual([]);
  expect(problems).toEqual([]);
});
