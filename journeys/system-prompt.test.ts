// The system prompt in a browser: an admin writes, compares and tries a version, puts it live and goes back.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, desktop, launchBrowser, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';

let echoes: RunningEchoes;
let browser: Browser;
beforeAll(async () => {
  [echoes, browser] = await Promise.all([startEchoes(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

/** The folder for screenshots of each page in every size and scheme; none are taken without it. */
const folder = process.env.PICTURES;

/** Checks a page in every size and scheme: accessibility, and no sideways scrolling. */
async function checkLayout(page: Page, name: string): Promise<void> {
  if (folder) mkdirSync(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [390, 768, 1440]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await axeFindings(page), `${name} ${width} ${colorScheme}`).toEqual([]);
      const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(isWider, `${name} scrolls sideways at ${width}`).toBe(false);
      if (folder) await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
}

describe('the system prompt', () => {
  it('an admin writes, compares and tries a system prompt, puts it live and goes back, by keyboard alone', async () => {
    const page = await (await profile(browser, { ...desktop, savesData: true })).newPage();
    await signIn(page, { origin: echoes.origin, name: 'Ada Admin' });
    const db = await echoes.worker.getD1Database('DB');
    const ada = "SELECT google_sub FROM profiles WHERE name = 'Ada Admin'";
    await db
      .prepare(
        `INSERT INTO admins (google_sub, granted_at) SELECT (${ada}), 1 WHERE NOT EXISTS (SELECT 1 FROM admins WHERE google_sub = (${ada}))`,
      )
      .run();
    await db
      .prepare(
        `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
         SELECT 'adjustment:samples', a.user_id, a.version + 1, 5, a.balance + 5, 'adjustment', 'samples', 1
         FROM credit_accounts a JOIN profiles p ON p.user_id = a.user_id WHERE p.name = 'Ada Admin'`,
      )
      .run();
    await page.goto(`${echoes.origin}/admin/prompt`);
    await page.getByLabel('Text').fill('A private family photograph comes to life. Keep every face as it is; no cuts.');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Shorter');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\/prompt\/2$/);
    await page.locator('del').first().waitFor();
    await checkLayout(page, 'version');

    await page.getByRole('button', { name: 'Try on three photos · 3 credits' }).press('Enter');
    await page.getByText('Three clips are on their way.').waitFor();
    await page.locator('[data-sample-state="ready"]').nth(2).waitFor({ timeout: 120_000 });
    await checkLayout(page, 'tried');

    await page.getByLabel('Why').fill('Calmer faces on all three');
    await page.keyboard.press('Enter');
    await page.getByText('Version 2 is live. Every clip started from now on gets it.').waitFor();
    await checkLayout(page, 'live');
    const made = await db.prepare('SELECT count(*) AS count FROM generations WHERE prompt_version = 2').first('count');
    expect(made).toBe(3);

    await page.getByRole('button', { name: 'Back to version 1' }).press('Enter');
    await page.getByText('Version 1 is live. Every clip started from now on gets it.').waitFor();
    await page.getByRole('button', { name: 'Back to version 2' }).waitFor();
  });
});
