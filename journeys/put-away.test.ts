// A studio that a phone put away: its socket is dead without a word, and the page is to be right when it comes back.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { desktop, launchBrowser, phone, photosToBring, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

let echoes: RunningEchoes;
let browser: Browser;
let onPhone: Page;
let onLaptop: Page;
/** The phone's sockets. What is sent through a deaf one never arrives. */
const sockets: { isDeaf: boolean }[] = [];

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  onPhone = await (await profile(browser, { ...phone, savesData: true, serviceWorkers: 'block' })).newPage();
  await onPhone.routeWebSocket(/\/live$/, (socket) => {
    const mine = { isDeaf: false };
    sockets.push(mine);
    socket.connectToServer().onMessage((message) => {
      if (!mine.isDeaf) socket.send(message);
    });
  });
  await signIn(onPhone, { origin: echoes.origin, name: 'Grace Guest' });
  await startFilm(onPhone);
  await onPhone.getByLabel('Add photos').first().setInputFiles(photosToBring.slice(0, 1));
  await onPhone.locator('[data-clip-status="still"]').first().waitFor();
  const laptop = await profile(browser, { ...desktop, savesData: true });
  await laptop.addCookies(await onPhone.context().cookies());
  onLaptop = await laptop.newPage();
  await onLaptop.goto(onPhone.url());
  await onLaptop.locator('[data-clip-status="still"]').first().waitFor();
  await onPhone.clock.install();
  await onPhone.reload();
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const title = (page: Page) => page.getByRole('textbox', { name: 'Title of the film' });

it('a studio that comes back from the page cache is loaded anew, and shows what it missed', async () => {
  const saved = onLaptop.waitForResponse(/\/projects\/\w+\/details$/);
  await title(onLaptop).fill('The film that was put away');
  await title(onLaptop).press('Enter');
  await saved;
  const loaded = onPhone.waitForEvent('load');
  await onPhone.evaluate(() => {
    queueMicrotask(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  });
  await loaded;
  await expect.poll(() => title(onPhone).inputValue()).toBe('The film that was put away');
});

it.each([
  ['was frozen and is resumed', () => document.dispatchEvent(new Event('resume'))],
  ['is seen again', () => document.dispatchEvent(new Event('visibilitychange'))],
])('a studio that %s finds its dead socket within ten seconds, and shows what it missed', async (what, comeBack) => {
  // One of the first page, one of the page with a clock of its own.
  await expect.poll(() => sockets.length).toBeGreaterThan(1);
  for (const socket of sockets) socket.isDeaf = true;
  const before = sockets.length;
  await title(onLaptop).fill(`The film that ${what}`);
  const isSaved = onLaptop.waitForResponse(/\/projects\/\w+\/details$/);
  await title(onLaptop).press('Enter');
  await isSaved;
  expect(await title(onPhone).inputValue()).not.toContain(what);
  await onPhone.evaluate(comeBack);
  await onPhone.clock.fastForward(11_000);
  // A page that only waits for its next ping takes 40 s.
  await expect.poll(() => sockets.length, { timeout: 15_000 }).toBeGreaterThan(before);
  await expect.poll(() => title(onPhone).inputValue()).toBe(`The film that ${what}`);
});

it('a studio that the phone discarded opens at the same clip, with what was typed and not saved yet', async () => {
  await onPhone.locator('[data-clip-status="still"]').first().getByRole('button').first().tap();
  await onPhone.waitForURL(/clip=/);
  await onPhone.route(/\/clips\/\w+\/details$/, (route) => route.abort());
  const isAsked = onPhone.waitForRequest(/\/clips\/\w+\/details$/);
  await onPhone.getByLabel(/own words/i).fill('The tide comes in.');
  await isAsked;
  await onPhone.unroute(/\/clips\/\w+\/details$/);
  const isSaved = onPhone.waitForResponse((response) => /\/details$/.test(response.url()) && response.ok());
  await onPhone.reload();
  await isSaved;
  expect(
    await onPhone
      .getByRole('dialog')
      .getByLabel(/own words/i)
      .inputValue(),
  ).toBe('The tide comes in.');
});
