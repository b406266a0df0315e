// Each request of a page is lost once, before the server has acted or after it: the page that stands is kept, what was done
// is done once, and the page says what is not up to date.
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

const photos = scenePhotos();

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
});
afterEach(() => context.close());
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const one = async (sql: string) => (await (await echoes.worker.getD1Database('DB')).prepare(sql).first('n')) as number;
const cards = (status = '') => page.locator(status ? `[data-clip-status="${status}"]` : '[data-clip-status]');
const settled = () => expect.poll(() => page.locator('[data-settling]').count()).toBe(0);
const errorPage = () => page.getByRole('link', { name: /Load the page again/ });

/** Opens a film of three photos as this person, with credits. */
async function begin(name: string): Promise<void> {
  // A service worker's requests pass the routes that lose them.
  context = await profile(browser, { ...phone, serviceWorkers: 'block' });
  page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name });
  await page.waitForLoadState('networkidle');
}

/**
 * Loses the answer to each kind of request once. What is lost, and how often it was asked again, is in the returned map.
 * Documents, pictures and scripts are not lost here (lost-scripts.test.ts), nor are uploads (photo-faults.test.ts).
 */
async function loseEachOnce(when: 'before' | 'after'): Promise<Map<string, number>> {
  const asked = new Map<string, number>();
  await page.route('**/*', async (route: Route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    const isOurs = request.resourceType() === 'fetch' && !/^\/(uploads|media|live|assets|music)/.test(pathname);
    if (!isOurs) return route.fallback();
    const kind = `${request.method()} ${pathname.replace(/[a-z]{3}_[0-9A-Z]{26}/g, ':id')}`;
    const times = (asked.get(kind) ?? 0) + 1;
    asked.set(kind, times);
    if (times > 1) return route.fallback();
    if (when === 'after') await route.fetch();
    await route.abort('connectionreset');
  });
  return asked;
}

describe.each([
  ['before the server has acted', 'before', 'Grace Guest'],
  ['after the server has acted', 'after', 'Ada Admin'],
] as const)('each request lost once, %s', (_when, when, name) => {
  it('a film is made, brought to life, judged, arranged, shared, renamed and deleted, each once', async () => {
    await begin(name);
    const me = `(SELECT user_id FROM sessions ORDER BY created_at DESC LIMIT 1)`;
    const db = await echoes.worker.getD1Database('DB');
    await db
      .prepare(
        `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
         SELECT 'adjustment:' || user_id, user_id, version + 1, 9, balance + 9, 'adjustment', 'journey', 1
         FROM credit_accounts WHERE user_id = ${me}`,
      )
      .run();
    const asked = await loseEachOnce(when);
    const never = page.locator('main').filter({ has: errorPage() });

    const film = await startFilm(page);
    expect(await one(`SELECT count(*) AS n FROM projects WHERE user_id = ${me}`)).toBe(1);
    await page.getByLabel('Add photos').first().setInputFiles(photos.slice(0, 3));
    await cards('still').nth(2).waitFor();

    await cards().first().getByRole('button').first().tap();
    await settled();
    await page.getByLabel(/own words/i).fill('The wind moves the leaves.');
    await page.getByRole('button', { name: /^Bring to life/ }).tap();
    await page.getByRole('button', { name: 'Approve' }).tap();
    await expect
      .poll(() => one(`SELECT count(*) AS n FROM clips WHERE approved_generation_id IS NOT NULL AND user_id = ${me}`))
      .toBe(1);
    expect(await one(`SELECT count(*) AS n FROM generations WHERE user_id = ${me}`)).toBe(1);
    expect(
      await one(`SELECT count(*) AS n FROM generations WHERE words = 'The wind moves the leaves.' AND user_id = ${me}`),
    ).toBe(1);
    await expect
      .poll(() => page.locator('[data-credit-balance]').first().getAttribute('data-credit-balance'))
      .toBe('9');

    // A few at once, and stopped.
    await db
      .prepare(`UPDATE clips SET words = '[[HANG]]' WHERE latest_generation_id IS NULL AND user_id = ${me}`)
      .run();
    await settled();
    await page.getByRole('button', { name: /^Bring 2 to life/ }).tap();
    await page.getByRole('button', { name: 'Stop all 2' }).tap();
    await expect.poll(() => cards('still').count()).toBe(2);
    await expect.poll(() => one(`SELECT balance AS n FROM credit_accounts WHERE user_id = ${me}`)).toBe(9);
    expect(await one(`SELECT count(*) AS n FROM generations WHERE user_id = ${me}`)).toBe(3);

    const order = () =>
      page.locator('[data-clip-id]').evaluateAll((all) => all.map((card) => card.getAttribute('data-clip-id')));
    const [a, b, c] = await order();
    await page.getByRole('button', { name: 'Move later' }).first().tap();
    await expect
      .poll(async () =>
        (await db.prepare(`SELECT id FROM clips WHERE user_id = ${me} ORDER BY position`).all()).results.map(
          ({ id }) => id,
        ),
      )
      .toEqual([b, a, c]);
    expect(await order()).toEqual([b, a, c]);

    // A new film has music, which the person can take away.
    await page.getByRole('button', { name: 'Music: Evening light' }).tap();
    await page.getByRole('radio', { name: /^No music/ }).check();
    await expect
      .poll(() => one(`SELECT count(*) AS n FROM projects WHERE track_id IS NULL AND user_id = ${me}`))
      .toBe(1);
    await page.getByRole('button', { name: 'Close' }).tap();
    await page.getByRole('button', { name: 'Music: No music' }).waitFor();

    await page.getByRole('button', { name: 'Share' }).first().tap();
    await page.getByRole('button', { name: 'Make a link' }).tap();
    await page.getByLabel('Link to this film').waitFor();
    expect(await one(`SELECT count(*) AS n FROM shares WHERE user_id = ${me}`)).toBe(1);
    await page.getByRole('button', { name: 'Close' }).tap();

    await page
      .getByRole('link', { name: /My films|Echoes/ })
      .first()
      .tap();
    await page.getByRole('link', { name: /^Rename or delete / }).tap();
    await page.getByLabel('Title').fill('A day by the sea');
    await page.getByRole('button', { name: 'Save' }).tap();
    await page.getByRole('link', { name: 'A day by the sea', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Rename or delete A day by the sea' }).tap();
    await page.getByRole('button', { name: 'Delete film' }).tap();
    await page.getByRole('button', { name: 'Undo' }).tap();
    await page.getByRole('link', { name: 'A day by the sea', exact: true }).tap();
    await page.waitForURL(new RegExp(`${film}$`));
    await cards().nth(2).waitFor();
    expect(await never.count()).toBe(0);

    // Every kind of request was lost, and asked again.
    const kinds = [...asked.keys()].sort();
    expect(kinds).toEqual(
      expect.arrayContaining([
        'GET /projects.data',
        'GET /projects/:id.data',
        'POST /clips/:id/approval',
        'POST /clips/:id/details',
        'POST /clips/:id/generations',
        'POST /clips/:id/position',
        'POST /projects.data',
        'POST /projects/:id/cancellation',
        'POST /projects/:id/deletion.data',
        'POST /projects/:id/details',
        'POST /projects/:id/details.data',
        'POST /projects/:id/generations',
        'POST /projects/:id/shares',
      ]),
    );
    expect([...asked].filter(([, times]) => times < 2).map(([kind]) => kind)).toEqual([]);
  });
});

describe('without a network', () => {
  it('the studio stays, says so, saves a draft by itself once the network is back, and opens the page asked for', async () => {
    await begin('Grace Guest');
    await page.getByRole('link', { name: 'A day by the sea', exact: true }).tap();
    await cards().nth(2).waitFor();
    await cards('still').first().getByRole('button').first().tap();
    await settled();
    await context.setOffline(true);
    const strip = page.getByRole('status').filter({ hasText: /offline/ });
    await strip.waitFor();
    await page.getByLabel(/own words/i).fill('Snow falls.');
    await page.getByRole('button', { name: /^Bring to life/ }).tap();
    await page.getByRole('alert').filter({ hasText: 'nothing is paid twice' }).waitFor();
    expect(await cards().count()).toBe(3);
    await page.getByRole('button', { name: 'Close' }).tap();
    expect(await axeFindings(page)).toEqual([]);
    await page
      .getByRole('link', { name: /My films|Echoes/ })
      .first()
      .tap();
    await strip.filter({ hasText: 'goes on when you are back' }).waitFor();
    expect(await cards().count()).toBe(3);
    await context.setOffline(false);
    await page.waitForURL(`${echoes.origin}/projects`);
    await expect.poll(() => one("SELECT count(*) AS n FROM clips WHERE words = 'Snow falls.'")).toBe(1);
    expect(await one("SELECT count(*) AS n FROM generations WHERE words = 'Snow falls.'")).toBe(0);
    await expect
      .poll(() =>
        page
          .getByRole('status')
          .filter({ hasText: /offline|answer/ })
          .count(),
      )
      .toBe(0);
  });

  it('a server that fails does not replace a page that stands, which asks until it has its answer', async () => {
    await begin('Grace Guest');
    await page.getByRole('link', { name: 'A day by the sea', exact: true }).tap();
    await cards().nth(2).waitFor();
    let isDown = true;
    let failed = 0;
    await page.route('**/*.data*', (route) => {
      if (!isDown) return route.fallback();
      failed += 1;
      return route.fulfill({ status: 503, body: 'busy' });
    });
    await page.getByRole('button', { name: 'Move later' }).first().tap();
    // Coming back to the page loads it anew.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.reload({ waitUntil: 'commit' });
    await expect.poll(() => failed).toBeGreaterThan(3);
    await page.getByRole('status').filter({ hasText: 'No answer yet' }).waitFor();
    expect(await cards().count()).toBe(3);
    expect(await errorPage().count()).toBe(0);
    isDown = false;
    await expect.poll(() => page.getByRole('status').filter({ hasText: 'No answer yet' }).count()).toBe(0);
    expect(await cards().count()).toBe(3);
  });

  it('a form post that gets no answer at all leaves the page standing, which says so', async () => {
    await begin('Grace Guest');
    await page.route('**/projects.data', (route) =>
      route.request().method() === 'POST' ? route.abort('connectionreset') : route.fallback(),
    );
    await page.getByRole('button', { name: 'New film' }).first().tap();
    await page.getByRole('status').filter({ hasText: 'The answer was lost' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/projects');
    expect(await page.getByRole('link', { name: 'A day by the sea', exact: true }).count()).toBe(1);
    expect(await errorPage().count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.unroute('**/projects.data');
    await startFilm(page);
    await expect.poll(() => page.getByRole('status').filter({ hasText: 'The answer was lost' }).count()).toBe(0);
  });
});
