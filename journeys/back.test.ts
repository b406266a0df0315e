// Every sheet closes by Back, Escape, a swipe down and its button, and leaves no entry of the history behind; Back never
// returns into a player.
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, phone, profile, signIn, swipe } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

const photos = scenePhotos();

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let film = '';

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  context = await profile(browser, phone);
  page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  const db = await echoes.worker.getD1Database('DB');
  // Without credits the studio's next step is to play, and it offers to buy.
  await db
    .prepare(
      `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
       SELECT 'adjustment:journey', user_id, version + 1, -1, balance - 1, 'adjustment', 'journey', 1 FROM credit_accounts`,
    )
    .run();
  await page.reload();
  alike = await startFilm(page);
  const pair = [photos[0] as string, scenePhotos({ small: true })[0] as string];
  await page.getByLabel('Add photos').first().setInputFiles(pair);
  await page.locator('[data-alike]').waitFor();
  await page.goto(`${echoes.origin}/projects`);
  film = await startFilm(page);
  await page.getByLabel('Add photos').first().setInputFiles(photos.slice(0, 1));
  await page.locator('[data-clip-status="still"]').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const dialog = () => page.locator('dialog.sheet[open]');
const closed = () => dialog().waitFor({ state: 'detached' });
const settled = () => expect.poll(() => page.locator('[data-settling]').count()).toBe(0);
const button = (name: string | RegExp) => page.getByRole('button', { name }).first();

/** A film of two photos that look alike. */
let alike: string;

/** Each sheet, with the page that it opens on and what opens it. */
const sheets: [string, () => string, () => Locator][] = [
  ['a clip', () => film, () => page.locator('[data-clip-id]').first().getByRole('button').first()],
  ['the music', () => film, () => button(/^Music/)],
  ['the shape', () => film, () => button(/^Shape/)],
  ['the length', () => film, () => button(/^Length/)],
  ['the share link', () => film, () => button('Share')],
  ['photos that look alike', () => alike, () => page.locator('[data-alike]').getByRole('button').first()],
  ['all clips', () => alike, () => button('All clips')],
  ['buying', () => film, () => button('Buy credits')],
  ['the name of a film', () => '/projects', () => page.getByRole('link', { name: /^Rename or delete/ }).first()],
  ['the erasure', () => '/account', () => page.getByRole('link', { name: 'Erase what I deleted' })],
];

describe.each(sheets)('the sheet of %s', (_name, path, opener) => {
  it('closes by Back, Escape, a swipe down and its button, and leaves no entry behind', async () => {
    await page.goto(`${echoes.origin}/diagnostics`);
    await page.evaluate((there) => location.assign(there), path());
    await page.waitForURL(echoes.origin + path());
    await settled();
    const ways: [string, () => Promise<unknown>][] = [
      ['Back', () => page.goBack()],
      ['Escape', () => page.keyboard.press('Escape')],
      ['a swipe', () => swipe(page, { over: dialog().locator('.sheet-head'), by: { x: 0, y: 260 } })],
      ['Close', () => dialog().getByRole('button', { name: 'Close' }).tap()],
    ];
    for (const [, close] of ways) {
      await opener().tap();
      await dialog().waitFor();
      expect(page.url()).not.toBe(echoes.origin + path());
      await close();
      await closed();
      await page.waitForURL(echoes.origin + path());
    }
    // Back now leaves the page: no closed sheet stands in the way.
    await page.goBack();
    await page.waitForURL(`${echoes.origin}/diagnostics`);
  });

  it('opens by its address too, and then closes without leaving the page', async () => {
    await page.goto(echoes.origin + path());
    await settled();
    await opener().tap();
    await dialog().waitFor();
    const address = page.url();
    await page.goto(`${echoes.origin}/diagnostics`);
    await page.goto(address);
    await dialog().waitFor();
    await dialog().getByRole('button', { name: 'Close' }).tap();
    await closed();
    await page.waitForURL(echoes.origin + path());
  });
});

describe('a player', () => {
  const state = (name: string) => page.locator(`[data-film-state="${name}"]`).waitFor();
  /** Before its scripts run, the link to the player is a plain one: the film then waits for a tap. */
  const runs = () => page.getByRole('button', { name: /^Drag/ }).first().waitFor();

  it('that has grown over the studio closes by Back, and a sheet over it before it', async () => {
    await page.goto(`${echoes.origin}/projects`);
    await page.goto(echoes.origin + film);
    await runs();
    await page.locator('.film').getByRole('button', { name: 'Play film' }).tap();
    await state('ended');
    await page.locator('.film').getByRole('button', { name: 'Share' }).tap();
    await dialog().waitFor();
    await page.goBack();
    await closed();
    await page.locator('dialog.film[open]').waitFor();
    await page.goBack();
    await page.locator('dialog.film:not([open])').waitFor();
    expect(page.url()).toBe(echoes.origin + film);
    await page.goBack();
    await page.waitForURL(`${echoes.origin}/projects`);
  });

  it.each([
    ['its button', () => page.locator('.film').getByRole('button', { name: 'Close' }).tap()],
    ['Escape', () => page.keyboard.press('Escape')],
    ['Back', () => page.goBack()],
  ])('on a page of its own is left by %s, and Back does not return into it', async (_name, leave) => {
    await page.goto(`${echoes.origin}/projects`);
    await page.goto(echoes.origin + film);
    await runs();
    await page.getByRole('link', { name: 'Play film' }).tap();
    await state('playing');
    await leave();
    await page.waitForURL(echoes.origin + film);
    await page.locator('[data-clip-status]').first().waitFor();
    await page.goBack();
    await page.waitForURL(`${echoes.origin}/projects`);
  });

  it('whose address was opened is left for its film, and Back does not return into it', async () => {
    await page.goto(`${echoes.origin}/projects`);
    await page.goto(`${echoes.origin}${film}/play`);
    await page.locator('.film').getByRole('button', { name: 'Close' }).tap();
    await page.waitForURL(echoes.origin + film);
    await page.goBack();
    await page.waitForURL(`${echoes.origin}/projects`);
  });
});
