// `npm run screenshots`: the pictures of the README and of the install sheet, taken from the running product.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launchBrowser, phone, profile, signIn } from './browser.ts';
import { startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

const publicFolder = resolve(import.meta.dirname, '../public');
const pictures = join(publicFolder, 'screenshots');
mkdirSync(pictures, { recursive: true });

const echoes = await startEchoes();
const browser = await launchBrowser();
try {
  const page = await (await profile(browser, phone)).newPage();
  const keep = (name: string) => page.screenshot({ path: join(pictures, `${name}.jpg`), type: 'jpeg', quality: 82 });
  await page.goto(echoes.origin);
  await page.waitForFunction(() => [...document.querySelectorAll('video')].some((video) => video.currentTime > 1));
  await keep('landing');

  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  await startFilm(page);
  const photos = scenePhotos();
  await page.getByLabel('Add photos').first().setInputFiles(photos);
  await page
    .locator('[data-clip-status="still"]')
    .nth(photos.length - 1)
    .waitFor();
  await page.getByRole('button', { name: /^Bring 1 to life/ }).tap();
  await page.locator('[data-clip-status="ready"]').first().waitFor({ timeout: 60_000 });
  await page.waitForLoadState('networkidle');
  await keep('studio');

  await page.getByRole('button', { name: /^Review 1/ }).tap();
  await page.getByRole('button', { name: 'Approve' }).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('video')].some((video) => video.currentTime > 1));
  await keep('review');
} finally {
  await browser.close();
  await echoes.close();
}
