// Screens that are small or have large text: no page scrolls sideways, and the head of every sheet, with "Close", stays in
// reach while its content scrolls.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, phone, profile, sideways, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

const photos = scenePhotos();

let echoes: RunningEchoes;
let browser: Browser;
let page: Page;
let film = '';
let shared = '';
let clipIds: string[];

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  page = await (await profile(browser, { ...phone, savesData: true })).newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  film = await startFilm(page);
  await page.getByLabel('Add photos').first().setInputFiles(photos.slice(0, 3));
  await page.locator('[data-clip-status="still"]').nth(2).waitFor();
  const db = await echoes.worker.getD1Database('DB');
  const { results } = await db.prepare('SELECT id FROM clips ORDER BY position').all<{ id: string }>();
  clipIds = results.map(({ id }) => id);
  // One clip that has failed, with the longest names.
  await db
    .prepare("UPDATE clips SET words = '[[SAFETY.INPUT.IMAGE]]' WHERE id = ?")
    .bind(clipIds[0] ?? '')
    .run();
  await page.reload();
  await page.getByRole('button', { name: /^Bring 1 to life/ }).tap();
  await page.locator('[data-clip-status="error"]').waitFor();
  const address = await page.evaluate(async (path) => {
    const asked = { method: 'POST', headers: { Accept: 'application/json' } };
    const title = 'Grandmother’s ninetieth birthday in Unterpfaffenhofen-Germering and afterwards';
    await fetch(`${path}/details`, { ...asked, body: new URLSearchParams({ title, trackId: 'evening-light' }) });
    return ((await (await fetch(`${path}/shares`, asked)).json()) as { share: { url: string } }).share.url;
  }, film);
  shared = new URL(address).pathname;
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const sizes = [
  ['320 px wide', { width: 320, height: 568 }, 100],
  ['390 px wide under a browser’s bars', { width: 390, height: 664 }, 100],
  ['390 px wide with text twice as large', phone.viewport, 200],
  ['held sideways', sideways.viewport, 100],
  ['held sideways with text twice as large', sideways.viewport, 200],
] as const;

/** Turns and resizes the phone, and sets its text size: an open page takes both as one that is loaded with them. */
async function hold(viewport: { width: number; height: number }, textPercent: number): Promise<void> {
  await page.setViewportSize(viewport);
  await page.evaluate(async (percent) => {
    document.documentElement.style.fontSize = `${percent}%`;
    // What listens to the window's size has changed the page after two frames.
    for (const _frame of [1, 2]) await new Promise(requestAnimationFrame);
  }, textPercent);
}

/** The elements that stand out at the right of the window, or of the sheet they are in. */
const sticksOut = () =>
  page.evaluate(() => {
    const scrolls = (element: Element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
    const found: string[] = [];
    const { documentElement: root } = document;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide`);
    const sheet = document.querySelector('dialog.sheet[open]');
    for (const part of sheet?.querySelectorAll('*') ?? [])
      if (
        part.scrollWidth > part.clientWidth + 1 &&
        scrolls(part) &&
        !part.matches('ol, .overflow-x-auto, input, .truncate')
      )
        found.push(`${part.className} of the sheet is ${part.scrollWidth} of ${part.clientWidth} px wide`);
    for (const part of document.querySelectorAll('main button, main a, nav button, dialog[open] button')) {
      const { left, right, width } = part.getBoundingClientRect();
      const inScroller = part.closest('ol, .overflow-x-auto');
      if (width > 0 && !inScroller && (left < -1 || right > root.clientWidth + 1))
        found.push(`"${part.textContent || part.ariaLabel}" reaches from ${left} to ${right}`);
    }
    return found;
  });

// Each page and sheet is loaded once and then held in each size.
it.each([
  ['landing', () => '/?as-a-stranger'],
  ['films', () => '/projects'],
  ['studio', () => film],
  ['player', () => `${film}/play`],
  ['shared film', () => shared],
  ['credits', () => '/credits'],
  ['account', () => '/account'],
  ['deletion of the account', () => '/account/deletion'],
  ['invitation', () => '/referral'],
  ['device check', () => '/diagnostics'],
  ['missing page', () => '/nowhere'],
])('the page does not scroll sideways in any size: %s', async (_page, path) => {
  await page.goto(echoes.origin + path());
  await page.locator('h1').first().waitFor();
  for (const [name, viewport, textPercent] of sizes) {
    await hold(viewport, textPercent);
    expect([name, await sticksOut()]).toEqual([name, []]);
  }
});

it.each([
  ['a clip', () => `${film}?clip=${clipIds[1]}`],
  ['a clip that failed', () => `${film}?clip=${clipIds[0]}`],
  ['all clips', () => `${film}?clips=all`],
  ['music', () => `${film}?choose=music`],
  ['shape', () => `${film}?choose=shape`],
  ['length', () => `${film}?choose=length`],
  ['share link', () => `${film}?share=`],
  ['buying', () => `${film}?buy=`],
  ['name of a film', () => `/projects?film=${film.split('/').at(-1)}`],
  ['erasure', () => '/account?erase='],
  ['signing out', () => '/account?leave=/sign-out'],
])('the sheet keeps "Close" in reach and does not scroll sideways in any size: %s', async (_sheet, path) => {
  await page.goto(echoes.origin + path());
  const sheet = page.locator('dialog.sheet[open]');
  await sheet.locator('label, p, li, button').nth(2).waitFor();
  const close = sheet.getByRole('button', { name: 'Close' });
  for (const [name, viewport, textPercent] of sizes) {
    await hold(viewport, textPercent);
    const isInReach = async () => {
      const box = await close.boundingBox();
      const { width, height } = viewport;
      return box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
    };
    await expect.poll(isInReach, { message: name }).toBe(true);
    expect([name, await sticksOut()]).toEqual([name, []]);
    // Everything can be scrolled to, and the head stays.
    await sheet.locator('button, input, summary').last().scrollIntoViewIfNeeded();
    expect([name, await isInReach()]).toEqual([name, true]);
    // Nothing covers it.
    const isOnTop = await close.evaluate((button) => {
      const { left, top, width, height } = button.getBoundingClientRect();
      return button.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    });
    expect([name, isOnTop]).toEqual([name, true]);
  }
  await close.tap();
  await sheet.waitFor({ state: 'detached' });
});
