// One phone, two people: what a person leaves in a browser by signing out, or when another person signs in.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, launchBrowser, phone, photosToBring, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

describe.each([
  ['with Clear-Site-Data', []],
  ['without Clear-Site-Data, as Safari before 17', ['Clear-Site-Data']],
])('a shared phone whose browser works %s', (_engine, withoutHeaders) => {
  let echoes: RunningEchoes;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let film = '';
  /** The address of the photo that has arrived. */
  let photo = '';

  beforeAll(async () => {
    echoes = await startEchoes({ withoutHeaders });
    browser = await launchBrowser();
    context = await profile(browser, phone);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await echoes?.close();
  });

  /** What the browser stores of anybody: names of unsent photos, keys of both stores, and files under /media. */
  const left = () =>
    page.evaluate(async () => {
      const unsent = await new Promise<string[]>((resolve) => {
        const opening = indexedDB.open('echoes-uploads');
        // There is no database, and none is made here.
        opening.onupgradeneeded = () => opening.transaction?.abort();
        opening.onerror = () => resolve([]);
        opening.onsuccess = () => {
          const asking = opening.result.transaction('photos').objectStore('photos').getAll();
          asking.onsuccess = () => {
            opening.result.close();
            resolve(asking.result.map(({ name }: { name: string }) => name));
          };
        };
      });
      const files: string[] = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys())
          if (url.includes('/media/')) files.push(new URL(url).pathname);
      return { unsent, files, stored: [...Object.keys(localStorage), ...Object.keys(sessionStorage)] };
    });
  const nothing = { unsent: [], files: [], stored: [] };

  /** The status of the photo from whatever the browser has stored, else from the network. */
  const photoFromStore = () => page.evaluate(async (url) => (await fetch(url, { cache: 'force-cache' })).status, photo);
  const landed = () => page.getByRole('button', { name: 'Continue with Google' }).first().waitFor();

  /** Picks a photo that does not arrive, since no upload gets through until `page.unroute`. */
  async function bringUnsent(path: string) {
    await page.route(/\/uploads/, (route) => route.abort());
    await page.getByLabel('Add photos').first().setInputFiles([path]);
    await expect.poll(async () => (await left()).unsent).toHaveLength(1);
  }

  async function pressSignOut() {
    await page.goto(`${echoes.origin}/account`);
    await page.getByRole('main').locator('form[action="/sign-out"] button').click();
  }

  it('a sign-out waits for a photo that has not arrived, and then leaves nothing in the browser', async () => {
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
    film = await startFilm(page);
    await page.getByLabel('Add photos').first().setInputFiles(photosToBring.slice(0, 1));
    const picture = page.locator('[data-clip-status="still"] img').first();
    await picture.waitFor();
    await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).currentSrc)).toContain('/media/');
    photo = await picture.evaluate((image) => (image as HTMLImageElement).currentSrc);
    await page.reload();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    expect(await photoFromStore()).toBe(200);
    await expect.poll(async () => (await left()).files).not.toEqual([]);
    await bringUnsent(photosToBring[1] as string);

    await pressSignOut();
    const sheet = page.getByRole('dialog', { name: 'One photo has not arrived yet' });
    await sheet.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.goBack();
    await sheet.waitFor({ state: 'detached' });
    expect((await left()).unsent).toHaveLength(1);

    await pressSignOut();
    await page.unroute(/\/uploads/);
    await page.getByRole('button', { name: 'Wait until it has arrived' }).tap();
    await page.getByRole('dialog', { name: 'Sign out' }).getByRole('button', { name: 'Sign out' }).tap();
    await landed();
    await expect.poll(left).toEqual(nothing);
    expect(await photoFromStore()).toBe(404);
    await page.goBack();
    await landed();
    expect(await page.content()).not.toContain('Grace');
  });

  it('a person who does not wait is signed out, and the unsent photo goes', async () => {
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
    await page.goto(echoes.origin + film);
    expect(await page.locator('[data-clip-status="still"]').count()).toBe(2);
    await bringUnsent(photosToBring[2] as string);
    // The studio has a live connection, which ends with the session.
    await page.getByLabel('Your account').tap();
    await page.locator('form[action="/sign-out"] button').tap();
    await page.getByRole('button', { name: 'Sign out without it' }).tap();
    await landed();
    await expect.poll(left).toEqual(nothing);
    await page.unroute(/\/uploads/);
  });

  it('what a person left whose session ended elsewhere goes when another person signs in, and the person is told', async () => {
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
    await page.goto(echoes.origin + film);
    await bringUnsent(photosToBring[3] as string);
    await page.evaluate(() => sessionStorage.setItem('echoes:draft:clp_1', 'Walk to the window'));
    const other = await context.newPage();
    await other.goto(`${echoes.origin}/account`);
    const db = await echoes.worker.getD1Database('DB');
    await db.prepare('DELETE FROM sessions').run();

    // A page that comes back from memory is loaded anew, and its person is signed out.
    await page.evaluate(() => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await landed();
    expect((await left()).unsent).toHaveLength(1);
    await signIn(page, { origin: echoes.origin, name: 'Ada Admin' });
    await expect.poll(async () => (await left()).unsent).toEqual([]);
    await expect.poll(async () => (await left()).files).toEqual([]);
    expect((await left()).stored).not.toContain('echoes:draft:clp_1');
    expect(await photoFromStore()).toBe(404);
    await other.waitForURL(`${echoes.origin}/`);
    expect(await other.content()).not.toContain('Grace');

    await pressSignOut();
    await landed();
    await page.unroute(/\/uploads/);
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
    const note = page.getByRole('region', { name: 'Removed photos' });
    await note.getByText('One photo had not arrived').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await note.getByRole('button', { name: 'OK' }).tap();
    await page.reload();
    await page.getByRole('button', { name: 'New film' }).first().waitFor();
    expect(await note.count()).toBe(0);
  });
});
