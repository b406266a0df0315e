// An admin handles a complaint: finds the person and every step of the clip's generation, ends and refunds the clip, adds
// credits, and the person sees it live. Then the provider is changed while clips are under way, and none is lost.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, desktop, launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

const photos = scenePhotos({ small: true });

let echoes: RunningEchoes;
let browser: Browser;
/** The admin on a laptop, and a person on a phone. */
let ada: Page;
let grace: Page;
const wentWrong: string[] = [];

beforeAll(async () => {
  // Long enough that a setting can be changed while a clip is being made.
  echoes = await startEchoes({ runwaySeconds: { min: 6, max: 6 } });
  await echoes.appointAda();
  browser = await launchBrowser();
  ada = await (await profile(browser, { ...desktop, savesData: true })).newPage();
  grace = await (await profile(browser, { ...phone, savesData: true })).newPage();
  for (const page of [ada, grace]) page.on('pageerror', (error) => wentWrong.push(error.message));
  await signIn(ada, { origin: echoes.origin, name: 'Ada Admin' });
  await signIn(grace, { origin: echoes.origin, name: 'Grace Guest' });
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const balance = (page: Page) => page.locator('[data-credit-balance]').first().getAttribute('data-credit-balance');
const cards = (status: string) => grace.locator(`[data-clip-status="${status}"]`);

/** Brings one of Grace's stills to life in her own words. */
async function bringToLife(words: string): Promise<void> {
  await cards('still').first().getByRole('button').first().tap();
  await grace.getByLabel(/own words/i).fill(words);
  await grace.getByRole('button', { name: /^Bring to life · 1 credit/ }).tap();
}

describe('a complaint by e-mail', () => {
  it('an admin finds the person by e-mail, their clip, and every step of its generation', async () => {
    await startFilm(grace);
    await grace.getByLabel('Add photos').first().setInputFiles(photos.slice(0, 3));
    await cards('still').nth(2).waitFor();
    // The provider accepts the task and never ends it.
    await bringToLife('The sea moves. [[HANG]]');
    await cards('generating').first().waitFor();
    await expect.poll(() => balance(grace)).toBe('0');

    await ada.goto(`${echoes.origin}/admin/people`);
    await ada.getByLabel(/beginning of a name or an e-mail/).fill('grace@echoes');
    await ada.getByRole('button', { name: 'Find' }).click();
    await ada.getByRole('link', { name: 'Grace Guest' }).click();
    await ada.getByRole('heading', { name: 'Grace Guest', level: 1 }).waitFor();
    // The admin pages show no photo or clip of a person without a reason given.
    expect(await ada.content()).not.toContain('/media/');
    await ada.getByRole('table', { name: 'Generations' }).getByRole('link').first().click();
    await ada.getByRole('heading', { name: 'Generation', level: 1 }).waitFor();
    const story = ada.getByRole('main');
    for (const step of ['queued', 'submitting', 'generating', 'The sea moves. [[HANG]]'])
      await expect.poll(() => story.textContent()).toContain(step);
    // The thread: the provider calls are listed under the id of the request that started the generation.
    await expect.poll(() => story.textContent()).toMatch(/req_[0-9A-Z]{26}/);
    await expect.poll(() => story.textContent()).toContain('provider-call');
    expect(await axeFindings(ada)).toEqual([]);
  });

  it('an admin refunds the clip and adds credits, and the open page of the person shows both at once', async () => {
    await ada.getByLabel('Reason').selectOption({ index: 0 });
    await ada.getByRole('button', { name: 'Fail and refund' }).click();
    await ada.getByRole('status').filter({ hasText: /\S/ }).first().waitFor();
    await cards('error').first().waitFor();
    await expect.poll(() => balance(grace)).toBe('1');
    await grace.goto(`${echoes.origin}/credits`);
    const open = grace.getByRole('main').getByText('For your patience, and one more');
    expect(await open.count()).toBe(0);

    await ada.goto(`${echoes.origin}/admin/people?q=grace%40echoes.test`);
    await ada.getByRole('link', { name: 'Grace Guest' }).click();
    await ada.getByText('Give or take credits').click();
    const form = ada.locator('form[action$="/adjustments"]');
    await form.getByLabel('Credits', { exact: true }).fill('4');
    await form.getByLabel('Why').fill('For your patience, and one more');
    await form.getByRole('button', { name: 'Change their credits' }).click();
    await ada.getByRole('status').filter({ hasText: /\S/ }).first().waitFor();
    // The open page shows it without a reload.
    await open.first().waitFor();
    await expect.poll(() => balance(grace)).toBe('5');
    await ada.goto(`${echoes.origin}/admin/audit-log`);
    const auditEntries = ada.getByRole('table', { name: 'Audit log' });
    await auditEntries.getByText('Credits adjusted').first().waitFor();
    await auditEntries.getByText('Clip ended and refunded').first().waitFor();
  });
});

describe('another film service', () => {
  it('a new provider makes the next clip, while the clip under way ends at the old one; none is lost', async () => {
    await grace.goto(`${echoes.origin}/projects`);
    await grace.locator('a[href^="/projects/prj_"]').first().tap();
    await cards('still').nth(1).waitFor();
    await bringToLife('The wind moves the leaves.');
    await cards('generating').first().waitFor();
    await grace.getByRole('button', { name: 'Close' }).tap();

    await ada.goto(`${echoes.origin}/admin/settings`);
    const row = ada.locator('#provider');
    await row.locator('summary').click();
    await row.getByRole('combobox').selectOption('luma ray-flash-2');
    await row.getByRole('button', { name: 'Save' }).click();
    await row.getByText('Saved').waitFor();

    await bringToLife('The light wanders.');
    await expect.poll(() => cards('ready').count(), { timeout: 240_000 }).toBe(2);
    const db = await echoes.worker.getD1Database('DB');
    const { results } = await db
      .prepare("SELECT provider, state FROM generations WHERE state <> 'failed' ORDER BY id")
      .all();
    expect(results).toEqual([
      { provider: 'runway', state: 'ready' },
      { provider: 'luma', state: 'ready' },
    ]);
    await expect.poll(() => balance(grace)).toBe('3');
    expect(wentWrong).toEqual([]);
  });
});
