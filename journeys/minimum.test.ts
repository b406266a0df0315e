// The product in a browser without the features that an oldest browser lacks (journeys/support/fallbacks.ts), which runs
// every fallback.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  atTheMinimum,
  axeFindings,
  launchBrowser,
  noteFilm,
  phone,
  photosToBring,
  profile,
  signIn,
} from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

let echoes: RunningEchoes;
let browser: Browser;
let page: Page;
const wentWrong: string[] = [];

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  page = await (await profile(browser, { ...phone, colorScheme: 'dark', serviceWorkers: 'block' })).newPage();
  page.on('pageerror', (error) => wentWrong.push(`exception: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && wentWrong.push(`console: ${message.text()}`));
  await atTheMinimum(page);
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

/** No element reaches beyond the window, and axe finds no violation. */
async function expectWhole(): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await axeFindings(page)).toEqual([]);
}

it('the browser of this journey lacks the features that an oldest one lacks', async () => {
  await page.goto(echoes.origin);
  const has = await page.evaluate(() => ({
    viewTransition: 'startViewTransition' in document,
    wakeLock: 'wakeLock' in navigator,
    frameCallback: 'requestVideoFrameCallback' in HTMLVideoElement.prototype,
    imageDecoder: 'ImageDecoder' in window,
    startingStyle: [...document.styleSheets].some(({ cssRules }) =>
      [...cssRules].some(({ cssText }) => cssText.includes('@starting-style')),
    ),
  }));
  expect(has).toEqual({
    viewTransition: false,
    wakeLock: false,
    frameCallback: false,
    imageDecoder: false,
    startingStyle: false,
  });
});

it('the landing page keeps its colours, its shape and its film in an oldest browser', async () => {
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0);
  const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(ground).toMatch(/^oklch\(0\.17 /);
  await expectWhole();
});

it('an oldest browser starts a film, uploads photos, and opens and closes a sheet', async () => {
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await startFilm(page);
  await page.getByLabel('Add photos').first().setInputFiles(photosToBring.slice(0, 2));
  await page.locator('[data-clip-status="still"]').nth(1).waitFor();
  await expectWhole();

  await page.getByRole('button', { name: 'Music: Evening light' }).tap();
  await page.getByRole('radio', { name: /^Sunday/ }).check();
  await expectWhole();
  await page.getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('button', { name: 'Music: Sunday' }).waitFor();
  expect(await page.locator('dialog[open]').count()).toBe(0);
});

it('an oldest browser makes a clip and approves it', async () => {
  await page.locator('[data-clip-status="still"]').first().getByRole('button').first().tap();
  await page.getByLabel(/own words/i).fill('The wind moves the leaves.');
  await page.getByRole('button', { name: /^Bring to life · 1 credit/ }).tap();
  await page.getByRole('button', { name: 'Approve' }).waitFor();
  await expectWhole();
  await page.getByRole('button', { name: 'Approve' }).tap();
  await page.getByText('Approved', { exact: true }).first().waitFor();
});

it('the page behind a film that fills the window has no scroll bar, and has it again afterwards', async () => {
  const overflow = () => page.evaluate(() => getComputedStyle(document.documentElement).overflowY);
  await page.goto(page.url().split('?')[0] ?? '');
  expect(await overflow()).toBe('visible');
  await page.getByRole('button', { name: 'Play film' }).first().tap();
  await page.locator('dialog.film[open]').waitFor();
  await expect.poll(overflow).toBe('hidden');
  await page.goBack();
  await page.locator('dialog.film[open]').waitFor({ state: 'detached' });
  await expect.poll(overflow).toBe('visible');
});

it('an oldest browser plays a film with a moving clip to its end', async () => {
  await page.goto(`${page.url().split('?')[0]}/play`);
  await noteFilm(page);
  await page.getByRole('button', { name: 'Play film' }).first().tap();
  await page.locator('[data-film-state="playing"]').waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].some(({ currentTime, hidden }) => currentTime > 0.5 && !hidden),
  );
  await page.locator('[data-film-state="ended"]').waitFor();
  await page.getByRole('button', { name: 'Play again' }).waitFor();
  await expectWhole();
});

it('the diagnostic page names the missing features', async () => {
  await page.goto(`${echoes.origin}/diagnostics`);
  await page.locator('[data-finding]').first().waitFor();
  await page.getByText('Room', { exact: false }).first().waitFor();
  await expectWhole();
});

it('no script of the pages failed in an oldest browser', () => {
  expect(wentWrong).toEqual([]);
});
