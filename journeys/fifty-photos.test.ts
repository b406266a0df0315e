// Fifty photos at once on a phone, with a lost request, a reload and a stretch without a connection in the middle.
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exifBody, jpegOf, segment } from '../app/testing/photos.ts';
import { launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

const count = 50;
let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  context = await profile(browser, phone);
  page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await startFilm(page);
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

/** Photos of fifty days, named so that their names give another order than their dates. */
const photos = () =>
  Array.from({ length: count }, (_, index) => {
    const date = new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10).replaceAll('-', ':');
    const exif = segment(0xe1, exifBody({ taken: `${date} 12:00:00` }));
    const bytes = jpegOf({ width: 480, height: 640, detail: true, extra: [exif] });
    return { name: `IMG_${(index * 7) % count}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) };
  });

/** Stands in the way of the parts of photos: `meet` is asked with each, by number from 1. */
async function meetParts(meet: (number: number, route: Route) => Promise<void>) {
  let parts = 0;
  await page.route(/\/uploads\//, (route) =>
    route.request().method() === 'PATCH' ? meet(++parts, route) : route.continue(),
  );
  return () => page.unroute(/\/uploads\//);
}

const signal = () => {
  let give = () => {};
  const given = new Promise<void>((done) => {
    give = done;
  });
  return { given, give };
};

const uploads = () => page.locator('[data-upload-state]').count();
const clips = () => page.locator('[data-clip-id]').count();

describe('fifty photos at once', () => {
  it('fifty photos all arrive once, through a lost request, a reload and a lost connection', async () => {
    // The 10th part is lost, and the 20th does not come back before the page is loaded anew.
    const stuck = signal();
    const endOfFirst = await meetParts(async (number, route) => {
      if (number === 10) return route.abort();
      if (number >= 20) return stuck.give();
      await route.continue();
    });
    await page.getByLabel('Add photos').first().setInputFiles(photos());
    await expect.poll(async () => (await uploads()) + (await clips())).toBe(count);
    await stuck.given;
    await page.reload();
    // What stood as a card stands again: each photo is a clip or on its way.
    await expect.poll(async () => (await uploads()) + (await clips())).toBe(count);
    expect(await clips()).toBeLessThan(count);
    await endOfFirst();

    // The connection goes after the next ten.
    const gone = signal();
    const endOfSecond = await meetParts(async (number, route) => {
      if (number < 10) return route.continue();
      gone.give();
      await route.abort();
    });
    await gone.given;
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await page.getByText('Waiting for the connection').first().waitFor();
    await endOfSecond();
    expect(await clips()).toBeLessThan(count);
    await context.setOffline(false);

    await expect.poll(clips).toBe(count);
    await expect.poll(uploads).toBe(0);
    const db = await echoes.worker.getD1Database('DB');
    const { results } = await db
      .prepare('SELECT p.taken_at FROM clips c JOIN photos p ON p.id = c.photo_id ORDER BY c.position')
      .all<{ taken_at: number }>();
    const days = results.map(({ taken_at }) => Math.floor((taken_at - Date.UTC(2020, 0, 1)) / 86_400_000));
    expect(days).toEqual(Array.from({ length: count }, (_, index) => index));
    const { results: open } = await db.prepare("SELECT id FROM uploads WHERE state <> 'done'").all();
    expect(open).toEqual([]);
    // Nothing comes back with the next visit.
    await page.reload();
    await expect.poll(clips).toBe(count);
    expect(await uploads()).toBe(0);
  });
});
