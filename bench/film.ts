// Echoes with one person signed in, who has a film of eight clips.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { desktop, launchBrowser, profile, signIn } from '../journeys/browser.ts';
import { type RunningEchoes, startEchoes } from '../journeys/echoes.ts';

const scenes = resolve(import.meta.dirname, '../public/scenes');
// The six scenes, and then two of them smaller: the same file twice would be noticed.
const isSmall = (name: string) => Number(name.includes('-480'));
const photos = readdirSync(scenes)
  .filter((name) => name.endsWith('.jpg'))
  .sort((one, other) => isSmall(one) - isSmall(other))
  .slice(0, 8);

export interface OpenFilm {
  echoes: RunningEchoes;
  browser: Browser;
  context: BrowserContext;
  /** The studio of the film. */
  page: Page;
  projectId: string;
  close(): Promise<void>;
}

/** Starts Echoes and a browser, signs in, brings eight photos and gives 20 credits. */
export async function openFilm(): Promise<OpenFilm> {
  const echoes = await startEchoes({ isUnlimited: true });
  const browser = await launchBrowser();
  const close = async () => {
    await browser.close();
    await echoes.close();
  };
  try {
    const context = await profile(browser, desktop);
    const page = await context.newPage();
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
    await page.getByRole('button', { name: 'New film' }).first().click();
    await page.waitForURL(/\/projects\/prj_\w+$/);
    const projectId = new URL(page.url()).pathname.split('/').pop() ?? '';
    await page
      .getByLabel('Add photos')
      .first()
      .setInputFiles(photos.map((name) => join(scenes, name)));
    await page.locator('[data-clip-status="still"]').nth(7).waitFor({ timeout: 120_000 });
    await giveCredits(echoes, 20);
    // The page learns of a purchase, not of credits that a statement wrote.
    await page.reload();
    return { echoes, browser, context, page, projectId, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The path of a link to the film of this page, made as its dialog makes it. */
export async function shareFilm(page: Page): Promise<string> {
  const url = await page.evaluate(async () => {
    const answer = await fetch(`${location.pathname}/shares`, {
      method: 'POST',
      headers: { Accept: 'application/json' },
    });
    return ((await answer.json()) as { share: { url: string } }).share.url;
  });
  return new URL(url).pathname;
}

/** One adjustment in the ledger, as an admin makes it. */
async function giveCredits({ worker }: RunningEchoes, credits: number): Promise<void> {
  const db = await worker.getD1Database('DB');
  await db
    .prepare(
      `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
       SELECT 'adjustment:bench', user_id, version + 1, ?1, balance + ?1, 'adjustment', 'bench', ?2 FROM credit_accounts`,
    )
    .bind(credits, Date.now())
    .run();
}
