// Photos in a format that browsers cannot show, damaged photos, and uploads whose connection breaks.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, launchBrowser, phone, photosToBring, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

const heic = resolve(import.meta.dirname, 'photos/iphone.heic');
const torn = resolve(import.meta.dirname, 'photos/torn.jpg');
const photo = (index: number) => photosToBring[index] as string;

/** A photo that no test has brought before. */
const freshPhoto = {
  mimeType: 'image/jpeg',
  buffer: readFileSync(resolve(import.meta.dirname, '../public/scenes/child-on-a-swing-480.jpg')),
};

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  context = await profile(browser, { ...phone, colorScheme: 'dark' });
  page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await startFilm(page);
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const add = (files: Parameters<ReturnType<Page['getByLabel']>['setInputFiles']>[0]) =>
  page.getByLabel('Add photos').first().setInputFiles(files);
const stills = () => page.locator('[data-clip-status="still"]').count();
const uploads = () => page.locator('[data-upload-state]').count();

async function storedPhotos() {
  const db = await echoes.worker.getD1Database('DB');
  const { results } = await db
    .prepare('SELECT width, height, media_key FROM photos WHERE media_key IS NOT NULL ORDER BY created_at')
    .all<{ width: number; height: number; media_key: string }>();
  return results;
}

/** Delays every upload part from now on. `held` resolves when one waits; `letGo` lets the waiting parts fail. */
async function holdParts() {
  let letGo = () => {};
  const goes = new Promise<void>((done) => {
    letGo = done;
  });
  let isHeld = () => {};
  const held = new Promise<void>((done) => {
    isHeld = done;
  });
  await page.route(/\/uploads\//, async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    isHeld();
    await goes;
    await route.abort().catch(() => undefined);
  });
  return { held, letGo, end: () => page.unroute(/\/uploads\//) };
}

describe('photos from people', () => {
  it('a HEIC photo of an iPhone becomes an upright JPEG on the device', async () => {
    await add(heic);
    await expect.poll(stills).toBe(1);
    const [stored] = await storedPhotos();
    expect(stored).toBeDefined();
    if (!stored) return;
    // The camera was upright; its sensor stores the picture on its side.
    expect(stored.height).toBeGreaterThan(stored.width);
    expect(Math.max(stored.width, stored.height)).toBeLessThanOrEqual(2048);
    const object = await (await echoes.worker.getR2Bucket('MEDIA')).get(stored.media_key);
    const bytes = Buffer.from(await (object as unknown as { arrayBuffer(): Promise<ArrayBuffer> }).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect(bytes.includes('Exif')).toBe(false);
  });

  it('each file that is no usable photo says why, and the others are uploaded', async () => {
    const before = await stills();
    const good = readFileSync(photo(0));
    await add([
      { name: 'torn.jpg', mimeType: 'image/jpeg', buffer: readFileSync(torn) },
      { name: 'good.jpg', mimeType: 'image/jpeg', buffer: good },
      { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear Grace') },
    ]);
    await expect.poll(stills).toBe(before + 1);
    await page.getByText('This file is not a photo.').waitFor();
    await page.getByText(/^This photo (cannot be opened|is damaged)/).waitFor();
    expect(await axeFindings(page)).toEqual([]);

    await page.getByRole('button', { name: /^Remove .torn.jpg/ }).tap();
    await page.getByRole('button', { name: /^Remove .letter.txt/ }).tap();
    await expect.poll(uploads).toBe(0);
    expect(await stills()).toBe(before + 1);
  });

  it('photos can be dropped on the page or pasted into it', async () => {
    const before = await stills();
    for (const [kind, scene] of [
      ['drop', 'dog-in-snow'],
      ['paste', 'birthday-table'],
    ] as const) {
      const carried = await page.evaluateHandle(
        async ([address, name]) => {
          const files = new DataTransfer();
          const picture = await (await fetch(address)).blob();
          files.items.add(new File([picture], name, { type: 'image/jpeg' }));
          return files;
        },
        [`/scenes/${scene}-480.jpg`, `${kind}.jpg`] as const,
      );
      await page.evaluate(
        ([files, how]) => {
          const init = { bubbles: true, cancelable: true };
          document.body.dispatchEvent(
            how === 'drop'
              ? new DragEvent('drop', { ...init, dataTransfer: files })
              : new ClipboardEvent('paste', { ...init, clipboardData: files }),
          );
        },
        [carried, kind] as const,
      );
    }
    await expect.poll(stills).toBe(before + 2);
    await expect.poll(uploads).toBe(0);
  });

  it('a photo that was taken out of the film does not come back as an upload', async () => {
    const before = await stills();
    await page.locator('[data-clip-status="still"]').last().getByRole('button').first().tap();
    await page.getByRole('button', { name: 'Remove from film' }).tap();
    await page.getByText('Taken out of the film.').waitFor();
    await expect.poll(stills).toBe(before - 1);
    expect(await uploads()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect.poll(stills).toBe(before);
  });

  it('uploads go on while another page of Echoes is shown', async () => {
    const before = await stills();
    const line = await holdParts();
    await add(photo(3));
    await line.held;
    const films = page.getByRole('banner').getByRole('link').first();
    await films.tap();
    await page.waitForURL(/\/projects$/);
    await line.end();
    line.letGo();
    // The held part fails; its photo goes on from this page.
    await expect.poll(async () => (await storedPhotos()).length).toBe(before + 1);
    await page.goBack();
    await expect.poll(stills).toBe(before + 1);
    await expect.poll(uploads).toBe(0);
  });

  it('a canceled upload leaves nothing behind', async () => {
    const before = await stills();
    const line = await holdParts();
    await add(photo(2));
    await line.held;
    await page.getByRole('button', { name: /^Cancel / }).tap();
    line.letGo();
    await expect.poll(uploads).toBe(0);
    await line.end();
    expect(await stills()).toBe(before);
    expect(await storedPhotos()).toHaveLength(before);
  });

  it('an upload goes on after a reload, with nothing sent twice', async () => {
    const before = await stills();
    const line = await holdParts();
    await add(photo(1));
    await line.held;
    // The card shows the photo and a way to cancel.
    await page.getByRole('button', { name: /^Cancel / }).waitFor();
    await page.reload();
    // The new page takes it up again. Freed before that, the part could arrive with the old page, and nothing would go on.
    await expect.poll(uploads).toBe(1);
    line.letGo();
    await line.end();
    await expect.poll(stills).toBe(before + 1);
    await expect.poll(uploads).toBe(0);
    expect(await storedPhotos()).toHaveLength(before + 1);
  });

  it('an upload waits while the phone is offline and goes on afterwards', async () => {
    const before = await stills();
    const line = await holdParts();
    await add(photo(2));
    await line.held;
    await context.setOffline(true);
    line.letGo();
    await page.getByText('You are offline.').waitFor();
    expect(await uploads()).toBe(1);
    expect(await stills()).toBe(before);
    await line.end();
    await context.setOffline(false);
    await expect.poll(stills).toBe(before + 1);
    await page.getByText('You are offline.').waitFor({ state: 'detached' });
    expect(await storedPhotos()).toHaveLength(before + 1);
  });

  it('a photo that is in the film already is noticed before it is sent, also after a reload, and both can be kept', async () => {
    const [before, here] = [await stills(), page.getByText('This photo is already in this film.')];
    let parts = 0;
    const count = (request: Request) => request.method() === 'PATCH' && request.url().includes('/uploads/') && parts++;
    page.on('request', count);
    // One file of two names: the first has arrived long ago.
    await add([
      { name: 'again.jpg', mimeType: 'image/jpeg', buffer: readFileSync(photo(0)) },
      { name: 'other.jpg', mimeType: 'image/jpeg', buffer: readFileSync(photo(1)) },
    ]);
    await expect.poll(() => here.count()).toBe(2);
    await page.getByText('2 of these photos are already in this film.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.reload();
    await expect.poll(() => here.count()).toBe(2);
    expect(parts).toBe(0);
    await page.getByRole('button', { name: /^Remove .other.jpg/ }).tap();
    await page.getByRole('button', { name: /^Keep both: .again.jpg/ }).tap();
    await expect.poll(stills).toBe(before + 1);
    await expect.poll(uploads).toBe(0);
    expect(parts).toBe(1);
    page.off('request', count);
  });

  it('a photo that is picked twice is sent once, and gives way when its upload is canceled', async () => {
    const before = await stills();
    const line = await holdParts();
    const twice = ['one.jpg', 'two.jpg'].map((name) => ({ ...freshPhoto, name }));
    await add(twice);
    await line.held;
    await page.getByText('This photo is already in this film.').waitFor();
    await page.getByRole('button', { name: /^Cancel / }).tap();
    line.letGo();
    await line.end();
    await expect.poll(stills).toBe(before + 1);
    await expect.poll(uploads).toBe(0);
  });

  it('a generation whose response was lost is paid once, also after a reload', async () => {
    let isLost = () => {};
    const lost = new Promise<void>((done) => {
      isLost = done;
    });
    // The request arrives, and its response is lost.
    await page.route(/\/clips\/\w+\/generations/, async (route) => {
      await route.fetch();
      await route.abort();
      isLost();
    });
    await page.locator('[data-clip-status="still"]').first().getByRole('button').first().tap();
    await page.getByRole('button', { name: /^Bring to life · 1 credit/ }).tap();
    await lost;
    await page.reload();
    await page.locator('[data-clip-status="generating"], [data-clip-status="ready"]').first().waitFor();
    await page.locator('[data-credit-balance="0"]').first().waitFor();
    const db = await echoes.worker.getD1Database('DB');
    const { results } = await db.prepare('SELECT id FROM generations').all();
    expect(results).toHaveLength(1);
    // The page repeats its request, which must not outlive the browser.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('photos that look alike are one card, of which one, some or all are kept, and that can be undone', async () => {
    const context = await profile(browser, phone);
    const page = await context.newPage();
    await signIn(page, { origin: echoes.origin, name: 'Ada Admin' });
    const path = await startFilm(page);
    const names = ['dog-in-snow.jpg', 'dog-in-snow-480.jpg', 'wedding-kiss-480.jpg'];
    const files = names.map((name) => resolve(import.meta.dirname, '../public/scenes', name));
    await page.getByLabel('Add photos').first().setInputFiles(files);
    const cards = page.locator('[data-clip-id]');
    const stack = page.locator('[data-alike="2"]');
    await stack.waitFor();
    expect(await cards.count()).toBe(2);
    // Only the top of a stack is offered, and every photo that a credit would go to is named.
    await page.getByRole('button', { name: /^Bring 1 to life/ }).waitFor();
    expect(await page.locator('[data-chosen-photos] button').count()).toBe(1);

    const sheet = page.getByRole('dialog', { name: '2 photos look alike' });
    const settled = () => expect.poll(() => page.locator('[data-settling]').count()).toBe(0);
    const open = async () => {
      await stack.getByRole('button').first().tap();
      await sheet.waitFor();
      await settled();
    };
    await open();
    expect(await axeFindings(page)).toEqual([]);
    // The sharper one is chosen; by keyboard the other one instead.
    await sheet.getByRole('button', { name: 'Photo 2 of 2' }).press('Space');
    await sheet.getByRole('button', { name: 'Photo 1 of 2, the sharpest' }).press('Space');
    await sheet.getByRole('button', { name: 'Keep this one' }).tap();
    await page.getByText('One is taken out of the film').waitFor();
    await expect.poll(() => cards.count()).toBe(2);
    await stack.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).tap();
    await open();
    await sheet.getByRole('button', { name: 'Keep both' }).tap();
    await expect.poll(() => cards.count()).toBe(3);
    // Another device knows that they stay apart.
    await context.close();
    const other = await profile(browser, phone);
    const again = await other.newPage();
    await signIn(again, { origin: echoes.origin, name: 'Ada Admin' });
    const compared = again.waitForResponse(/look\.worker/);
    await again.goto(echoes.origin + path);
    await compared;
    await expect.poll(() => again.locator('[data-clip-id]').count()).toBe(3);
    await other.close();
  });

  it('the phone sends each photo in three sizes, a card loads the small one, and the dates of the photos offer a title', async () => {
    const context = await profile(browser, phone);
    const page = await context.newPage();
    await signIn(page, { origin: echoes.origin, name: 'Ada Admin' });
    await startFilm(page);
    await page.getByLabel('Add photos').first().setInputFiles([0, 1, 2].map(photo));
    await page.waitForFunction(() => document.querySelectorAll('[data-clip-status="still"]').length === 3);
    const db = await echoes.worker.getD1Database('DB');
    const { results } = await db
      .prepare(
        'SELECT size_bytes AS full, smaller_bytes AS smaller, colour FROM photos ORDER BY created_at DESC LIMIT 3',
      )
      .all<{ full: number; smaller: number; colour: string }>();
    for (const { full, smaller, colour } of results) {
      expect(smaller).toBeGreaterThan(5_000);
      expect(smaller).toBeLessThan(full);
      expect(colour).toMatch(/^#[0-9a-f]{6}$/);
    }
    // Another browser has none of the pictures yet.
    await context.close();
    const other = await profile(browser, phone);
    const films = await other.newPage();
    let bytes = 0;
    films.on('response', async (response) => {
      if (response.url().includes('/media/')) bytes += Number(response.headers()['content-length'] ?? 0);
    });
    await signIn(films, { origin: echoes.origin, name: 'Ada Admin' });
    await films.getByRole('article').getByRole('link').first().click();
    const shown = await films.waitForFunction(() => {
      const images = [...document.querySelectorAll<HTMLImageElement>('[data-clip-id] img')];
      return images.length === 3 && images.every((image) => image.naturalWidth > 0)
        ? images.map(({ currentSrc }) => new URL(currentSrc).searchParams.get('size'))
        : null;
    });
    // A picture that the page has already loaded larger, for the film's first picture, is not loaded again.
    expect(await shown.jsonValue()).toContain('small');
    expect(await shown.jsonValue()).not.toContain(null);
    // The list, the film and the look at each photo together; no photo comes in its full size.
    expect(bytes).toBeLessThan(400_000);
    // The photos' dates offer a title to a film that has none of the person's own.
    await db.exec(
      `UPDATE photos SET taken_at = ${Date.UTC(1987, 6, 12, 12)} + rowid % 2 * ${7 * 24 * 3_600_000} WHERE media_key IS NOT NULL`,
    );
    await films.reload();
    await films.getByRole('button', { name: 'Call it “12 to 19 July 1987”' }).tap();
    await expect.poll(() => films.getByLabel('Title of the film').inputValue()).toBe('12 to 19 July 1987');
    await expect.poll(() => films.getByRole('button', { name: /^Call it/ }).count()).toBe(0);
    await other.close();
  });
});
