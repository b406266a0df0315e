// Each script that a page loads later is lost once: the page stays usable, says so, and goes on when the script arrives.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, phone, photosToBring, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';

/** An action for each script that is not loaded with its page. */
const lazyScripts: Readonly<Record<string, string>> = {
  'buying-sheet': 'sheet, below',
  'clip-panel': 'sheet, below',
  'film-choices': 'sheet, below',
  'share-sheet': 'sheet, below',
  'strip-sortable': 'moving clips, below',
  'upload-queue.client': 'photo-faults.test.ts',
  'prepare.worker': 'photo-faults.test.ts',
  'heic.worker': 'photo-faults.test.ts',
  'heic.client': 'as heic.worker, where no worker comes',
  libheif: 'photo-faults.test.ts',
  'sequential-player.client': 'player',
  'shared-film.worker': 'player',
  'plot.client': 'admin',
  'examine.client': 'the check of a device, below',
  'repair.client': 'the check of a device, below',
};

const assets = resolve(import.meta.dirname, '../build/client/assets');
const nameOf = (file: string) => file.replace(/-[\w-]{8}\.(js|wasm)$/, '');

/** Scripts and programs that another script of the build names, but does not import with itself. */
function lazyInBuild(): string[] {
  const files = readdirSync(assets).filter((file) => file.endsWith('.js'));
  const found = files.flatMap((file) => {
    const text = readFileSync(resolve(assets, file), 'utf8');
    return [...text.matchAll(/import\("\.\/([^"]+)"\)|([\w.-]*worker-[\w-]{8}\.js|[\w.-]+-[\w-]{8}\.wasm)"/g)].map(
      ([, imported, named]) => (imported ?? named) as string,
    );
  });
  return [...new Set(found.map(nameOf))].sort();
}

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** Names of scripts whose requests fail now. */
const lost = new Set<string>();

/** Lets a page's requests for what is lost fail. */
const loseScripts = (page: Page) =>
  page.route(/\/assets\//, (route) =>
    lost.has(nameOf(new URL(route.request().url()).pathname.split('/').at(-1) as string))
      ? route.abort()
      : route.continue(),
  );

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  // A service worker answers before the routes that fail the scripts.
  context = await profile(browser, { ...phone, serviceWorkers: 'block' });
  page = await context.newPage();
  await loseScripts(page);
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await page.getByRole('button', { name: 'New film' }).first().tap();
  await page.waitForURL(/\/projects\/prj_\w+$/);
  lost.add('strip-sortable');
  await page.reload();
  await page.getByLabel('Add photos').first().setInputFiles(photosToBring.slice(0, 2));
  await page.locator('[data-clip-status="still"]').nth(1).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

describe('a script that is lost once', () => {
  it('every script that the build loads later has a test of its loss', () => {
    expect(lazyInBuild()).toEqual(Object.keys(lazyScripts).sort());
  });

  /** The strip can be dragged once the page's scripts run. */
  const isAlive = () => page.getByRole('button', { name: /^Drag/ }).first().waitFor();
  const tapCard = () => page.locator('[data-clip-status="still"]').first().getByRole('button').first().tap();
  const sheets: [string, string | RegExp, () => Promise<unknown>][] = [
    ['clip-panel', 'Clip 1 of 2', tapCard],
    ['film-choices', /music/i, () => page.getByRole('button', { name: 'Music' }).tap()],
    ['share-sheet', 'Share this film', () => page.getByRole('button', { name: 'Share' }).first().tap()],
  ];

  it.each(sheets)('a lost script is loaded again by a press: %s', async (script, title, open) => {
    lost.add(script);
    await open();
    const note = page.getByRole('alert').filter({ hasText: 'did not load' });
    await note.waitFor();
    // The studio stays usable.
    expect(await page.locator('[data-clip-status="still"]').count()).toBe(2);
    await note.getByRole('button', { name: 'Try again' }).tap();
    await note.waitFor();
    lost.delete(script);
    await note.getByRole('button', { name: 'Try again' }).tap();
    await page.getByRole('dialog', { name: title }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: title }).waitFor({ state: 'hidden' });
  });

  it('a lost script is loaded again when the connection is back: buying-sheet', async () => {
    lost.add('buying-sheet');
    const address = page.url();
    await page.goto(`${address}?buy=`);
    lost.delete('buying-sheet');
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.getByRole('dialog', { name: 'Credits for this film' }).waitFor();
    await page.goto(address);
  });

  it('a lost script of an earlier deployment reloads the page once, and not while a person types', async () => {
    // A profile of its own: a browser may still have in memory what it has loaded before.
    const address = page.url().replace(/\?.*/, '');
    const device = await profile(browser, { ...phone, serviceWorkers: 'block' });
    await device.addCookies(await context.cookies());
    await page.close();
    page = await device.newPage();
    await loseScripts(page);
    let isOld = true;
    await page.route(/\/assets\/manifest-/, (route) =>
      isOld && route.request().method() === 'HEAD' ? route.fulfill({ status: 404 }) : route.continue(),
    );
    let loads = 0;
    const count = () => void loads++;
    page.on('domcontentloaded', count);
    lost.clear();
    lost.add('clip-panel');
    await page.goto(address);
    await isAlive();
    const title = page.getByRole('textbox', { name: 'Title of the film' });
    await title.focus();
    // A click by script leaves the focus where it is.
    const card = page.locator('[data-clip-status="still"]').first().getByRole('button').first();
    await card.evaluate((button: HTMLElement) => button.click());
    await page.getByRole('alert').filter({ hasText: 'did not load' }).waitFor();
    expect(loads).toBe(1);
    await title.blur();
    await expect.poll(() => loads).toBe(2);
    // The script stays lost and the deployment stays older: the page opens the clip again, and does not reload twice.
    await page.getByRole('alert').filter({ hasText: 'did not load' }).waitFor();
    isOld = false;
    lost.delete('clip-panel');
    await page.getByRole('button', { name: 'Try again' }).tap();
    await page.getByRole('dialog', { name: 'Clip 1 of 2' }).waitFor();
    expect(loads).toBe(2);
    page.off('domcontentloaded', count);
  });

  it('an act whose address has moved reloads a page of an earlier deployment once, and what was typed comes back', async () => {
    const device = await profile(browser, { ...phone, serviceWorkers: 'block' });
    await device.addCookies(await context.cookies());
    const tab = await device.newPage();
    let isOld = true;
    await tab.route(/\/clips\/\w+\/details$/, (route) => (isOld ? route.fulfill({ status: 404 }) : route.continue()));
    await tab.route(/\/assets\/manifest-/, (route) =>
      isOld && route.request().method() === 'HEAD' ? route.fulfill({ status: 404 }) : route.continue(),
    );
    let loads = 0;
    tab.on('domcontentloaded', () => void loads++);
    await tab.goto(page.url().replace(/\?.*/, ''));
    await tab.getByRole('button', { name: /^Drag/ }).first().waitFor();
    await tab.locator('[data-clip-status="still"]').first().getByRole('button').first().tap();
    await tab.waitForURL(/clip=/);
    const clipUrl = tab.url();
    const isAsked = tab.waitForRequest(/\/assets\/manifest-/);
    await tab.getByLabel(/own words/i).fill('The kite climbs over the dunes.');
    await isAsked;
    // The sheet is open: the page waits.
    expect(loads).toBe(1);
    await tab.keyboard.press('Escape');
    await expect.poll(() => loads).toBe(2);
    isOld = false;
    await tab.getByRole('button', { name: /^Drag/ }).first().waitFor();
    expect(loads).toBe(2);
    await tab.goto(clipUrl);
    await expect
      .poll(() => tab.getByLabel(/own words/i).inputValue(), { timeout: 20_000 })
      .toBe('The kite climbs over the dunes.');
    const db = await echoes.worker.getD1Database('DB');
    const words = () => db.prepare("SELECT count(*) FROM clips WHERE words LIKE 'The kite %'").first('count(*)');
    await expect.poll(words).toBe(1);
    await device.close();
  });

  it('without a lost script clips keep their order, and can be dragged once it has arrived: strip-sortable', async () => {
    lost.add('strip-sortable');
    await page.reload();
    await page.getByRole('button', { name: 'Move later' }).first().waitFor();
    lost.delete('strip-sortable');
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await isAlive();
  });

  it.each(['examine.client', 'repair.client'])('the check of a device waits for a lost script: %s', async (script) => {
    // A page of its own: one that has loaded the script has it in memory.
    const device = await profile(browser, { ...phone, serviceWorkers: 'block' });
    await device.addCookies(await context.cookies());
    const check = await device.newPage();
    lost.add(script);
    await loseScripts(check);
    await check.goto(`${echoes.origin}/diagnostics`);
    await check.getByText('Waiting for the connection').waitFor();
    lost.delete(script);
    await check.evaluate(() => dispatchEvent(new Event('online')));
    await check.locator('[data-finding]').first().waitFor();
    await check.getByRole('button', { name: 'Repair this device' }).click();
    await check.getByText('Repaired.').first().waitFor();
    await device.close();
  });
});
