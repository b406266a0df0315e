// The studio before its scripts run: what is picked, pressed and typed meanwhile is done once they do.
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, phone, photosToBring, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';
import { keptPhotos } from './support/kept-photos.ts';

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
/** A film with two clips. */
let address: string;

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  // A service worker answers before the routes that hold the scripts back.
  context = await profile(browser, { ...phone, serviceWorkers: 'block' });
  const page = await context.newPage();
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  address = await newFilm(page);
  await page.getByLabel('Add photos').first().setInputFiles(photosToBring.slice(0, 2));
  await page.locator('[data-clip-status="still"]').nth(1).waitFor();
  await page.close();
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

async function newFilm(page: Page): Promise<string> {
  await page.goto(`${echoes.origin}/projects`);
  await startFilm(page);
  return page.url();
}

/** A page of the film whose entry script is held back until `run`. */
async function heldBack(film: string) {
  const page = await context.newPage();
  let run = () => {};
  const runs = new Promise<void>((done) => {
    run = done;
  });
  await page.route(/\/assets\/entry\.client-/, async (route) => {
    await runs;
    await route.continue().catch(() => undefined);
  });
  await page.goto(film, { waitUntil: 'commit' });
  await page.getByLabel('Add photos').first().waitFor({ state: 'attached' });
  return { page, run };
}

const stills = (page: Page) => page.locator('[data-clip-status="still"]').count();
const isHere = (page: Page) => page.getByText('Your photos are here.').waitFor();

describe('photos that are picked before the page’s scripts run', () => {
  it('photos given before the scripts run join the film, from the input, the picker, a drop and a paste', async () => {
    const setUp = await context.newPage();
    const film = await newFilm(setUp);
    await setUp.close();
    const { page, run } = await heldBack(film);
    await page
      .getByLabel('Add photos')
      .first()
      .setInputFiles(photosToBring[0] as string);
    await isHere(page);
    // A second pick replaces what the input holds.
    await page
      .getByLabel('Add photos')
      .first()
      .setInputFiles(photosToBring[1] as string);
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose the photos for your film' }).tap(),
    ]);
    await chooser.setFiles(photosToBring[2] as string);
    for (const [kind, path] of [
      ['drop', photosToBring[3]],
      ['paste', scenePhotos({ small: true })[0]],
    ] as const)
      await page.evaluate(
        ([base64, how]) => {
          const files = new DataTransfer();
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          files.items.add(new File([bytes], `${how}.jpg`, { type: 'image/jpeg' }));
          const init = { bubbles: true, cancelable: true };
          const event =
            how === 'drop'
              ? new DragEvent('drop', { ...init, dataTransfer: files })
              : new ClipboardEvent('paste', { ...init, clipboardData: files });
          document.body.dispatchEvent(event);
          // A drop that is not prevented opens the file in place of the page.
          if (how === 'drop' && !event.defaultPrevented) throw new Error('the drop would leave the page');
        },
        [readFileSync(path as string).toString('base64'), kind] as const,
      );
    expect(await page.locator('[data-upload-state]').count()).toBe(0);
    run();
    await expect.poll(() => stills(page)).toBe(5);
    await page.getByText('Your photos are here.').waitFor({ state: 'hidden' });
    await page.close();
  });

  it('photos given where the scripts never came join the film after a reload', async () => {
    const setUp = await context.newPage();
    const film = await newFilm(setUp);
    await setUp.close();
    const { page } = await heldBack(film);
    await page.getByLabel('Add photos').first().setInputFiles(photosToBring.slice(0, 2));
    await isHere(page);
    await expect.poll(() => keptPhotos({ page, projectId: film.split('/').at(-1) as string })).toBe(2);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.goto(film);
    await expect.poll(() => stills(page)).toBe(2);
    await page.close();
  });
});

describe('a control that is pressed before the page’s scripts run', () => {
  const firstCard = (page: Page) => page.locator('[data-clip-status="still"]').first().getByRole('button').first();

  it('every control that is pressed before the scripts run is served by the browser or remembered', async () => {
    const { page, run } = await heldBack(address);
    const dead = await page.evaluate(() => {
      const controls = [...document.querySelectorAll('button, input, select, textarea')];
      const served = '[type=submit], [popovertarget], [data-at-once], [type=file], :disabled';
      return controls
        .filter((control) => !control.matches(served))
        .filter((control) => {
          if (control.matches('input, textarea')) return false;
          control.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
          return control.getAttribute('aria-busy') !== 'true';
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 160));
    });
    expect(dead).toEqual([]);
    await page.close();
    run();
  });

  it('a press on a clip before the scripts run opens it once', async () => {
    const { page, run } = await heldBack(address);
    await firstCard(page).tap();
    await firstCard(page).tap();
    expect(await firstCard(page).getAttribute('aria-busy')).toBe('true');
    run();
    await page.getByRole('dialog', { name: 'Clip 1 of 2' }).waitFor();
    expect(await firstCard(page).getAttribute('aria-busy')).toBeNull();
    await page.close();
  });

  it('two presses on Move before the scripts run move a clip by one position', async () => {
    const { page, run } = await heldBack(address);
    const order = () =>
      page.locator('[data-clip-id]').evaluateAll((cards) => cards.map((card) => (card as HTMLElement).dataset.clipId));
    const [first, second] = await order();
    const later = page.getByRole('button', { name: 'Move later' }).first();
    await later.tap();
    await later.tap();
    run();
    await expect.poll(order).toEqual([second, first]);
    await page.close();
  });

  it('a title that was typed before the scripts run is kept', async () => {
    const { page, run } = await heldBack(address);
    await page.getByRole('textbox', { name: 'Title of the film' }).fill('By the sea');
    await page.getByRole('button', { name: 'Shape' }).tap();
    run();
    await page.getByRole('dialog', { name: /shape/i }).waitFor();
    await page.close();
    const again = await context.newPage();
    await expect
      .poll(async () => {
        await again.goto(address);
        return again.getByRole('textbox', { name: 'Title of the film' }).inputValue();
      })
      .toBe('By the sea');
    await again.close();
  });

  it('presses on Bring to life before the scripts run pay once', async () => {
    const { page, run } = await heldBack(address);
    const bring = page.getByRole('button', { name: /^Bring 1 to life/ });
    await bring.tap();
    await bring.tap();
    run();
    await page.locator('[data-clip-status="generating"], [data-clip-status="ready"]').first().waitFor();
    await page.locator('[data-credit-balance="0"]').first().waitFor();
    const db = await echoes.worker.getD1Database('DB');
    const { results } = await db.prepare('SELECT id FROM generations').all();
    expect(results).toHaveLength(1);
    await page.close();
  });
});
