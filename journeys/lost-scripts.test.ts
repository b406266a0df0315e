// Each script and font that a page loads later is lost: the page stays usable, says so, and goes on when it arrives.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, phone, photosToBring, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

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
/** How often each lost script was requested. */
const asked = new Map<string, number>();
/** Pages that the running test has opened. */
const pages: Page[] = [];

/** Lets a page's requests for what is lost fail. */
const loseScripts = (page: Page) =>
  page.route(/\/assets\//, (route) => {
    const script = nameOf(new URL(route.request().url()).pathname.split('/').at(-1) as string);
    if (!lost.has(script)) return route.continue();
    asked.set(script, (asked.get(script) ?? 0) + 1);
    return route.abort();
  });

/** A page of its own: one that has loaded a script has it in memory. */
async function newPage(address: string): Promise<Page> {
  const on = await context.newPage();
  pages.push(on);
  await loseScripts(on);
  await on.goto(address);
  return on;
}

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  // A service worker answers before the routes that fail the scripts.
  context = await profile(browser, { ...phone, serviceWorkers: 'block' });
  page = await context.newPage();
  await loseScripts(page);
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await startFilm(page);
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
  /** The strip can be dragged once the page's scripts run. */
  const isAlive = (on = page) => on.getByRole('button', { name: /^Drag/ }).first().waitFor();
  const tapCard = (on: Page) => on.locator('[data-clip-status="still"]').first().getByRole('button').first().tap();
  const returns = (on: Page) => on.evaluate(() => dispatchEvent(new Event('online')));

  /** The sheet does not open and the studio stays; "Try again" opens it once its script comes. */
  const sheet = (title: string | RegExp, open: (on: Page) => Promise<unknown>) => async (script: string) => {
    const on = await newPage(page.url());
    await isAlive(on);
    await open(on);
    const note = on.getByRole('alert').filter({ hasText: 'did not load' });
    await note.waitFor();
    expect(await on.locator('[data-clip-status="still"]').count()).toBe(2);
    await note.getByRole('button', { name: 'Try again' }).tap();
    await note.waitFor();
    lost.delete(script);
    await note.getByRole('button', { name: 'Try again' }).tap();
    await on.getByRole('dialog', { name: title }).waitFor();
    await on.keyboard.press('Escape');
    await on.getByRole('dialog', { name: title }).waitFor({ state: 'hidden' });
  };

  /** A photo has its card, and becomes a clip: without the script, or once it comes. */
  const photo =
    (file: string, also: readonly string[] = []) =>
    async (script: string) => {
      const on = await newPage(`${echoes.origin}/projects`);
      await startFilm(on);
      for (const name of also) lost.add(name);
      await on.getByLabel('Add photos').first().setInputFiles(file);
      await on.locator('[data-upload-state]').or(on.locator('[data-clip-id]')).first().waitFor();
      if (waits.includes(script)) await on.getByText('Waiting for the connection').waitFor();
      lost.clear();
      await returns(on);
      await on.locator('[data-clip-status="still"]').waitFor();
    };
  /** Scripts without which no photo travels. */
  const waits = ['upload-queue.client', 'heic.client', 'libheif'];
  const [jpeg = ''] = photosToBring;
  const heic = resolve(import.meta.dirname, 'photos/iphone.heic');

  /** The check of a device waits for its script. */
  async function check(script: string) {
    const on = await newPage(`${echoes.origin}/diagnostics`);
    await on.getByText('Waiting for the connection').waitFor();
    lost.delete(script);
    await returns(on);
    await on.locator('[data-finding]').first().waitFor();
    await on.getByRole('button', { name: 'Repair this device' }).click();
    await on.getByText('Repaired.').first().waitFor();
  }

  /** A photo travels and its panel opens; its frame is proposed once the script comes. */
  async function look(script: string) {
    const on = await newPage(`${echoes.origin}/projects`);
    await startFilm(on);
    await on.getByLabel('Add photos').first().setInputFiles(jpeg);
    const card = on.locator('[data-clip-status="still"]');
    await card.waitFor();
    await expect.poll(() => asked.get(script) ?? 0).toBeGreaterThan(0);
    await card.getByRole('button').first().tap();
    await on.getByRole('button', { name: 'Adjust the frame' }).waitFor();
    const db = await echoes.worker.getD1Database('DB');
    const origin = () =>
      db
        .prepare('SELECT frame_origin AS n FROM clips WHERE id = ?')
        .bind(new URL(on.url()).searchParams.get('clip'))
        .first<string>('n');
    expect(await origin()).toBe('middle');
    lost.delete(script);
    await returns(on);
    await expect.poll(origin).toBe('proposed');
  }

  const filmState = (on: Page) => on.locator('[data-film-state]').first().getAttribute('data-film-state');

  /** What a person does with each script lost, and sees. A new script of the build needs a line here. */
  const journeys: Readonly<Record<string, (script: string) => Promise<void>>> = {
    'clip-panel': sheet('Clip 1 of 2', tapCard),
    'film-choices': sheet(/music/i, (on) => on.getByRole('button', { name: 'Music' }).tap()),
    'share-sheet': sheet('Share this film', (on) => on.getByRole('button', { name: 'Share' }).first().tap()),
    'upload-queue.client': photo(jpeg),
    'prepare.worker': photo(jpeg),
    'heic.worker': photo(heic),
    'heic.client': photo(heic, ['heic.worker']),
    libheif: photo(heic),
    'look.client': look,
    'look.worker': look,
    'examine.client': check,
    'repair.client': check,

    async choosing(script) {
      const on = await newPage(page.url());
      const note = on.getByRole('alert').filter({ hasText: 'did not load' });
      await note.waitFor();
      await isAlive(on);
      expect(await on.locator('[data-clip-status="still"]').count()).toBe(2);
      const looks = on.waitForRequest(/look\.client/);
      lost.delete(script);
      await returns(on);
      await looks;
      await note.waitFor({ state: 'hidden' });
    },

    async 'buying-sheet'(script) {
      const on = await newPage(`${page.url()}?buy=`);
      await on.getByRole('alert').filter({ hasText: 'did not load' }).waitFor();
      lost.delete(script);
      await returns(on);
      await on.getByRole('dialog', { name: 'Credits for this film' }).waitFor();
    },

    async uploads(script) {
      const on = await newPage(`${echoes.origin}/projects`);
      await expect.poll(() => asked.get(script) ?? 0).toBeGreaterThan(0);
      await on
        .getByRole('link', { name: /^Rename or delete/ })
        .first()
        .waitFor();
      const arrived = on.waitForResponse(/\/uploads-/);
      lost.delete(script);
      await returns(on);
      await arrived;
    },

    async 'project-details'(script) {
      const on = await newPage(`${echoes.origin}/projects`);
      await on
        .getByRole('link', { name: /^Rename or delete/ })
        .first()
        .tap();
      const note = on.getByRole('alert').filter({ hasText: 'did not load' });
      await note.waitFor();
      lost.delete(script);
      await note.getByRole('button', { name: 'Try again' }).tap();
      await on.getByRole('dialog', { name: 'This film' }).waitFor();
    },

    // The person stays signed in until the script has come, and is then signed out.
    async 'leaving-sheet'(script) {
      const another = await profile(browser, { ...phone, serviceWorkers: 'block' });
      const on = await another.newPage();
      await loseScripts(on);
      await signIn(on, { origin: echoes.origin, name: 'Ada Admin' });
      await on.goto(`${echoes.origin}/account`);
      await on.getByRole('main').locator('form[action="/sign-out"] button').tap();
      const note = on.getByRole('alert').filter({ hasText: 'did not load' });
      await note.waitFor();
      lost.delete(script);
      await note.getByRole('button', { name: 'Try again' }).tap();
      await on.getByRole('button', { name: 'Continue with Google' }).first().waitFor();
      await another.close();
    },

    async 'open-socket'(script) {
      const on = await newPage(page.url());
      await expect.poll(() => asked.get(script) ?? 0).toBeGreaterThan(0);
      await isAlive(on);
      const connected = on.waitForEvent('websocket');
      lost.delete(script);
      await returns(on);
      await connected;
    },

    async 'title-of-dates'(script) {
      const db = await echoes.worker.getD1Database('DB');
      await db.exec('UPDATE photos SET taken_at = 553262400000');
      const on = await newPage(page.url());
      await expect.poll(() => asked.get(script) ?? 0).toBeGreaterThan(0);
      await isAlive(on);
      lost.delete(script);
      await returns(on);
      await on.getByRole('button', { name: /^Call it “1[34] July 1987”/ }).waitFor();
      await db.exec('UPDATE photos SET taken_at = NULL');
    },

    async 'strip-sortable'(script) {
      const on = await newPage(page.url());
      await on.getByRole('button', { name: 'Move later' }).first().waitFor();
      lost.delete(script);
      await returns(on);
      await isAlive(on);
    },

    async 'sequential-player.client'(script) {
      const on = await newPage(page.url());
      await isAlive(on);
      await on.getByRole('button', { name: 'Play film' }).first().tap();
      await expect.poll(() => filmState(on)).toBe('loading');
      lost.delete(script);
      await returns(on);
      await expect.poll(() => filmState(on)).toBe('playing');
    },

    async 'shared-film.worker'(script) {
      const on = await newPage(page.url());
      const path = await on.evaluate(async () => {
        const answer = await fetch(`${location.pathname}/shares`, {
          method: 'POST',
          headers: { Accept: 'application/json' },
        });
        return new URL(((await answer.json()) as { share: { url: string } }).share.url).pathname;
      });
      await on.goto(echoes.origin + path);
      const play = on.getByRole('button', { name: 'Play film' }).first();
      await play.tap();
      // Asked for four times, then offered again.
      await expect.poll(() => asked.get(script)).toBe(4);
      await expect.poll(() => filmState(on)).toBe('paused');
      lost.delete(script);
      await play.tap();
      await expect.poll(() => filmState(on)).toBe('playing');
    },

    async 'plot.client'(script) {
      await echoes.appointAda();
      const admin = await profile(browser, { ...phone, serviceWorkers: 'block' });
      const on = await admin.newPage();
      await loseScripts(on);
      await signIn(on, { origin: echoes.origin, name: 'Ada Admin' });
      await on.goto(`${echoes.origin}/admin`);
      await on.getByText('The table below says the same.').first().waitFor();
      await expect.poll(() => asked.get(script) ?? 0).toBeGreaterThan(0);
      expect(await on.locator('canvas').count()).toBe(0);
      lost.delete(script);
      await returns(on);
      await on.locator('canvas').first().waitFor();
      await admin.close();
    },
  };

  it('no test of a lost script is about one that the build has not', () => {
    expect(Object.keys(journeys).filter((script) => !lazyInBuild().includes(script))).toEqual([]);
  });

  it.each(lazyInBuild())('a script of the build that is lost costs nothing: %s', async (script) => {
    lost.clear();
    asked.clear();
    lost.add(script);
    const journey = journeys[script];
    if (!journey) throw new Error(`${script} is loaded later, and no test loses it`);
    await journey(script);
    for (const each of pages.splice(0)) await each.close();
  });

  it('a page whose fonts are lost shows all of its words', async () => {
    lost.clear();
    const on = await context.newPage();
    await on.route(/\.woff2/, (route) => route.abort());
    await on.goto(page.url());
    await on.getByRole('button', { name: 'Move later' }).first().waitFor();
    const faces = await on.evaluate(async () => {
      await document.fonts.ready;
      return [...document.fonts].map(({ family, status, display }) => ({ family, status, display }));
    });
    // The device's own faces stand in. A face without `swap` would hide its words for three seconds.
    const ours = faces.filter(({ family }) => !family.endsWith('Fallback'));
    expect(ours.length).toBe(2);
    expect(ours.filter(({ status, display }) => status !== 'error' || display !== 'swap')).toEqual([]);
    await on.close();
  });

  it('a lost script of an earlier deployment reloads the page once, and not while a person types', async () => {
    // A new profile, since a browser keeps loaded scripts in memory.
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
});
