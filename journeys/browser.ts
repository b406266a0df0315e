// A real Chromium, and the things a person does in it.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const root = resolve(import.meta.dirname, '..');

/** Starts the Chromium of this machine. */
export function launchBrowser(): Promise<Browser> {
  const candidates = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('No Chromium found: set CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A phone held upright, with touch. */
export const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
} as const;
/** A laptop, with a mouse. */
export const desktop = { viewport: { width: 1440, height: 900 } } as const;

/** Photos to bring: real camera files where they are beside the project, else the project's own scenes. */
export function photosToBring(): { paths: string[]; real: boolean } {
  const real = resolve(root, '../shared/photos');
  if (existsSync(real)) {
    const names = ['Portrait_6.jpg', 'iphone_hdr.jpg', 'Landscape_6.jpg', 'jolla.jpg'];
    return { paths: names.map((name) => join(real, name)), real: true };
  }
  const scenes = resolve(root, 'public/scenes');
  const names = readdirSync(scenes).filter((name) => name.endsWith('.jpg') && !name.includes('-480'));
  return { paths: names.slice(0, 4).map((name) => join(scenes, name)), real: false };
}

/** Opens the landing page and signs in as one of the stand-in's people, as a person would. */
export async function signIn(page: Page, { origin, name }: { origin: string; name: string }): Promise<void> {
  await page.goto(origin);
  await page.getByRole('button', { name: 'Continue with Google' }).first().click();
  await page.getByRole('button', { name }).click();
  await page.waitForURL(`${origin}/projects`);
}

/** A fresh profile: nothing is shared with any other. */
export function profile(browser: Browser, kind: typeof phone | typeof desktop): Promise<BrowserContext> {
  return browser.newContext({ ...kind, colorScheme: 'light' });
}

/** What axe finds on the page, as readable lines. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Through the debugger, not a script tag: the page's content security policy stays as it is.
  await page.evaluate(axe.source);
  const result = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
  };
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}
