// A thumb that is quick and careless: every button of a clip's panel tapped twice in every state, swipes over the photo, and
// sheets that are closed in every way.
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
let clipIds: string[];
let film = '';
const wentWrong: string[] = [];

const one = async <T>(sql: string, ...values: string[]) =>
  (await (
    await echoes.worker.getD1Database('DB')
  )
    .prepare(sql)
    .bind(...values)
    .first('n')) as T;
const dialog = () => page.locator('dialog[open]');
const settled = () => expect.poll(() => page.locator('[data-settling]').count()).toBe(0);
const inPanel = (name: string | RegExp) => dialog().getByRole('button', { name });

/** Opens the panel of a clip afresh. */
async function open(clip: number): Promise<void> {
  await page.goto(`${echoes.origin}${film}?clip=${clipIds[clip]}`);
  await dialog().waitFor();
  await settled();
}

/** Taps twice at one place of the screen within 180 ms, as an impatient thumb does. */
async function doubleTap(button: Locator): Promise<void> {
  await button.tap({ trial: true });
  await button.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const tap = () => {
      const hit = document.elementFromPoint(x + width / 2, y + Math.min(20, height / 2));
      hit?.closest<HTMLElement>('button, a')?.click();
    };
    tap();
    // Inside the page: on a busy machine this timer is late, but still before one of 400 ms that begins after it.
    return new Promise<void>((done) => {
      setTimeout(() => {
        tap();
        done();
      }, 180);
    });
  });
}

/** What a careless thumb must not change. */
async function facts() {
  return {
    generations: await one<number>('SELECT count(*) AS n FROM generations'),
    approved: await one<number>('SELECT count(*) AS n FROM clips WHERE approved_generation_id IS NOT NULL'),
    removed: await one<number>('SELECT count(*) AS n FROM clips WHERE deleted_at IS NOT NULL'),
    balance: await one<number>('SELECT balance AS n FROM credit_accounts'),
  };
}

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  context = await profile(browser, phone);
  page = await context.newPage();
  page.on('pageerror', (error) => wentWrong.push(error.message));
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  const db = await echoes.worker.getD1Database('DB');
  await db
    .prepare(
      `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
       SELECT 'adjustment:journey', user_id, version + 1, 9, balance + 9, 'adjustment', 'journey', 1 FROM credit_accounts`,
    )
    .run();
  film = await startFilm(page);
  await page.getByLabel('Add photos').first().setInputFiles(photos.slice(0, 4));
  await page.locator('[data-clip-status="still"]').nth(3).waitFor();
  const { results } = await db.prepare('SELECT id FROM clips ORDER BY position').all<{ id: string }>();
  clipIds = results.map(({ id }) => id);
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

describe('a thumb that taps twice', () => {
  it('the footer of a panel is equally high in every state', async () => {
    const heights = new Set<number>();
    const measure = async () => {
      await settled();
      heights.add(Math.round((await page.locator('[data-panel-footer]').boundingBox())?.height ?? 0));
    };
    await open(3);
    await measure();
    await inPanel(/^Bring to life/).tap();
    await inPanel('Stop and get the credit back').or(inPanel('Approve')).waitFor();
    await measure();
    await inPanel('Approve').waitFor();
    await measure();
    await inPanel(/^Try again · free/).tap();
    await measure();
    await inPanel('Not now').tap();
    await settled();
    await inPanel('Approve').tap();
    await dialog().waitFor({ state: 'detached' });
    await open(3);
    await measure();
    expect([...heights]).toHaveLength(1);
  });

  it('"Bring to life" tapped twice pays once, removes nothing and stops nothing', async () => {
    const before = await facts();
    await open(0);
    await doubleTap(inPanel(/^Bring to life/));
    await inPanel('Approve').waitFor();
    expect(await facts()).toEqual({
      ...before,
      generations: before.generations + 1,
      balance: before.balance - 1,
    });
  });

  it('"Approve" tapped twice gives no verdict on the next clip, which nobody has seen', async () => {
    await open(1);
    await inPanel(/^Bring to life/).tap();
    await inPanel('Approve').waitFor();
    const before = await facts();
    await open(0);
    await doubleTap(inPanel('Approve'));
    await dialog().getByText('Approved. Here is the next one.').waitFor();
    await settled();
    expect(await facts()).toEqual({ ...before, approved: before.approved + 1 });
  });

  it('a clip takes no verdict before its first frame has been shown', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/g/*.mp4*', (route) => held.then(() => route.continue()));
    await open(1);
    await inPanel('Approve').waitFor();
    expect(await inPanel('Approve').isDisabled()).toBe(true);
    release();
    await expect.poll(() => inPanel('Approve').isEnabled()).toBe(true);
    await page.unroute('**/g/*.mp4*');
  });

  it.each([
    ['Try again', /^Try again · free/, 'Not now'],
    ['Not now', 'Not now', /^Try again · free/],
  ])('"%s" tapped twice sends no complaint and gives no verdict', async (_name, button, next) => {
    await open(1);
    if (button === 'Not now') {
      await inPanel(/^Try again · free/).tap();
      await settled();
    }
    const before = await facts();
    await doubleTap(inPanel(button));
    await inPanel(next).waitFor();
    await settled();
    expect(await facts()).toEqual(before);
  });

  it('"Stop" tapped twice stops one clip and pays for none', async () => {
    const db = await echoes.worker.getD1Database('DB');
    await db
      .prepare("UPDATE clips SET words = '[[HANG]]' WHERE id = ?")
      .bind(clipIds[2] ?? '')
      .run();
    const before = await facts();
    await open(2);
    await inPanel(/^Bring to life/).tap();
    await inPanel(/^Stop/).waitFor();
    await settled();
    await doubleTap(inPanel(/^Stop/));
    await inPanel(/^Bring to life/).waitFor();
    await settled();
    expect(await facts()).toEqual({ ...before, generations: before.generations + 1 });
  });

  it('"Remove from film" tapped twice removes one clip, which can be brought back', async () => {
    const before = await facts();
    await open(2);
    await doubleTap(inPanel('Remove from film'));
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect.poll(() => page.locator('[data-clip-status]').count()).toBe(4);
    await expect.poll(facts).toEqual(before);
  });

  it('a card tapped twice opens its clip and pays nothing', async () => {
    await page.goto(echoes.origin + film);
    const card = page.locator('[data-clip-id]').nth(2).getByRole('button').first();
    // In one step: the card is drawn anew when the page's scripts arrive.
    await card.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const before = await facts();
    await doubleTap(card);
    await dialog().waitFor();
    await settled();
    expect(await facts()).toEqual(before);
  });
});

describe('a thumb that swipes', () => {
  it('a swipe up over the photo scrolls the panel and leaves the frame as it is', async () => {
    await open(2);
    const frame = () =>
      one<string>(
        "SELECT frame_x || ' ' || frame_y || ' ' || frame_zoom AS n FROM clips WHERE id = ?",
        clipIds[2] ?? '',
      );
    const before = await frame();
    const photo = dialog().locator('img').first();
    const top = async () => (await photo.boundingBox())?.y ?? 0;
    const stood = await top();
    await swipe(page, { over: photo, by: { x: 0, y: -160 } });
    await expect.poll(top).toBeLessThan(stood - 60);
    await page.getByRole('button', { name: 'Close' }).tap();
    await dialog().waitFor({ state: 'detached' });
    expect(await frame()).toBe(before);
  });

  it('"Adjust the frame" opens the editor, which a swipe moves', async () => {
    await open(2);
    await inPanel('Adjust the frame').tap();
    const editor = dialog().getByRole('group', { name: /^The part of the photo/ });
    const saved = page.waitForResponse((answer) => answer.url().endsWith('/details') && answer.ok());
    await dialog().getByRole('slider', { name: 'Closer' }).fill('2');
    await saved;
    const moved = page.waitForResponse((answer) => answer.url().endsWith('/details') && answer.ok());
    await swipe(page, { over: editor, by: { x: 0, y: -60 } });
    await moved;
    await inPanel('The frame is right').tap();
    await inPanel('Adjust the frame').waitFor();
  });

  it('a swipe down closes the panel, and a short one does not', async () => {
    await open(2);
    const head = dialog().getByRole('heading', { name: /^Clip 3/ });
    await swipe(page, { over: head, by: { x: 0, y: 40 }, steps: 20 });
    expect(await dialog().count()).toBe(1);
    await swipe(page, { over: head, by: { x: 0, y: 240 } });
    await dialog().waitFor({ state: 'detached' });
  });

  it('no page of this journey threw an exception', () => {
    expect(wentWrong).toEqual([]);
  });
});
