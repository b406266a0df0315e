// The main job, as a newcomer does it: from the landing page to the end of a film with music, on a phone and on a
// laptop at once, through the built Worker and the stand-ins. Real photos where they are beside the project.
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

let echoes: RunningEchoes;
let browser: Browser;
let phoneContext: BrowserContext;
let laptopContext: BrowserContext;
/** The same person, at the same time, on two devices. */
let onPhone: Page;
let onLaptop: Page;
const wentWrong: string[] = [];

beforeAll(async () => {
  // Long enough under way that two devices are seen to show it.
  echoes = await startEchoes({ runwaySeconds: { min: 2, max: 3 } });
  browser = await launchBrowser();
  phoneContext = await profile(browser, phone);
  // In the dark: what axe says of contrasts is asked in both schemes.
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

  it('shows at one look, without any script, what Echoes does', async () => {
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
    // The film on the stage, the first thing on the page, moves by itself.
    await onPhone.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('can be installed: Chromium reads its manifest without complaint, and every icon is what it says', async () => {
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
  ])('says kindly why somebody who %s is not signed in', async (_who, button, words) => {
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

  it('signs in with Google, with one credit as a welcome, on two devices', async () => {
    await signIn(onPhone, { origin: echoes.origin, name: 'Grace Guest' });
    expect(await balance(onPhone)).toBe('1');
    expect(await axeFindings(onPhone)).toEqual([]);
    await signIn(onLaptop, { origin: echoes.origin, name: 'Grace Guest' });
    expect(await balance(onLaptop)).toBe('1');
    // From now on a page without a network is a calm one.
    await onPhone.evaluate(() => navigator.serviceWorker.ready.then(() => null));
  });

  it('brings four photos, which become clips in the order they were taken, on both devices', async () => {
    await onPhone.getByRole('button', { name: 'New film' }).first().tap();
    await onPhone.waitForURL(/\/projects\/prj_\w+$/);
    projectPath = new URL(onPhone.url()).pathname;
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
    // Small, upright, and without the place where they were taken.
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

  it('gives the credit back when a try does not work out, and says what to do, on both devices', async () => {
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

  it('brings the photo to life, live on every device, for one credit', async () => {
    await onPhone.getByLabel(/own words/i).fill('The wind moves the leaves.');
    const underWay = cards(onLaptop, 'generating').first().waitFor();
    await onPhone.getByRole('button', { name: /^Bring to life · 1 credit · about/ }).tap();
    await underWay;
    await expect.poll(() => balance(onLaptop)).toBe('0');
    await expect.poll(() => balance(onPhone)).toBe('0');
    await cards(onLaptop, 'ready').first().waitFor();
    await onPhone.getByRole('button', { name: 'Approve' }).waitFor();
    // Copied here, the provider is asked to forget the photo and the clip.
    const asked = () =>
      echoes.standIns.received.filter(({ standIn, method }) => standIn === 'Runway' && method === 'DELETE');
    await expect.poll(() => asked().some(({ status }) => status === 204)).toBe(true);
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('shows the clip really moving beside its photo, and approves it', async () => {
    const clip = onPhone.getByLabel('The clip');
    // It plays by itself, and over again.
    await clip.evaluate((video) => new Promise((seeked) => video.addEventListener('seeked', seeked, { once: true })));
    // Two moments of it, far apart: most of the picture is another one; at one and the same moment nothing is.
    await holdBetween(clip, { from: 0, to: 0.25 });
    const early = await screenshotPixels(clip);
    expect(differentShare(early, await screenshotPixels(clip))).toBeLessThan(0.01);
    await holdBetween(clip, { from: 0.65, to: 1 });
    expect(differentShare(early, await screenshotPixels(clip))).toBeGreaterThan(0.2);
    // Its photo is one press away, and lies exactly over it.
    const opacity = () => clip.evaluate((video) => getComputedStyle(video).opacity);
    await onPhone.getByRole('button', { name: 'Compare with the photo' }).tap();
    await expect.poll(opacity).toBe('0');
    await onPhone.getByRole('button', { name: 'Show the clip' }).tap();
    await expect.poll(opacity).toBe('1');

    await onPhone.getByRole('button', { name: 'Approve' }).tap();
    await onLaptop.getByText('Approved', { exact: true }).first().waitFor();
  });

  it('takes an approval back as easily as it is given, on both devices', async () => {
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

  it('starts nothing without a credit, and says how one gets some', async () => {
    await onLaptop.locator('[data-clip-status="still"]').first().getByRole('button').first().click();
    const bring = onLaptop.getByRole('button', { name: /^Bring to life/ });
    await bring.waitFor();
    expect(await bring.isDisabled()).toBe(true);
    expect(await onLaptop.getByRole('button', { name: 'Buy credits' }).first().isVisible()).toBe(true);
    await onLaptop.keyboard.press('Escape');
  });

  it('moves clips by button, by keyboard, by mouse and by finger, the same on both devices', async () => {
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

  it('takes the music one chooses, on both devices', async () => {
    await onPhone.getByRole('button', { name: 'Music: No music' }).tap();
    await onPhone.getByRole('radio', { name: /^Evening light/ }).check();
    await onLaptop.getByRole('button', { name: 'Music: Evening light' }).waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
    await onPhone.getByRole('button', { name: 'Close' }).tap();
  });

  it('plays the whole film to its end, with music, without a black moment', async () => {
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
    // The tune ran on a clock that ran, and is silent with the end.
    expect((await musicOf(onPhone)).heardSeconds).toBeGreaterThan(5);
    await expect.poll(async () => (await musicOf(onPhone)).sounding).toBe(0);
    await onPhone.getByRole('button', { name: 'Play again' }).waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('hangs on the wall of films, where it is renamed, deleted, and brought back', async () => {
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

  it('tells the story of every credit', async () => {
    await onPhone.goto(`${echoes.origin}/credits`);
    expect(await balance(onPhone)).toBe('0');
    const story = await onPhone.getByRole('main').textContent();
    for (const line of [/welcome/i, /brought to life/i, /returned|credit back|is back/i]) expect(story).toMatch(line);
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('stays calm where nothing is, and where the network is gone', async () => {
    await onPhone.goto(`${echoes.origin}/no-such-page`);
    await onPhone.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
    await phoneContext.setOffline(true);
    await onPhone.goto(echoes.origin + projectPath);
    await onPhone.getByRole('heading', { name: 'No connection' }).waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
    await phoneContext.setOffline(false);
  });

  it('signs out everywhere: the other device is out at once', async () => {
    await onPhone.goto(`${echoes.origin}/account`);
    expect(await axeFindings(onPhone)).toEqual([]);
    await onPhone.getByRole('button', { name: 'Sign out everywhere' }).tap();
    await onPhone.waitForURL((url) => url.pathname === '/');
    await onLaptop.waitForURL((url) => url.pathname === '/');
    const answer = await laptopContext.request.get(echoes.origin + projectPath, { maxRedirects: 0 });
    expect(answer.status()).toBe(302);
  });

  it('had nothing go wrong on the way that a person did not see', () => {
    expect(wentWrong.filter((line) => !/status of 40[14]|ERR_INTERNET_DISCONNECTED/.test(line))).toEqual([]);
  });
});
