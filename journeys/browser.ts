// Starts Chromium and performs the actions of a person in it.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { minimumCss } from '../app/minimum.ts';
import { withoutNewerFeatures } from './support/css.ts';
import { fallbacks } from './support/fallbacks.ts';

const root = resolve(import.meta.dirname, '..');

/** Starts the Chromium of this machine. */
export const launchBrowser = (): Promise<Browser> => chromium.launch(program());

/** Starts Chromium with a profile in this folder, so that storage is on disk, as on a device. */
export const launchProfile = (folder: string, kind: BrowserContextOptions): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, { ...program(), ...kind });

function program() {
  const candidates = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('No Chromium found: set CHROMIUM_PATH');
  return {
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
  };
}

/** A phone held upright, with touch. */
export const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
} as const;
/** The same phone held sideways. */
export const sideways = { ...phone, viewport: { width: 844, height: 390 } } as const;
/** A laptop, with a mouse. */
export const desktop = { viewport: { width: 1440, height: 900 } } as const;

/** Photos as phones and cameras store them (`npm run photos`): tall, wide, and two of them stored on their side. */
export const photosToBring = ['turned-tall.jpg', 'phone.jpg', 'turned-wide.jpg', 'upright-tall.jpg'].map((name) =>
  resolve(root, 'journeys/photos', name),
);

/** Signs in from the landing page as one of the stand-in's people. */
export async function signIn(page: Page, { origin, name }: { origin: string; name: string }): Promise<void> {
  await page.goto(origin);
  await page.getByRole('button', { name: 'Continue with Google' }).first().click();
  await page.getByRole('button', { name }).click();
  await page.waitForURL(`${origin}/projects`);
}

/**
 * A fresh browser profile that shares nothing with other profiles. `savesData`: its person has asked the browser to, so that
 * no page looks at photos by itself, which takes a third of a studio's CPU; for journeys in which nothing depends on it.
 */
export async function profile(
  browser: Browser,
  { savesData = false, ...kind }: BrowserContextOptions & { savesData?: boolean },
): Promise<BrowserContext> {
  const context = await browser.newContext({ colorScheme: 'light', ...kind });
  if (savesData)
    await context.addInitScript("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })");
  // An upper limit for a busy machine: each wait ends with its event.
  context.setDefaultTimeout(120_000);
  return context;
}

/** Puts the browser below the minimum for a page: the condition of app/minimum.ts fails. */
export async function belowMinimum(page: Page): Promise<void> {
  await withStyles(page, (css) => {
    const older = css.replace(
      /(@supports (?:not )?)\(color: ?color-mix\(in oklab, ?red, ?red\)\)/g,
      '$1(color: not-yet)',
    );
    if (older === css) throw new Error('The styles do not stand inside @supports');
    return older;
  });
  await page.addInitScript((condition) => {
    const { supports } = CSS;
    Object.assign(CSS, {
      supports: (...asked: [string]) => asked[0] !== condition && supports.apply(CSS, asked),
    });
  }, minimumCss);
}

/** Changes the styles that a page loads, and those that stand in the landing page itself. */
async function withStyles(page: Page, change: (css: string) => string): Promise<void> {
  await page.route('**/assets/*.css', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: change(await answer.text()) });
  });
  await page.route(
    ({ pathname }) => pathname === '/',
    async (route) => {
      if (route.request().resourceType() !== 'document') return route.continue();
      const answer = await route.fetch({ maxRedirects: 0 });
      const html = await answer.text();
      const body = html.replace(
        /(<style nonce="\w+">)(.*?)(<\/style>)/s,
        (_all, begin: string, css: string, end: string) => begin + change(css) + end,
      );
      await route.fulfill({ response: answer, body });
    },
  );
}

/** Removes the features that an oldest browser lacks (journeys/support/fallbacks.ts) from the page's browser. */
export async function atTheMinimum(page: Page): Promise<void> {
  await withStyles(page, withoutNewerFeatures);
  await page.addInitScript(
    (features) => {
      for (const feature of features) {
        const [part, ...names] = feature.split('.');
        const [owner = '', member] = part === 'javascript' ? names.slice(1) : names;
        const scope = globalThis as unknown as Record<string, { prototype?: object } | undefined>;
        if (member === undefined || member === '*') delete scope[owner];
        else if (member.endsWith('_static') || part === 'javascript')
          Reflect.deleteProperty(scope[owner] ?? {}, member.replace('_static', ''));
        else Reflect.deleteProperty(scope[owner]?.prototype ?? {}, member);
      }
    },
    Object.keys(fallbacks).filter((feature) => /^(api|javascript)\./.test(feature) && !feature.endsWith('_event')),
  );
}

/** Resolves when no animation or transition runs, except endless ones. */
async function stillness(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = () =>
      document
        .getAnimations()
        .filter(
          ({ playState, effect }) =>
            playState === 'running' && effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY,
        );
    // A started animation begins with the next frame.
    for (const _frame of [1, 2]) await new Promise(requestAnimationFrame);
    for (let now = moving(); now.length > 0; now = moving())
      await Promise.allSettled(now.map(({ finished }) => finished));
  });
}

/** The violations that axe finds on the page, one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Text that fades in does not have its final contrast.
  await stillness(page);
  // Through the debugger, not a script tag: the page's content security policy stays as it is.
  await page.evaluate(axe.source);
  const result = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
  };
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}

/** The centres of two handles in the window; both must be in view. */
async function handles(page: Page, { from, onto }: { from: string; onto: string }) {
  await stillness(page);
  const middle = async (name: string) => {
    const box = await page.getByRole('button', { name, exact: true }).boundingBox();
    if (!box) throw new Error(`${name} is not in sight`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  await page.getByRole('button', { name: from, exact: true }).scrollIntoViewIfNeeded();
  return { start: await middle(from), end: await middle(onto) };
}

/** Resolves when the page announces the card's new place, after which the card may be released. */
const lies = (page: Page, onto: string) =>
  page.getByText(new RegExp(`^Now at place ${onto.match(/\d+/)?.[0]} of`)).waitFor({ state: 'attached' });

/** Drags a card by its handle onto another card, with one finger. */
export async function dragByFinger(page: Page, names: { from: string; onto: string }): Promise<void> {
  const { start, end } = await handles(page, names);
  const finger = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove', point: { x: number; y: number }) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints: [point] });
  await touch('touchStart', start);
  for (let part = 0.1; part <= 1.01; part += 0.1)
    await touch('touchMove', { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part });
  await lies(page, names.onto);
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await finger.detach();
}

/** Swipes with one finger, from the middle of an element. */
export async function swipe(
  page: Page,
  { over, by, steps = 8 }: { over: Locator; by: { x: number; y: number }; steps?: number },
): Promise<void> {
  await stillness(page);
  const box = await over.boundingBox();
  if (!box) throw new Error('What is swiped over is not in sight');
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const finger = await page.context().newCDPSession(page);
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [from] });
  for (let step = 1; step <= steps; step += 1) {
    const at = { x: from.x + (by.x * step) / steps, y: from.y + (by.y * step) / steps };
    await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [at] });
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await finger.detach();
}

/** Drags a card by its handle onto another card, with the mouse. */
export async function dragByMouse(page: Page, names: { from: string; onto: string }): Promise<void> {
  const { start, end } = await handles(page, names);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 10 });
  await lies(page, names.onto);
  await page.mouse.up();
}

interface MusicWindow {
  /** The sounds that have started and not ended. */
  sounds: Set<AudioBufferSourceNode>;
  /** The audio clock's time at the last sound. */
  heardSeconds: number;
}

/** Records the sounds that pages play, on every page loaded from now on. */
export async function countMusic(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const sounds = new Set<AudioBufferSourceNode>();
    const heard = Object.assign(window, { sounds, heardSeconds: 0 });
    const listen = () => {
      for (const { context, buffer } of sounds)
        if (context.state === 'running' && (buffer?.duration ?? 0) > 1)
          heard.heardSeconds = Math.max(heard.heardSeconds, context.currentTime);
      requestAnimationFrame(listen);
    };
    listen();
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (this: AudioBufferSourceNode, ...moment) {
      sounds.add(this);
      this.addEventListener('ended', () => sounds.delete(this));
      return start.apply(this, moment);
    };
  });
}

/** How many sounds play, and the audio clock's time of the last one. Needs `countMusic` before the page is loaded. */
export function musicOf(page: Page): Promise<{ sounding: number; heardSeconds: number }> {
  return page.evaluate(() => {
    const { sounds, heardSeconds } = window as unknown as MusicWindow;
    const sounding = [...sounds].filter(
      ({ context, buffer }) => context.state === 'running' && (buffer?.duration ?? 0) > 1,
    );
    return { sounding: sounding.length, heardSeconds };
  });
}

interface FilmWindow {
  /** The film's `data-film-clip` and `data-film-state` after every change. */
  filmSaid: { clip: string; state: string; at: number }[];
}

/** Records every change of the film's clip and state in the page, so that a slow test misses none. */
export async function noteFilm(page: Page): Promise<void> {
  await page
    .locator('[data-film-state]')
    .first()
    .evaluate((film) => {
      const { filmSaid } = Object.assign(window, { filmSaid: [] as FilmWindow['filmSaid'] });
      const note = () => {
        const { filmClip: clip = '', filmState: state = '' } = (film as HTMLElement).dataset;
        filmSaid.push({ clip, state, at: performance.timeOrigin + performance.now() });
      };
      new MutationObserver(note).observe(film, { attributeFilter: ['data-film-clip', 'data-film-state'] });
    });
}

/** The changes that `noteFilm` recorded. `at` is in ms since 1970. */
export function filmSaid(page: Page): Promise<FilmWindow['filmSaid']> {
  return page.evaluate(() => (window as unknown as FilmWindow).filmSaid);
}

/** The elements painted over the film's picture, as readable lines, without the hairlines of the clips. */
export function coverOfFilm(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const film = document.querySelector('[data-film-state]');
    const stage = film?.querySelector('.film-stage');
    if (!film || !stage) return ['There is no film'];
    const picture = stage.getBoundingClientRect();
    const opacityOf = (element: Element): number =>
      Number(getComputedStyle(element).opacity) *
      (element.parentElement && element !== film ? opacityOf(element.parentElement) : 1);
    const isOver = (element: Element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const width = Math.min(right, picture.right) - Math.max(left, picture.left);
      const height = Math.min(bottom, picture.bottom) - Math.max(top, picture.top);
      return width > 2 && height > 2 && getComputedStyle(element).visibility === 'visible' && opacityOf(element) > 0;
    };
    const isPainted = (style: CSSStyleDeclaration) =>
      style.content !== 'none' &&
      Number(style.opacity) > 0 &&
      (!/rgba\(0, 0, 0, 0\)|\/ 0\)$/.test(style.backgroundColor) ||
        style.backgroundImage !== 'none' ||
        style.boxShadow !== 'none' ||
        Number.parseFloat(style.borderTopWidth) > 0);
    return [...film.querySelectorAll('*')]
      .filter((element) => !stage.contains(element) && !element.contains(stage) && !element.closest('.film-bars span'))
      .filter(isOver)
      .filter(
        (element) =>
          element.matches('svg, img, video, canvas') ||
          [...element.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim()) ||
          isPainted(getComputedStyle(element)) ||
          ['::before', '::after'].some((pseudo) => {
            const style = getComputedStyle(element, pseudo);
            return !['none', 'normal'].includes(style.content) && isPainted(style);
          }),
      )
      .map(({ outerHTML }) => outerHTML.slice(0, 120));
  });
}
