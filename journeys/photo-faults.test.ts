// Photos on devices with missing features, failing storage or lost requests; each condition is made in a real browser.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joined, stripJpeg } from '../app/photos/jpeg.ts';
import { exifBody, heifOf, jpegOf, segment } from '../app/testing/photos.ts';
import { launchBrowser, launchProfile, phone, photosToBring, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';
import { keptPhotos } from './support/kept-photos.ts';

const file = (name: string) => readFileSync(resolve(import.meta.dirname, 'photos', name));
const onePhoto = photosToBring[0] as string;

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  // A service worker answers before the routes that fail the scripts.
  context = await profile(browser, { ...phone, savesData: true, serviceWorkers: 'block' });
  const page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await page.close();
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

/** A new film in a browser after `prepare`. */
async function newFilm(prepare: (page: Page) => Promise<unknown> = async () => undefined, device = context) {
  const page = await device.newPage();
  await prepare(page);
  await page.goto(`${echoes.origin}/projects`);
  await startFilm(page);
  const projectId = page.url().split('/').at(-1) as string;
  return {
    page,
    projectId,
    add: (files: Parameters<ReturnType<Page['getByLabel']>['setInputFiles']>[0]) =>
      page.getByLabel('Add photos').first().setInputFiles(files),
    stills: () => page.locator('[data-clip-status="still"]').count(),
    uploads: () => page.locator('[data-upload-state]').count(),
  };
}

const jpeg = (name: string, bytes: Uint8Array) => ({ name, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) });

/** Runs a line of script in every worker that prepares photos, before the worker's own. */
const inWorkers = (page: Page, script: string) =>
  page.route(/prepare\.worker-.*\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script};\n${await response.text()}` });
  });

/** Photos of a film with a grey picture of each, 8 by 8, in the order in which they were taken. */
async function storedPhotos(page: Page, projectId: string) {
  const db = await echoes.worker.getD1Database('DB');
  const { results } = await db
    .prepare('SELECT width, height, media_key FROM photos WHERE project_id = ? ORDER BY taken_at, created_at')
    .bind(projectId)
    .all<{ width: number; height: number; media_key: string }>();
  const bucket = await echoes.worker.getR2Bucket('MEDIA');
  const stored = [];
  for (const { width, height, media_key } of results) {
    const object = (await bucket.get(media_key)) as unknown as { arrayBuffer(): Promise<ArrayBuffer> };
    const grey = await page.evaluate(
      async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const canvas = new OffscreenCanvas(8, 8);
        const draw = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
        draw.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0, 8, 8);
        return [...draw.getImageData(0, 0, 8, 8).data].filter((_value, at) => at % 4 === 1);
      },
      Buffer.from(await object.arrayBuffer()).toString('base64'),
    );
    stored.push({ width, height, grey });
  }
  return stored;
}

const mostDifference = (one: number[], other: number[]) =>
  Math.max(...one.map((value, at) => Math.abs(value - (other[at] ?? 0))));

/** The same stored picture, turned in each of the eight ways, taken on eight days. */
function turnedPhotos() {
  const clean = stripJpeg(file('upright-tall.jpg'));
  if (clean.outcome === 'refused') throw new Error(clean.reason);
  return [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => {
    const exif = segment(0xe1, exifBody({ orientation, taken: `2020:05:0${orientation} 12:00:00` }));
    return jpeg(`${orientation}.jpg`, joined([clean.bytes.subarray(0, 2), exif, clean.bytes.subarray(2)]));
  });
}

const oldBrowser = `{
  const real = self.createImageBitmap;
  self.createImageBitmap = (source, options) =>
    options === undefined ? real(source, { imageOrientation: 'none' }) : Promise.reject(new TypeError('unknown option'));
  delete self.ImageDecoder;
}`;

describe('a photo in a browser that lacks something', () => {
  it('a photo is upright for all eight orientations, also where createImageBitmap has no options', async () => {
    // One after the other: an untouched film is found again by "New film".
    const today = await newFilm();
    await today.add(turnedPhotos());
    await expect.poll(today.stills).toBe(8);
    const old = await newFilm((page) => inWorkers(page, oldBrowser));
    await old.add(turnedPhotos());
    await expect.poll(old.stills).toBe(8);
    const expected = await storedPhotos(today.page, today.projectId);
    const turned = await storedPhotos(old.page, old.projectId);
    expect(expected.map(({ width, height }) => width > height)).toEqual([0, 0, 0, 0, 1, 1, 1, 1].map(Boolean));
    for (const [index, { width, height, grey }] of expected.entries()) {
      expect(turned[index]).toMatchObject({ width, height });
      expect(mostDifference(grey, turned[index]?.grey ?? [])).toBeLessThan(6);
    }
    // The eight orientations differ, so that a picture that is not turned fails.
    expect(mostDifference(expected[0]?.grey ?? [], expected[2]?.grey ?? [])).toBeGreaterThan(30);
    await Promise.all([today.page.close(), old.page.close()]);
  });

  it.each([
    ['a decoder that scales', ''],
    ['no such decoder', 'delete self.ImageDecoder'],
  ])('a photo of 48 megapixels and a long panorama are uploaded with %s', async (_name, script) => {
    const film = await newFilm((page) => inWorkers(page, script));
    const day = (number: number, orientation = 1) =>
      segment(0xe1, exifBody({ orientation, taken: `2020:05:0${number} 12:00:00` }));
    await film.add([
      jpeg('large.jpg', jpegOf({ width: 8064, height: 6048, extra: [day(1)] })),
      jpeg('large-turned.jpg', jpegOf({ width: 8064, height: 6048, extra: [day(2, 6)] })),
      jpeg('panorama.jpg', jpegOf({ width: 16_382, height: 3600, extra: [day(3)] })),
    ]);
    await expect.poll(film.stills).toBe(3);
    const stored = await storedPhotos(film.page, film.projectId);
    expect(stored.map(({ width, height }) => [width, height])).toEqual([
      [2048, 1536],
      [1536, 2048],
      [2048, 450],
    ]);
    await film.page.close();
  });

  it('a photo is prepared on the page where its worker does not load', async () => {
    const film = await newFilm((page) => page.route(/prepare\.worker-/, (route) => route.abort()));
    const parts = await holdParts(film.page);
    await film.add(onePhoto);
    await parts.held;
    await film.page.getByRole('img', { name: 'turned-tall.jpg' }).waitFor();
    await parts.release();
    await film.page.evaluate(() => dispatchEvent(new Event('offline')));
    await expect.poll(film.stills).toBe(1);
    await film.page.close();
  });

  it('a photo is prepared by another worker after one has died', async () => {
    let made = 0;
    const film = await newFilm((page) =>
      page.route(/prepare\.worker-/, async (route) => {
        const response = await route.fetch();
        const dies = `postMessage({ outcome: 'loaded' }); addEventListener('message', () => { throw new Error('gone') });`;
        await route.fulfill({ response, body: made++ < 2 ? dies : await response.text() });
      }),
    );
    await film.add(onePhoto);
    await expect.poll(film.stills).toBe(1);
    // One prepared the photo, the other drew its thumbnail.
    expect(made).toBeGreaterThan(2);
    await film.page.close();
  });

  it('a photo waits for a HEIC decoder that does not load, and says so', async () => {
    let lets = false;
    const film = await newFilm((page) =>
      page.route(/libheif-.*\.wasm/, (route) => (lets ? route.continue() : route.abort())),
    );
    await film.add({ name: 'iphone.heic', mimeType: 'image/heic', buffer: file('iphone.heic') });
    await film.page.getByText('Waiting for the connection').waitFor();
    lets = true;
    await expect.poll(film.stills).toBe(1);
    const [stored] = await storedPhotos(film.page, film.projectId);
    expect(Math.max(...(stored?.grey ?? [])) - Math.min(...(stored?.grey ?? []))).toBeGreaterThan(30);
    await film.page.close();
  });

  it('a photo has a card at once and is kept while the upload script does not load', async () => {
    let lets = false;
    const film = await newFilm((page) =>
      page.route(/upload-queue\.client-/, (route) => (lets ? route.continue() : route.abort())),
    );
    await film.add(onePhoto);
    await film.page.getByRole('button', { name: /^Cancel .turned-tall.jpg/ }).waitFor();
    await film.page.getByText('Waiting for the connection').waitFor();
    await expect.poll(() => keptPhotos(film)).toBe(1);
    await film.page.reload();
    lets = true;
    await expect.poll(film.stills).toBe(1);
    await film.page.close();
  });
});

/** Holds back every part of a photo; `release` lets the parts go. */
async function holdParts(page: Page) {
  let isHeld = () => {};
  const held = new Promise<void>((done) => {
    isHeld = done;
  });
  let count = 0;
  await page.route(/\/uploads\//, async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    count++;
    isHeld();
  });
  return { held, count: () => count, release: () => page.unroute(/\/uploads\//) };
}

describe('a photo on a device that keeps nothing', () => {
  it('a photo is uploaded, and the page says that it must stay open, where the device’s database never answers', async () => {
    const film = await newFilm((page) => page.addInitScript('IDBFactory.prototype.open = () => ({})'));
    const parts = await holdParts(film.page);
    await film.add(onePhoto);
    await film.page.getByText('Keep this page open until your photos have arrived').waitFor();
    await parts.held;
    const asked = film.page.waitForEvent('dialog');
    await film.page.close({ runBeforeUnload: true });
    expect((await asked).type()).toBe('beforeunload');
    await (await asked).dismiss();
    await parts.release();
    await film.page.evaluate(() => dispatchEvent(new Event('offline')));
    await expect.poll(film.stills).toBe(1);
    await film.page.close();
  });

  it('a photo survives a reload where files cannot be stored and the database was lost once', async () => {
    const film = await newFilm((page) =>
      page.addInitScript(`
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (value) {
          if (value.content.file) throw new DOMException('Error preparing Blob/File data', 'UnknownError');
          return put.call(this, value);
        };
        const transaction = IDBDatabase.prototype.transaction;
        let lost = false;
        IDBDatabase.prototype.transaction = function (...all) {
          if (lost) return transaction.apply(this, all);
          lost = true;
          throw new DOMException('Connection to Indexed Database server lost', 'UnknownError');
        };`),
    );
    const parts = await holdParts(film.page);
    await film.page.route(/prepare\.worker-/, () => undefined);
    await film.add(onePhoto);
    await expect.poll(() => keptPhotos(film)).toBe(1);
    await film.page.unroute(/prepare\.worker-/);
    await parts.release();
    await film.page.reload();
    await expect.poll(film.stills).toBe(1);
    await film.page.close();
  });

  it('a photo is read from its copy when its file is gone, and can be chosen again without a copy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'echoes-photos-'));
    // A profile on disk stores a copy of a file; one in memory stores its name.
    const device = await launchProfile(join(folder, 'profile'), { ...phone, serviceWorkers: 'block' });
    await device.addCookies(await context.cookies());
    const path = join(folder, 'cloud.jpg');
    for (const keeps of [true, false]) {
      await writeFile(path, file('upright-tall.jpg'));
      let go = () => {};
      const gone = new Promise<void>((done) => {
        go = done;
      });
      const film = await newFilm(async (page) => {
        if (!keeps) await page.addInitScript(`IDBFactory.prototype.open = () => { throw new Error('none') }`);
        await page.route(/prepare\.worker-/, async (route) => {
          await gone;
          await route.continue();
        });
      }, device);
      await film.add(path);
      if (keeps) await expect.poll(() => keptPhotos(film)).toBe(1);
      await rm(path);
      go();
      if (keeps) await expect.poll(film.stills).toBe(1);
      else await film.page.getByText('This device no longer hands over this photo').waitFor();
      await film.page.close();
    }
    await device.close();
    await rm(folder, { recursive: true });
  });
});

describe('a photo on a doubtful connection', () => {
  it('a photo is sent although the browser reports that it is offline', async () => {
    const film = await newFilm((page) =>
      page.addInitScript(`Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })`),
    );
    await film.add(onePhoto);
    await expect.poll(film.stills).toBe(1);
    await film.page.close();
  });

  it.each([
    ['comes back from the page cache', () => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))],
    ['was frozen and is resumed', () => document.dispatchEvent(new Event('resume'))],
    ['is seen again', () => document.dispatchEvent(new Event('visibilitychange'))],
  ])('an upload goes on at once when its page %s', async (_what, comeBack) => {
    const film = await newFilm((page) => page.clock.install());
    const parts = await holdParts(film.page);
    await film.add(onePhoto);
    await parts.held;
    await film.page.clock.fastForward(6000);
    expect(parts.count()).toBe(1);
    await parts.release();
    await film.page.evaluate(comeBack);
    await expect.poll(film.stills).toBe(1);
    await film.page.close();
  });
});

describe('a file of another kind', () => {
  const text = (value: string) => Buffer.from(value, 'latin1');

  it('a file of another kind is refused with its own advice, and a photo without its end is accepted', async () => {
    const film = await newFilm();
    const whole = file('iphone.heic');
    await film.add([
      { name: 'scan.tif', mimeType: 'image/tiff', buffer: text('II*\0\x08\0\0\0') },
      { name: 'clip.mp4', mimeType: 'video/mp4', buffer: text('\0\0\0\x18ftypisom\0\0\0\0isommp42') },
      { name: 'album.pdf', mimeType: 'application/pdf', buffer: text('%PDF-1.7\n') },
      { name: 'cut.heic', mimeType: 'image/heic', buffer: whole.subarray(0, whole.length * 0.7) },
      { name: 'huge.heic', mimeType: 'image/heic', buffer: Buffer.from(heifOf({ width: 16_320, height: 12_240 })) },
      { name: 'fade.gif', mimeType: 'image/gif', buffer: fadingGif() },
      jpeg('rows.jpg', jpegOf({ rows: 0.7 })),
      jpeg('no-end.jpg', jpegOf({ detail: true, end: false, stray: [1, 2, 3] })),
      jpeg('passes.jpg', jpegOf({ progressive: true, after: [1, 2, 3] })),
    ]);
    await expect.poll(film.stills).toBe(2);
    for (const notice of [
      /TIFF and RAW/,
      /This is a video/,
      /This is a PDF/,
      /too large for this browser/,
      /black picture/,
    ])
      await film.page.getByText(notice).waitFor();
    await expect.poll(() => film.page.getByText(/^This photo is damaged/).count()).toBe(2);
    expect(await film.uploads()).toBe(7);
    await film.page.close();
  });
});

/** Two frames of 100 x 100, the first of them black: each row of pixels is written without compression. */
function fadingGif(): Buffer {
  const little = (value: number) => [value & 255, value >> 8];
  // Codes of three bits: clear, then colour 0 or 1, with a clear often enough that codes never grow.
  const frame = (colour: number) => {
    const codes: number[] = [];
    for (let pixel = 0; pixel < 10_000; pixel++) codes.push(...(pixel % 2 === 0 ? [4] : []), colour);
    codes.push(5);
    const bytes: number[] = [];
    let [held, count] = [0, 0];
    for (const code of codes) {
      held |= code << count;
      for (count += 3; count >= 8; count -= 8) {
        bytes.push(held & 255);
        held >>= 8;
      }
    }
    bytes.push(held);
    const blocks = [];
    for (let at = 0; at < bytes.length; at += 255) {
      const block = bytes.slice(at, at + 255);
      blocks.push(block.length, ...block);
    }
    return [0x2c, ...little(0), ...little(0), ...little(100), ...little(100), 0, 2, ...blocks, 0];
  };
  const start = [...Buffer.from('GIF89a'), ...little(100), ...little(100), 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
  return Buffer.from([...start, ...frame(0), ...frame(1), 0x3b]);
}
