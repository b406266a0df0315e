// Screens that are small or have large text: no page scrolls sideways, and the head of every sheet, with "Close", stays in
// reach while its content scrolls.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, phone, profile, sideways, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

const photos = scenePhotos();

let echoes: RunningEchoes;
let browser: Browser;
let session: Awaited<ReturnType<BrowserContext['storageState']>>;
let film = '';
let shared = '';
let clipIds: string[];

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  const context = await profile(browser, phone);
  const page = await context.newPage();
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
  session = await context.storageState();
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const sizes = [
  ['320 px wide', { ...phone, viewport: { width: 320, height: 568 } }, 100],
  ['390 px wide under a browser’s bars', { ...phone, viewport: { width: 390, height: 664 } }, 100],
  ['390 px wide with text twice as large', phone, 200],
  ['held sideways', sideways, 100],
  ['held sideways with text twice as large', sideways, 200],
] as const;

describe.each(sizes)('a phone %s', (_name, kind, textPercent) => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await profile(browser, { ...kind, storageState: session });
    page = await context.newPage();
    await page.addInitScript((percent) => {
      document.addEventListener('DOMContentLoaded', () => {
        document.documentElement.style.fontSize = `${percent}%`;
      });
    }, textPercent);
  });
  afterAll(() => context.close());

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
  ])('the page does not scroll sideways: %s', async (_page, path) => {
    await page.goto(echoes.origin + path());
    await page.locator('h1').first().waitFor();
    expect(await sticksOut()).toEqual([]);
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
  ])('the sheet keeps "Close" in reach and does not scroll sideways: %s', async (_sheet, path) => {
    await page.goto(echoes.origin + path());
    const sheet = page.locator('dialog.sheet[open]');
    await sheet.locator('label, p, li, button').nth(2).waitFor();
    const close = sheet.getByRole('button', { name: 'Close' });
    const isInReach = async () => {
      const box = await close.boundingBox();
      const { width, height } = kind.viewport;
      return box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
    };
    await expect.poll(isInReach).toBe(true);
    expect(await sticksOut()).toEqual([]);
    // Everything can be scrolled to, and the head stays.
    await sheet.locator('button, input, summary').last().scrollIntoViewIfNeeded();
    expect(await isInReach()).toBe(true);
    await close.tap();
    await sheet.waitFor({ state: 'detached' });
  });
});
