// The service worker in a browser: the offline page, an update that takes over, and the repair of one that is broken.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeFindings, launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { brokenWorker } from './support/broken-worker.ts';

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  echoes = await startEchoes({ scripts: { '/broken-sw.js': brokenWorker } });
  browser = await launchBrowser();
  context = await profile(browser, { ...phone, savesData: true });
  page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await controlled();
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

/** Resolves when the page's service worker is active and answers for the page. */
const controlled = () =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller)
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
  });

/** Puts the broken worker in place of ours, and waits until it answers. */
const breakWorker = () =>
  page.evaluate(async () => {
    const changed = new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    );
    await navigator.serviceWorker.register('/broken-sw.js', { scope: '/' });
    await changed;
  });

it('without a network a page is the offline page, which names the way to a repair', async () => {
  await context.setOffline(true);
  await page.goto(`${echoes.origin}/projects`);
  await page.getByRole('heading', { name: 'No connection' }).waitFor();
  expect(await page.getByRole('link', { name: 'Repair Echoes in this browser' }).getAttribute('href')).toBe('/repair');
  expect(await axeFindings(page)).toEqual([]);
  await context.setOffline(false);
  await page.goto(`${echoes.origin}/projects`);
  await page.getByRole('button', { name: 'New film' }).first().waitFor();
});

it('a page under a broken worker does not open, and the repair page removes the worker and its caches', async () => {
  await breakWorker();
  // The navigation fails before Chromium shows its own page of the failure, which would interrupt the next navigation.
  const failureShown = page.waitForEvent('framenavigated', (frame) => frame.url().startsWith('chrome-error:'));
  await expect(page.goto(`${echoes.origin}/projects`)).rejects.toThrow('ERR_FAILED');
  await failureShown;

  await page.goto(`${echoes.origin}/repair`);
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Repair' }).tap();
  await page.getByText('Done.').waitFor();
  expect(
    await page.evaluate(async () => [
      (await navigator.serviceWorker.getRegistrations()).length,
      (await caches.keys()).length,
    ]),
  ).toEqual([0, 0]);
  expect(await axeFindings(page)).toEqual([]);

  // The session remains, and a working service worker is installed again.
  await page.getByRole('link', { name: 'Open my films' }).tap();
  await page.getByRole('button', { name: 'New film' }).first().waitFor();
  await controlled();
  expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toBe(`${echoes.origin}/sw.js`);
});

it('a deployed worker takes over from a broken one, and removes the caches of earlier versions', async () => {
  await page.evaluate(() => caches.open('echoes-assets-0'));
  await breakWorker();
  // The browser updates the registration at each load of a page; the request bypasses the service worker.
  await page.evaluate(async () => {
    const changed = new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    );
    await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
    await changed;
  });
  await page.goto(`${echoes.origin}/projects`);
  await page.getByRole('button', { name: 'New film' }).first().waitFor();
  await expect.poll(() => page.evaluate(() => caches.keys())).not.toContain('echoes-assets-0');
});
