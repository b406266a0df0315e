import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';

const scenes = resolve(import.meta.dirname, '../../public/scenes');

/** The paths of the landing page's pictures, large or 480 px wide: small files that are prepared quickly. */
export const scenePhotos = ({ small = false } = {}) =>
  readdirSync(scenes)
    .filter((name) => name.endsWith('.jpg') && name.includes('-480') === small)
    .map((name) => join(scenes, name));

/** Begins a film on a page with touch, from the list of films, and returns the path of its studio. */
export async function startFilm(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'New film' }).first().tap();
  await page.waitForURL(/\/projects\/prj_\w+$/);
  return new URL(page.url()).pathname;
}
