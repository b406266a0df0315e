// Invitations from a fresh profile to the credits of both people, a shared film played without an account, and browsers
// inside other apps, in which Google refuses to sign in.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeFindings,
  belowMinimum,
  coverOfFilm,
  desktop,
  launchBrowser,
  phone,
  photosToBring,
  profile,
  sideways,
  signIn,
} from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

let echoes: RunningEchoes;
let browser: Browser;
let friendContext: BrowserContext;
/** The inviting person, on a laptop, and the invited person, on a phone. */
let host: Page;
let friend: Page;
let invitation = '';
let filmPath = '';
let filmLink = '';
const errors: string[] = [];

const instagram =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,4; iOS 18_6; en_US; en; scale=3.00; 1179x2556; 750150590; IABMV/1)';
const facebook =
  'Mozilla/5.0 (Linux; Android 15; SM-S921B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/139.0.7258.94 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/523.0.0.45.93;IABMV/1;]';

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  host = await (await profile(browser, desktop)).newPage();
  friendContext = await profile(browser, { ...phone, colorScheme: 'dark' });
  friend = await friendContext.newPage();
  for (const page of [host, friend]) {
    page.on('pageerror', (error) => errors.push(`exception: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && errors.push(`console: ${message.text()}`));
  }
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const balance = (page: Page) => page.locator('[data-credit-balance]').first().getAttribute('data-credit-balance');
const reached = (page: Page, state: string) => page.locator(`[data-film-state="${state}"]`).waitFor();

describe('an invitation', () => {
  it('a person makes their own invitation link', async () => {
    await signIn(host, { origin: echoes.origin, name: 'Ada Admin' });
    await host.goto(`${echoes.origin}/credits`);
    await host.getByRole('link', { name: 'Invite a friend' }).click();
    await host.getByRole('button', { name: 'Make my link' }).click();
    invitation = await host.getByLabel('Your link').inputValue();
    expect(invitation).toMatch(new RegExp(`^${echoes.origin}/r/[a-z2-9]{8}$`));
    expect(await axeFindings(host)).toEqual([]);
    // The studio shows the balance.
    await host.goto(`${echoes.origin}/projects`);
    await host.getByRole('button', { name: 'New film' }).first().click();
    await host.waitForURL(/\/projects\/prj_\w+$/);
    expect(await balance(host)).toBe('1');
  });

  it.each([
    ['Instagram', instagram, 'Open in Safari', 'x-safari-http://'],
    ['Facebook', facebook, 'Open in Chrome', 'intent://'],
  ])(
    'an invitation opened in the browser of %s leads to the system browser and is kept',
    async (app, userAgent, words, scheme) => {
      const context = await profile(browser, { ...phone, userAgent });
      const page = await context.newPage();
      for (const address of [invitation, echoes.origin]) {
        await page.goto(address);
        const link = page.getByRole('link', { name: words });
        const href = (await link.getAttribute('href')) ?? '';
        expect(href.startsWith(scheme) && href.includes(new URL(invitation).pathname)).toBe(true);
        expect(await page.getByLabel('Address of this page').inputValue()).toBe(invitation);
        expect(await page.getByText(`${app} has a browser of its own`).count()).toBe(1);
        expect(await page.getByRole('button', { name: 'Continue with Google' }).count()).toBe(0);
        await page.getByRole('button', { name: 'Copy' }).tap();
        await page.getByRole('button', { name: /Copied|Hold the address/ }).waitFor();
        expect(await axeFindings(page)).toEqual([]);
      }
      await context.close();
    },
  );

  it('an invitation page works without a script and leads to a new account', async () => {
    const scripts: string[] = [];
    friend.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
    await friend.goto(invitation);
    await friend.getByRole('heading', { name: 'A friend invites you' }).waitFor();
    expect(await friend.getByText('You both get 1 credit').count()).toBe(1);
    expect(await friend.content()).not.toContain('Ada');
    expect(scripts).toEqual([]);
    expect(await axeFindings(friend)).toEqual([]);
    await friend.getByRole('button', { name: 'Continue with Google' }).first().tap();
    await friend.getByRole('button', { name: 'Grace Guest' }).tap();
    await friend.waitForURL(`${echoes.origin}/projects`);
    expect(await balance(friend)).toBe('1');
  });

  it('both people see their reward when the friend has played a first film to its end', async () => {
    filmPath = await startFilm(friend);
    await friend.getByLabel('Add photos').first().setInputFiles(photosToBring.slice(0, 1));
    await friend.locator('[data-clip-status="still"]').first().getByRole('button').first().tap();
    await friend.getByRole('button', { name: /^Bring to life · 1 credit · about/ }).tap();
    await friend.getByRole('button', { name: 'Approve' }).tap();
    await friend.getByText('Approved', { exact: true }).first().waitFor();
    await friend.keyboard.press('Escape');
    await expect.poll(() => balance(friend)).toBe('0');
    expect(await balance(host)).toBe('1');
    await friend.getByRole('button', { name: 'Play film' }).first().tap();
    await reached(friend, 'playing');
    await expect.poll(() => coverOfFilm(friend)).toEqual([]);
    await reached(friend, 'ended');
    await expect.poll(() => balance(host)).toBe('2');
    await expect.poll(() => balance(friend)).toBe('1');
    await host.goto(`${echoes.origin}/referral`);
    await expect(host.getByRole('main').textContent()).resolves.toMatch(/Joined by your link1.*of up to 101/);
  });
});

describe('a shared film', () => {
  it('the owner makes a share link at the end of the film', async () => {
    await friend.goto(`${echoes.origin}${filmPath}/play`);
    await friend.getByRole('button', { name: 'Play film' }).first().tap();
    await reached(friend, 'playing');
    await expect.poll(() => coverOfFilm(friend)).toEqual([]);
    await reached(friend, 'ended');
    await friend.getByRole('button', { name: 'Share' }).tap();
    await friend.getByRole('button', { name: 'Make a link' }).tap();
    filmLink = await friend.getByLabel('Link to this film').inputValue();
    expect(new URL(filmLink).pathname).toMatch(/^\/s\/[\w-]{48}$/);
    await friend.getByText('Nobody has watched it yet.').waitFor();
    expect(await axeFindings(friend)).toEqual([]);
    await friend.getByRole('radio', { name: 'Clip 1' }).check();
    await friend.getByText('Previews show this photo.').waitFor({ state: 'attached' });
  });

  it('below the minimum a shared film shows its title and its picture, and says what to do', async () => {
    const page = await (await profile(browser, phone)).newPage();
    await belowMinimum(page);
    await page.goto(filmLink);
    expect(await page.getByText('This browser is too old for Echoes').isVisible()).toBe(true);
    expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(true);
    const picture = page.locator('.film-poster');
    await picture.evaluate((image) => (image as HTMLImageElement).decode());
    const box = await picture.boundingBox();
    expect(box?.width).toBeGreaterThan(200);
    expect(box?.height).toBeGreaterThan(200);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    // No control is shown that needs a script.
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.context().close();
  });

  it('a shared film plays to its end without an account, and loads its script when Play is pressed', async () => {
    const context = await profile(browser, { ...phone, userAgent: instagram });
    const page = await context.newPage();
    const scripts: string[] = [];
    page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
    page.on('pageerror', (error) => errors.push(`visitor: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && errors.push(`visitor: ${message.text()}`));
    await page.goto(filmLink);
    await page.locator('.film-poster').waitFor();
    expect(scripts).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.locator('meta[property="og:image"]').count()).toBe(1);
    await page.getByRole('button', { name: 'Play film' }).tap();
    await reached(page, 'playing');
    expect(scripts).toHaveLength(1);
    // The page presses Pause itself after one second of the clip; on a slow machine the test would be too late.
    await page.evaluate(async () => {
      const ran = () => [...document.querySelectorAll('video')].some((video) => video.currentTime > 1);
      while (!ran()) await new Promise(requestAnimationFrame);
      document.querySelector<HTMLButtonElement>('button[aria-label="Pause"]')?.click();
    });
    await reached(page, 'paused');
    const visitStored = page.waitForResponse(
      (response) => response.url().endsWith('/visits') && response.status() === 200,
    );
    await page.getByRole('button', { name: 'Play film' }).tap();
    await expect.poll(() => coverOfFilm(page)).toEqual([]);
    await reached(page, 'ended');
    await visitStored;
    await page.getByRole('button', { name: 'Play again' }).waitFor();
    expect(await page.getByRole('link', { name: 'Made with Echoes' }).filter({ visible: true }).count()).toBe(1);
    expect(await axeFindings(page)).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  it.each([
    ['a phone', phone],
    ['a phone held sideways', sideways],
    ['a laptop', desktop],
  ])('nothing lies over the picture of a shared film while it plays on %s', async (_device, kind) => {
    const context = await profile(browser, kind);
    const page = await context.newPage();
    await page.goto(filmLink);
    const play = page.getByRole('button', { name: 'Play film' });
    const middle = async () => {
      const box = await play.boundingBox();
      return box && [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);
    };
    const before = await middle();
    await (kind === desktop ? play.click() : play.tap());
    await reached(page, 'playing');
    // Where the word was pressed is where the film is paused: nothing has moved.
    const pause = await page.getByRole('button', { name: 'Pause' }).boundingBox();
    expect(pause && [pause.x + pause.width / 2, pause.y + pause.height / 2].map(Math.round)).toEqual(before);
    if (kind === desktop) await page.mouse.move(5, 600);
    await expect.poll(() => coverOfFilm(page)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.locator('[data-film-state]').getAttribute('data-film-state')).toBe('playing');
    await context.close();
  });

  it('a shared film offers no full screen where the browser has none', async () => {
    const context = await profile(browser, desktop);
    const page = await context.newPage();
    await page.addInitScript(() => Object.defineProperty(document, 'fullscreenEnabled', { get: () => undefined }));
    await page.goto(filmLink);
    await page.getByRole('button', { name: 'Play film' }).waitFor();
    expect(await page.getByRole('button', { name: 'Full screen' }).count()).toBe(0);
    await context.close();
  });

  it('the owner sees how often the film was watched, and ends the link', async () => {
    await friend.goto(echoes.origin + filmPath);
    const open = async () => {
      await friend.getByRole('button', { name: 'Share' }).tap();
      await friend.getByLabel('Link to this film').waitFor();
    };
    await open();
    await expect
      .poll(async () => {
        const words = await friend.getByText(/^(Watched by|Nobody has watched)/).textContent();
        if (/to the end/.test(words ?? '')) return true;
        await friend.getByRole('button', { name: 'Close' }).tap();
        await open();
        return false;
      })
      .toBe(true);
    // No clip is on the device of a visitor who saves data before the first tap.
    const context = await profile(browser, { ...desktop, savesData: true });
    const standing = await context.newPage();
    await standing.goto(filmLink);
    const addresses = new Set((await standing.content()).replaceAll('&amp;', '&').match(/\/media\/[^\s"\\]+/g));
    expect(addresses.size).toBeGreaterThanOrEqual(3);
    await friend.getByRole('button', { name: 'End this link' }).tap();
    await friend.getByRole('button', { name: 'Make a link' }).waitFor();
    // Addresses that visitors have are signed for minutes; they end with the link.
    const statuses = () =>
      Promise.all([...addresses].map(async (path) => (await standing.request.get(echoes.origin + path)).status()));
    await expect.poll(statuses, { timeout: 5000 }).toEqual([...addresses].map(() => 404));
    const asked: string[] = [];
    standing.on('request', (request) => request.url().includes('/media') && asked.push(request.url()));
    await standing.getByRole('button', { name: 'Play film' }).click();
    await standing.getByRole('heading', { name: 'This film is not shown here any more' }).waitFor();
    expect(asked.length).toBeLessThanOrEqual(4);
    const page = await context.newPage();
    const answer = await page.goto(filmLink);
    expect(answer?.status()).toBe(404);
    await page.getByRole('heading', { name: 'This film is not shown here any more' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await context.close();
  });

  it('no page of the sharing journey logged an error', () => {
    expect(errors.filter((line) => !/status of 40[14]/.test(line))).toEqual([]);
  });
});
