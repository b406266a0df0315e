// The main journey of a new person: from the landing page to the end of a film with music, on a phone and a laptop at
// once, through the built Worker and the stand-ins.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeFindings,
  countMusic,
  desktop,
  dragByFinger,
  dragByMouse,
  filmSaid,
  launchBrowser,
  musicOf,
  noteFilm,
  phone,
  photosToBring,
  profile,
  signIn,
} from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { differentShare, holdBetween, screenshotPixels } from './pixels.ts';
import { startFilm } from './support/film.ts';

let echoes: RunningEchoes;
let browser: Browser;
let phoneContext: BrowserContext;
let laptopContext: BrowserContext;
/** Two devices of the same person. */
let onPhone: Page;
let onLaptop: Page;
const wentWrong: string[] = [];

beforeAll(async () => {
  // Long enough that both devices show the generation under way.
  echoes = await startEchoes({ runwaySeconds: { min: 2, max: 3 } });
  browser = await launchBrowser();
  phoneContext = await profile(browser, phone);
  // The dark scheme, so that axe checks the contrasts of both schemes.
  laptopContext = await profile(browser, { ...desktop, colorScheme: 'dark' });
  onPhone = await phoneContext.newPage();
  onLaptop = await laptopContext.newPage();
  for (const page of [onPhone, onLaptop]) {
    page.on('pageerror', (error) => wentWrong.push(`exception: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && wentWrong.push(`console: ${message.text()}`));
  }
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const cards = (page: Page, status = '') =>
  page.locator(status ? `[data-clip-status="${status}"]` : '[data-clip-status]');
const balance = (page: Page) => page.locator('[data-credit-balance]').first().getAttribute('data-credit-balance');
const order = (page: Page) =>
  page.locator('[data-clip-id]').evaluateAll((found) => found.map((card) => card.getAttribute('data-clip-id')));

describe('from a photo to a playing film', () => {
  let projectPath = '';

  it('the landing page shows what Echoes does without scripts', async () => {
    const bare = await profile(browser, { ...phone, javaScriptEnabled: false });
    const page = await bare.newPage();
    await page.goto(echoes.origin);
    await expect(page.getByRole('heading', { level: 1 }).textContent()).resolves.toMatch(/Bring your\s+photos to life/);
    expect(await page.getByRole('button', { name: 'Continue with Google' }).first().isVisible()).toBe(true);
    await bare.close();

    const scripts: string[] = [];
    onPhone.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
    await onPhone.goto(echoes.origin);
    expect(scripts).toEqual([]);
    // The first film of the page plays by itself.
    await onPhone.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('Echoes can be installed: Chromium accepts its manifest, and every icon has its declared size', async () => {
    const session = await phoneContext.newCDPSession(onPhone);
    const { data, errors } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const manifest = JSON.parse(data ?? '{}') as {
      display: string;
      start_url: string;
      icons: { src: string; sizes: string }[];
    };
    expect(manifest).toMatchObject({ display: 'standalone', start_url: '/projects' });
    for (const { src, sizes } of manifest.icons) {
      const icon = await phoneContext.request.get(echoes.origin + src);
      const png = await icon.body();
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
    }
    expect(await onPhone.locator('meta[name="theme-color"]').count()).toBe(2);
  });

  it.each([
    ['stops at Google', 'Cancel', /^You stopped before Google was done/],
    ['has an e-mail that Google has not confirmed', 'Una Unverified', /^Google has not yet confirmed/],
  ])('the landing page says why a person who %s is not signed in', async (_who, button, words) => {
    const context = await profile(browser, { ...phone, colorScheme: 'dark' });
    const page = await context.newPage();
    await page.goto(echoes.origin);
    await page.getByRole('button', { name: 'Continue with Google' }).first().tap();
    await page.getByRole('button', { name: button }).tap();
    await page.getByText(words).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.goto(`${echoes.origin}/projects`);
    expect(new URL(page.url()).pathname).toBe('/');
    await context.close();
  });

  it('a new person signs in with Google on two devices and has one credit', async () => {
    await signIn(onPhone, { origin: echoes.origin, name: 'Grace Guest' });
    expect(await balance(onPhone)).toBe('1');
    expect(await axeFindings(onPhone)).toEqual([]);
    await signIn(onLaptop, { origin: echoes.origin, name: 'Grace Guest' });
    expect(await balance(onLaptop)).toBe('1');
    // From now on the service worker answers without a network.
    await onPhone.evaluate(() => navigator.serviceWorker.ready.then(() => null));
  });

  it('four photos become clips in the order in which they were taken, on both devices', async () => {
    projectPath = await startFilm(onPhone);
    await onLaptop.goto(echoes.origin + projectPath);
    expect(await axeFindings(onPhone)).toEqual([]);

    await onPhone.getByLabel('Add photos').first().setInputFiles(photosToBring);
    await cards(onPhone, 'still')
      .nth(photosToBring.length - 1)
      .waitFor();
    await cards(onLaptop, 'still')
      .nth(photosToBring.length - 1)
      .waitFor();
    await expect
      .poll(async () => [await order(onLaptop), await order(onPhone)])
      .toSatisfy(([laptop, hand]) => `${laptop}` === `${hand}`);
    // The photos are small, upright, and without their position.
    const db = await echoes.worker.getD1Database('DB');
    const { results } = await db
      .prepare('SELECT width, height, size_bytes, taken_at, media_key FROM photos ORDER BY taken_at')
      .all<{ width: number; height: number; size_bytes: number; media_key: string }>();
    expect(results).toHaveLength(photosToBring.length);
    for (const photo of results) {
      expect(Math.max(photo.width, photo.height)).toBeLessThanOrEqual(2048);
      expect(photo.size_bytes).toBeLessThan(1_200_000);
      const stored = await (await echoes.worker.getR2Bucket('MEDIA')).get(photo.media_key);
      const bytes = Buffer.from(await (stored as unknown as { arrayBuffer(): Promise<ArrayBuffer> }).arrayBuffer());
      expect(bytes.includes('Exif')).toBe(false);
    }
    expect(await axeFindings(onPhone)).toEqual([]);
    expect(await axeFindings(onLaptop)).toEqual([]);
  });

  it('a failed generation returns its credit and says what to do, on both devices', async () => {
    await cards(onPhone).first().getByRole('button').first().tap();
    await onPhone.getByLabel(/own words/i).fill('[[SAFETY.INPUT.IMAGE]]');
    await onPhone.getByRole('button', { name: /^Bring to life · 1 credit · about/ }).tap();
    await cards(onLaptop, 'error').first().waitFor();
    await onPhone
      .getByText(/credit is back/i)
      .first()
      .waitFor();
    await expect.poll(() => balance(onLaptop)).toBe('1');
    await expect.poll(() => balance(onPhone)).toBe('1');
    expect(await onPhone.content()).not.toContain('SAFETY.INPUT.IMAGE</');
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('a generation makes a clip for one credit, live on both devices', async () => {
    await onPhone.getByLabel(/own words/i).fill('The wind moves the leaves.');
    const underWay = cards(onLaptop, 'generating').first().waitFor();
    await onPhone.getByRole('button', { name: /^Bring to life · 1 credit · about/ }).tap();
    await underWay;
    await expect.poll(() => balance(onLaptop)).toBe('0');
    await expect.poll(() => balance(onPhone)).toBe('0');
    await cards(onLaptop, 'ready').first().waitFor();
    await onPhone.getByRole('button', { name: 'Approve' }).waitFor();
    // After the copy, the provider is asked to delete the photo and the clip.
    const asked = () =>
      echoes.standIns.received.filter(({ standIn, method }) => standIn === 'Runway' && method === 'DELETE');
    await expect.poll(() => asked().some(({ status }) => status === 204)).toBe(true);
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('a person compares the moving clip with its photo and approves it', async () => {
    const clip = onPhone.getByLabel('The clip');
    // The clip plays by itself and repeats.
    await clip.evaluate((video) => new Promise((seeked) => video.addEventListener('seeked', seeked, { once: true })));
    // Two distant moments differ in most of the picture; the same moment does not differ.
    await holdBetween(clip, { from: 0, to: 0.25 });
    const early = await screenshotPixels(clip);
    expect(differentShare(early, await screenshotPixels(clip))).toBeLessThan(0.01);
    await holdBetween(clip, { from: 0.65, to: 1 });
    expect(differentShare(early, await screenshotPixels(clip))).toBeGreaterThan(0.2);
    // One press shows the photo, exactly over the clip.
    const opacity = () => clip.evaluate((video) => getComputedStyle(video).opacity);
    await onPhone.getByRole('button', { name: 'Compare with the photo' }).tap();
    await expect.poll(opacity).toBe('0');
    await onPhone.getByRole('button', { name: 'Show the clip' }).tap();
    await expect.poll(opacity).toBe('1');

    await onPhone.getByRole('button', { name: 'Approve' }).tap();
    await onLaptop.getByText('Approved', { exact: true }).first().waitFor();
  });

  it('an approval is taken back on both devices', async () => {
    await onLaptop.locator('[data-clip-status="ready"]').first().getByRole('button').first().click();
    await onLaptop.getByRole('button', { name: 'Take the approval back' }).click();
    const word = (name: RegExp) =>
      onPhone.locator('[data-clip-status="ready"]').getByRole('button', { name }).waitFor();
    await word(/^Clip 1 of 4: To review/);
    await onLaptop.getByRole('button', { name: 'Approve' }).waitFor();
    expect(await axeFindings(onLaptop)).toEqual([]);
    await onLaptop.getByRole('button', { name: 'Approve' }).click();
    await word(/^Clip 1 of 4: Approved/);
  });

  it('without credits no generation starts, and the page says how to get credits', async () => {
    await onLaptop.locator('[data-clip-status="still"]').first().getByRole('button').first().click();
    const bring = onLaptop.getByRole('button', { name: /^Bring to life/ });
    await bring.waitFor();
    expect(await bring.isDisabled()).toBe(true);
    expect(await onLaptop.getByRole('button', { name: 'Buy credits' }).first().isVisible()).toBe(true);
    await onLaptop.keyboard.press('Escape');
  });

  it('clips are moved by button, keyboard, mouse and finger, on both devices', async () => {
    await onPhone.keyboard.press('Escape');
    const before = await order(onPhone);
    await onPhone.getByRole('button', { name: 'Move later' }).first().tap();
    const swapped = [before[1], before[0], ...before.slice(2)];
    await expect.poll(() => order(onPhone)).toEqual(swapped);
    await expect.poll(() => order(onLaptop)).toEqual(swapped);

    await onLaptop.getByRole('button', { name: 'Move earlier' }).nth(1).focus();
    await onLaptop.keyboard.press('Enter');
    await expect.poll(() => order(onPhone)).toEqual(before);

    const places = { from: 'Drag clip 1', onto: 'Drag clip 2' };
    await dragByFinger(onPhone, places);
    await expect.poll(() => order(onPhone)).toEqual(swapped);
    await expect.poll(() => order(onLaptop)).toEqual(swapped);
    await dragByMouse(onLaptop, places);
    await expect.poll(() => order(onLaptop)).toEqual(before);
    await expect.poll(() => order(onPhone)).toEqual(before);
  });

  it('the chosen music is shown on both devices', async () => {
    await onPhone.getByRole('button', { name: 'Music: Evening light' }).tap();
    await onPhone.getByRole('radio', { name: /^Sunday/ }).check();
    await onLaptop.getByRole('button', { name: 'Music: Sunday' }).waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
    await onPhone.getByRole('button', { name: 'Close' }).tap();
  });

  it('the film plays to its end with music and without a black frame', async () => {
    await countMusic(onPhone);
    await onPhone.goto(`${echoes.origin}${projectPath}/play`);
    expect(await axeFindings(onPhone)).toEqual([]);
    const film = onPhone.locator('[data-film-state]').first();
    await noteFilm(onPhone);
    await onPhone.getByRole('button', { name: 'Play film' }).first().tap();
    await expect.poll(() => film.getAttribute('data-film-state')).toBe('playing');
    let darkest = 255;
    let first: Uint8Array | null = null;
    let most = 0;
    while ((await film.getAttribute('data-film-state')) !== 'ended') {
      const pixels = await screenshotPixels(film);
      first ??= pixels;
      most = Math.max(most, differentShare(first, pixels));
      darkest = Math.min(darkest, pixels.reduce((sum, value) => sum + value, 0) / pixels.length);
    }
    const shown = (await filmSaid(onPhone)).filter(({ state }) => state === 'playing').map(({ clip }) => clip);
    expect([...new Set(shown)]).toEqual(photosToBring.map((_path, index) => String(index)));
    expect(most).toBeGreaterThan(0.3);
    expect(darkest).toBeGreaterThan(8);
    // The audio clock ran with the music, and the music ends with the film.
    expect((await musicOf(onPhone)).heardSeconds).toBeGreaterThan(5);
    await expect.poll(async () => (await musicOf(onPhone)).sounding).toBe(0);
    await onPhone.getByRole('button', { name: 'Play again' }).waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('the projects page lists the film, which is renamed, deleted and restored', async () => {
    await onPhone.goto(`${echoes.origin}/projects`);
    await onPhone.getByRole('link', { name: /^Rename or delete / }).tap();
    await onPhone.getByLabel('Title').fill('A day by the sea');
    expect(await axeFindings(onPhone)).toEqual([]);
    await onPhone.getByRole('button', { name: 'Save' }).tap();
    await onPhone.getByRole('link', { name: 'A day by the sea', exact: true }).waitFor();
    await onLaptop.getByRole('heading', { name: 'A day by the sea' }).first().waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);

    await onPhone.getByRole('link', { name: 'Rename or delete A day by the sea' }).tap();
    await onPhone.getByRole('button', { name: 'Delete film' }).tap();
    await onPhone.getByRole('button', { name: 'Undo' }).tap();
    await onPhone.getByRole('link', { name: 'A day by the sea', exact: true }).waitFor();
    await onLaptop.goto(`${echoes.origin}/projects`);
    await onLaptop.getByRole('link', { name: 'A day by the sea', exact: true }).waitFor();
    expect(await axeFindings(onLaptop)).toEqual([]);
    await onLaptop.goto(echoes.origin + projectPath);
    expect(await order(onLaptop)).toHaveLength(photosToBring.length);
  });

  it('the credit history lists every credit', async () => {
    await onPhone.goto(`${echoes.origin}/credits`);
    expect(await balance(onPhone)).toBe('0');
    const story = await onPhone.getByRole('main').textContent();
    for (const line of [/welcome/i, /brought to life/i, /returned|credit back|is back/i]) expect(story).toMatch(line);
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('an unknown address and a lost network show a page of Echoes', async () => {
    await onPhone.goto(`${echoes.origin}/no-such-page`);
    await onPhone.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
    await phoneContext.setOffline(true);
    await onPhone.goto(echoes.origin + projectPath);
    await onPhone.getByRole('heading', { name: 'No connection' }).waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
    await phoneContext.setOffline(false);
  });

  it('signing out everywhere signs out the other device at once', async () => {
    await onPhone.goto(`${echoes.origin}/account`);
    expect(await axeFindings(onPhone)).toEqual([]);
    await onPhone.getByRole('button', { name: 'Sign out everywhere' }).tap();
    await onPhone.waitForURL((url) => url.pathname === '/');
    await onLaptop.waitForURL((url) => url.pathname === '/');
    const answer = await laptopContext.request.get(echoes.origin + projectPath, { maxRedirects: 0 });
    expect(answer.status()).toBe(302);
  });

  it('no page of the main journey logged an error', () => {
    expect(wentWrong.filter((line) => !/status of 40[14]|ERR_INTERNET_DISCONNECTED/.test(line))).toEqual([]);
  });
});
