// Many clips at one price, retries of failed clips, a free second try, stops, and the photo privacy log: on a phone and a
// laptop of the same person.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, desktop, launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

const photos = scenePhotos();

let echoes: RunningEchoes;
let browser: Browser;
let contexts: BrowserContext[];
let onPhone: Page;
let onLaptop: Page;
const wentWrong: string[] = [];

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  contexts = [await profile(browser, { ...phone, colorScheme: 'dark' }), await profile(browser, desktop)];
  onPhone = await (contexts[0] as BrowserContext).newPage();
  onLaptop = await (contexts[1] as BrowserContext).newPage();
  for (const page of [onPhone, onLaptop]) page.on('pageerror', (error) => wentWrong.push(error.message));
  for (const page of [onPhone, onLaptop]) await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  const db = await echoes.worker.getD1Database('DB');
  await db
    .prepare(
      `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
       SELECT 'adjustment:journey', user_id, version + 1, 9, balance + 9, 'adjustment', 'journey', 1 FROM credit_accounts`,
    )
    .run();
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const cards = (page: Page, status: string) => page.locator(`[data-clip-status="${status}"]`);
const balance = (page: Page) => page.locator('[data-credit-balance]').first().getAttribute('data-credit-balance');
const count = async (sql: string) => (await echoes.worker.getD1Database('DB')).prepare(sql).first('n');
/** Waits until both devices show this many clips of each status and this balance. */
async function bothShow(wanted: Record<string, number>, credits: string): Promise<void> {
  for (const page of [onPhone, onLaptop]) {
    for (const [status, number] of Object.entries(wanted))
      await expect.poll(() => cards(page, status).count()).toBe(number);
    await expect.poll(() => balance(page)).toBe(credits);
  }
}

/** Makes a film of this many photos and opens it on both devices. */
async function newFilm(number: number): Promise<void> {
  await onPhone.goto(`${echoes.origin}/projects`);
  await startFilm(onPhone);
  await onLaptop.goto(onPhone.url());
  await onPhone.getByLabel('Add photos').first().setInputFiles(photos.slice(0, number));
  for (const page of [onPhone, onLaptop])
    await cards(page, 'still')
      .nth(number - 1)
      .waitFor();
}

describe('many clips at once', () => {
  it('several clips start at one price, and a failed one returns its credit, on both devices', async () => {
    await newFilm(3);
    await cards(onPhone, 'still').nth(1).getByRole('button').first().tap();
    await onPhone.getByLabel(/own words/i).fill('[[INTERNAL.BAD_OUTPUT.CODE01]]');
    await onPhone.getByRole('button', { name: 'Close' }).tap();
    expect(await balance(onPhone)).toBe('10');
    await onPhone.getByRole('button', { name: /^Bring 3 to life · 3 credits · about/ }).tap();
    await bothShow({ ready: 2, error: 1 }, '8');
    expect(await axeFindings(onPhone)).toEqual([]);
    expect(await axeFindings(onLaptop)).toEqual([]);
  });

  it('Retry starts only the clips that failed', async () => {
    await cards(onPhone, 'error').getByRole('button').first().tap();
    await onPhone.getByText('What came back was not a film that can be played.').first().waitFor();
    await onPhone.getByText('Your credit is back.').first().waitFor();
    await onPhone.getByLabel(/own words/i).fill('softly');
    await onPhone.getByRole('button', { name: 'Close' }).tap();
    await onPhone.getByRole('button', { name: /^Retry 1 failed · 1 credit · about/ }).tap();
    await bothShow({ ready: 3, error: 0 }, '7');
    expect(await count('SELECT count(*) AS n FROM generations')).toBe(4);
    await expect.poll(() => onPhone.getByRole('button', { name: /^Retry/ }).count()).toBe(0);
  });
});

describe('a clip that is not right', () => {
  it('a second try is free for a person who says what is wrong', async () => {
    await onPhone.getByRole('button', { name: /^Review 3/ }).tap();
    await onPhone.getByRole('button', { name: /^Try again · free · about/ }).tap();
    const send = onPhone.getByRole('button', { name: /^Try again · free/ });
    expect(await send.isDisabled()).toBe(true);
    await onPhone.getByRole('button', { name: 'Not now' }).tap();
    const focused = () => onPhone.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused).toMatch(/^Try again · free/);
    await expect.poll(() => onPhone.locator('[data-settling]').count()).toBe(0);
    await onPhone.keyboard.press('Enter');
    await onPhone.getByRole('radio', { name: 'A face is not right' }).check();
    await onPhone
      .getByLabel(/In your own words/)
      .last()
      .fill('That is not her smile.');
    expect(await axeFindings(onPhone)).toEqual([]);
    await send.tap();
    await onPhone.getByRole('button', { name: /^Try again · 1 credit · about/ }).waitFor();
    await bothShow({ ready: 3 }, '7');
    await expect
      .poll(() => onPhone.getByRole('list', { name: 'Tries of this clip' }).getByRole('listitem').count())
      .toBe(2);
    expect(await count("SELECT count(*) AS n FROM generation_feedback WHERE words = 'That is not her smile.'")).toBe(1);
  });

  it('the history of a clip shows every credit beside its step', async () => {
    await onPhone.getByText('What happened, step by step').tap();
    const story = onPhone.locator('details[open] ol');
    await story.getByText('Ready to watch').waitFor();
    const lines = await story.getByRole('listitem').allInnerTexts();
    const at = (text: string) => lines.findIndex((line) => line.includes(text));
    const order = ['In line', 'On us: it uses no credit', 'Sent to the film service', 'Ready to watch'];
    const places = order.map(at);
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places.indexOf(at('Ready to watch'))).toBe(3);
    expect(lines.join()).not.toContain('1 credit');
    expect(at('Sent to the film service')).toBeLessThan(at('Ready to watch'));
    for (const line of lines) expect(line).toMatch(/^\d{1,2}:\d{2}:\d{2}/);
    await onPhone.getByText('What happened, step by step').tap();
  });

  it('a clip shows which provider its photo went to, and that the copy there was deleted', async () => {
    await onPhone.getByText('Where this photo went').tap();
    await onPhone
      .getByText(/^Sent to Runway to make a clip\./)
      .nth(1)
      .waitFor();
    await onPhone
      .getByText(/^Runway has deleted its copy\./)
      .nth(1)
      .waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
    // The provider has deleted all tasks once the clean-up has run.
    const tasks = async () => {
      const board = await fetch(`${echoes.standIns.origin}/board.json`);
      return ((await board.json()) as { tasks: unknown[] }).tasks;
    };
    await expect.poll(tasks).toHaveLength(0);
  });

  it('a free second try is not in the credit history, since it moved no credit', async () => {
    await onPhone.goto(`${echoes.origin}/credits`);
    const entries = onPhone.getByRole('listitem').filter({ hasText: 'Brought to life' });
    await entries.first().waitFor();
    // Three clips and the retry of the failed one.
    expect(await entries.count()).toBe(4);
    expect(await count("SELECT count(*) AS n FROM credit_entries WHERE kind = 'generation'")).toBe(4);
  });
});

describe('changing one’s mind', () => {
  it('Stop all ends every clip under way and returns every credit, on both devices', async () => {
    await newFilm(2);
    const db = await echoes.worker.getD1Database('DB');
    await db.prepare("UPDATE clips SET words = '[[HANG]]' WHERE latest_generation_id IS NULL").run();
    await onPhone.getByRole('button', { name: /^Bring 2 to life · 2 credits/ }).tap();
    await bothShow({ generating: 2 }, '5');
    await onLaptop.getByRole('button', { name: 'Stop all 2' }).click();
    await onLaptop.getByText(/^Stopped\. Your 2 credits are back\./).waitFor();
    await bothShow({ still: 2, generating: 0 }, '7');
    expect(await axeFindings(onLaptop)).toEqual([]);
  });

  it('a waiting clip shows its place in the queue as it moves', async () => {
    const db = await echoes.worker.getD1Database('DB');
    await db.prepare('INSERT INTO admins SELECT google_sub, 1 FROM profiles').run();
    // Through the admin panel, because a row inserted from outside is read only when the cache expires.
    const saved = await onLaptop.evaluate(async () => {
      const places = ['1', '1', '1', '1', '1'].map((count) => ['value', count]);
      const body = new URLSearchParams([['key', 'maxAtProvider'], ['version', '0'], ...places]);
      return (await fetch('/admin/settings', { method: 'POST', body })).url;
    });
    expect(saved).toContain('flash=saved-maxAtProvider');
    await onPhone.getByRole('button', { name: /^Bring 2 to life · 2 credits/ }).tap();
    await bothShow({ generating: 2 }, '5');
    await onPhone.getByText('2 are on the way.').first().waitFor();
    await cards(onPhone, 'generating').last().getByRole('button').first().tap();
    await onPhone.getByText('Yours is next in line.').waitFor();
    // The clip before it is stopped on the other device, which frees the slot.
    await cards(onLaptop, 'generating').first().getByRole('button').first().click();
    await onLaptop.getByText(/^It is being made/).waitFor();
    await onLaptop.getByRole('button', { name: 'Stop and get the credit back' }).click();
    await onLaptop.getByText(/^Stopped\. Your credit is back\. It was at the film service already/).waitFor();
    await onPhone.getByText(/^It is being made/).waitFor();
    await onPhone.getByRole('button', { name: 'Stop and get the credit back' }).tap();
    await bothShow({ still: 2, generating: 0 }, '7');
    await onPhone.getByRole('button', { name: 'Close' }).tap();
    await onLaptop.getByRole('button', { name: 'Close' }).click();
  });

  it('a removed photo says when it is erased', async () => {
    await cards(onLaptop, 'still').first().getByRole('button').first().click();
    await onLaptop.getByRole('button', { name: 'Remove from film' }).click();
    await onLaptop.getByText('It is erased after 30 days.').waitFor();
    await onLaptop.getByRole('button', { name: 'Undo' }).click();
    await bothShow({ still: 2 }, '7');
  });

  it('no page of this journey threw an exception', () => {
    expect(wentWrong).toEqual([]);
  });
});
