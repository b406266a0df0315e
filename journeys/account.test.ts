// The account on a phone: signing out from the header, ending another device, deleting the account with a fresh sign-in, and
// taking it back.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let film = '';
let shared = '';

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  context = await profile(browser, { ...phone, savesData: true });
  page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  film = await startFilm(page);
  await page.getByLabel('Add photos').first().setInputFiles(scenePhotos().slice(0, 1));
  await page.locator('[data-clip-status="still"]').waitFor();
  const address = await page.evaluate(async (path) => {
    const asked = { method: 'POST', headers: { Accept: 'application/json' } };
    return ((await (await fetch(`${path}/shares`, asked)).json()) as { share: { url: string } }).share.url;
  }, film);
  shared = new URL(address).pathname;
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const open = (path: string) => page.goto(echoes.origin + path);
const at = (path: string) => page.waitForURL((url) => url.pathname === path);
const button = (name: string) => page.getByRole('button', { name, exact: true });
/** The last sign-in of this person is long ago, as Google has told it. */
async function makeStale(): Promise<void> {
  const db = await echoes.worker.getD1Database('DB');
  await db.prepare('UPDATE sessions SET authenticated_at = 1').run();
}
/** The status of an address for this browser, without following it. */
const statusOf = async (path: string) =>
  (await context.request.get(echoes.origin + path, { maxRedirects: 0 })).status();

describe('devices', () => {
  it('another device is signed out from the list, at once, and this one stays', async () => {
    const laptop = await profile(browser, { ...phone, savesData: true });
    const onLaptop = await laptop.newPage();
    await signIn(onLaptop, { origin: echoes.origin, name: 'Grace Guest' });
    await onLaptop.goto(echoes.origin + film);
    await open('/account');
    const others = page.getByRole('listitem').filter({ hasText: 'Last here' });
    await others.getByRole('button', { name: /^Sign out: / }).tap();
    await page.getByText('That device is signed out.').waitFor();
    await onLaptop.waitForURL((url) => url.pathname === '/', { timeout: 5_000 });
    expect(await others.count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await laptop.close();
  });

  it('the menu of the header opens by a tap, closes by Escape, and signs out', async () => {
    await open('/credits');
    const menu = page.locator('header summary');
    await menu.tap();
    await button('Sign out').waitFor();
    await page.keyboard.press('Escape');
    await button('Sign out').waitFor({ state: 'hidden' });
    await menu.tap();
    expect(await axeFindings(page)).toEqual([]);
    await button('Sign out').tap();
    await at('/');
    expect(await statusOf('/projects')).toBe(302);
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  });
});

describe('the deletion of an account', () => {
  it('the deletion of an account asks for a fresh sign-in, and refuses that of another Google account', async () => {
    await makeStale();
    await open('/account');
    await page.getByRole('link', { name: 'Delete account' }).tap();
    await at('/account/deletion');
    await page.getByText('Links you shared, which end').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await button('Delete account and films').count()).toBe(0);
    await button('Sign in again').tap();
    await page.getByRole('button', { name: 'Ada Admin' }).tap();
    await page.getByText('That was another Google account').waitFor();
    await button('Sign in again').tap();
    await page.getByRole('button', { name: 'Grace Guest' }).tap();
    await button('Delete account and films').waitFor();
  });

  it('an account whose deletion was asked for is shown to nobody, not to its person and not to visitors', async () => {
    const visitor = await profile(browser, { ...phone, savesData: true });
    const media = await (await visitor.newPage()).goto(echoes.origin + shared).then((answer) => answer?.status());
    expect(media).toBe(200);
    await button('Delete account and films').tap();
    await at('/');
    await page.getByText('Sign in within 7 days to take it back').waitFor();
    expect((await visitor.request.get(echoes.origin + shared)).status()).toBe(404);
    await visitor.close();

    await page.getByRole('button', { name: 'Continue with Google' }).first().tap();
    await page.getByRole('button', { name: 'Grace Guest' }).tap();
    await at('/account/deletion');
    await page.getByRole('heading', { name: /^Your account is being deleted on \d+ \w+ \d{4}$/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    for (const path of [film, '/projects', '/account', '/credits']) {
      await open(path);
      await at('/account/deletion');
    }
    await page.getByRole('link', { name: 'Delete it now' }).tap();
    await page.getByRole('dialog').getByText('It cannot be taken back any more').waitFor();
    await page.goBack();
    await page.locator('dialog.sheet[open]').waitFor({ state: 'detached' });
  });

  it('an account whose deletion is taken back is there again, with its film and its link', async () => {
    await button('Take it back').tap();
    await page.getByText('Your account is not deleted.').waitFor();
    await open(film);
    await page.locator('[data-clip-status="still"]').waitFor();
    expect(await statusOf(shared)).toBe(200);
  });

  it('an account whose deletion is made final leaves a new person at the next sign-in', async () => {
    await open('/account/deletion');
    await button('Delete account and films').tap();
    await at('/');
    await page.getByRole('button', { name: 'Continue with Google' }).first().tap();
    await page.getByRole('button', { name: 'Grace Guest' }).tap();
    await at('/account/deletion');
    await page.getByRole('link', { name: 'Delete it now' }).tap();
    await button('Delete for good').tap();
    await page.getByText('Your account and your films are deleted.').waitFor();
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
    expect(await statusOf(film)).toBe(404);
  });
});

describe('an admin whose sign-in is not fresh', () => {
  it('an admin whose sign-in is not fresh signs in again, sees what was sent, and sends it', async () => {
    await page.context().clearCookies();
    await signIn(page, { origin: echoes.origin, name: 'Ada Admin' });
    const db = await echoes.worker.getD1Database('DB');
    const ada = await db
      .prepare("SELECT user_id AS id, google_sub AS sub FROM profiles WHERE email = 'ada@echoes.test'")
      .first<{
        id: string;
        sub: string;
      }>();
    const isAdmin = await db.prepare('SELECT 1 FROM admins WHERE google_sub = ?1').bind(ada?.sub).first();
    if (!isAdmin) await db.prepare('INSERT INTO admins (google_sub, granted_at) VALUES (?1, 1)').bind(ada?.sub).run();
    await makeStale();
    await open(`/admin/people/${ada?.id}`);
    await page.getByText('Give or take credits').tap();
    await page.getByLabel('Credits', { exact: true }).fill('2');
    await page.locator('form[action$="/adjustments"] [name=reason]').fill('A film that was lost');
    await page.getByRole('button', { name: 'Change their credits' }).tap();
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    await page.getByText('A film that was lost').waitFor();
    await button('Sign in again').tap();
    await page.getByRole('button', { name: 'Ada Admin' }).tap();
    await page.getByRole('heading', { name: 'Carry on' }).waitFor();
    await page.getByText('A film that was lost').waitFor();
    await button('Do it now').tap();
    await at(`/admin/people/${ada?.id}`);
    const { n } = (await db.prepare('SELECT count(*) AS n FROM adjustments').first<{ n: number }>()) ?? { n: 0 };
    expect(n).toBe(1);
  });
});
