// Text of the world: titles in other directions and of emoji, input methods, a page that a translator has worked on, and
// links that a messenger has garnished.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

let echoes: RunningEchoes;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let film = '';
const wentWrong: string[] = [];

const title = () => page.getByRole('textbox', { name: 'Title of the film' });
const dialog = () => page.locator('dialog[open]');

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  context = await profile(browser, phone);
  page = await context.newPage();
  page.on('pageerror', (error) => wentWrong.push(error.message));
  await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  film = await startFilm(page);
  await page.getByLabel('Add photos').first().setInputFiles(scenePhotos().slice(0, 2));
  await page.locator('[data-clip-status="still"]').nth(1).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

/** Changes the title and waits until the server has it. */
async function rename(text: string): Promise<void> {
  const saved = page.waitForResponse((answer) => answer.url().endsWith('/details') && answer.ok());
  await title().fill(text);
  await title().blur();
  await saved;
}

describe('a title in another direction', () => {
  const arabic = 'صيف 1987 مع الجدة في بيت البحر، ورحلة طويلة إلى الجبال العالية والوديان';

  it('an Arabic title is written from the right in the studio, in the list of films and over the film', async () => {
    await rename(arabic);
    const directionOf = (element: Element) => getComputedStyle(element).direction;
    expect(await title().evaluate(directionOf)).toBe('rtl');
    await page.goto(`${echoes.origin}/projects`);
    expect(await page.locator('article h2').evaluate(directionOf)).toBe('rtl');
    expect(await page.getByRole('link', { name: `Rename or delete ${arabic}` }).count()).toBe(1);
    await page.goto(`${echoes.origin}${film}/play`);
    const over = page.locator('.film-title span');
    await over.waitFor();
    expect(await over.evaluate(directionOf)).toBe('rtl');
  });

  it('a long title takes two lines over the film, on a shade that is at least as tall', async () => {
    const { lines, below } = await page.locator('.film-title').evaluate((heading) => {
      const text = heading.querySelector('span') as HTMLElement;
      return {
        lines: Math.round(text.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(text).lineHeight)),
        below: heading.getBoundingClientRect().bottom - text.getBoundingClientRect().bottom,
      };
    });
    expect(lines).toBe(2);
    expect(below).toBeGreaterThan(24);
  });

  it('an Arabic title leaves the words beside it in their order in the title of the page', async () => {
    expect(await page.title()).toBe(`\u2068${arabic}\u2069 · Echoes`);
  });
});

describe('a title of emoji', () => {
  it('a title of emoji is kept up to its limit, and never cut inside of one', async () => {
    await page.goto(`${echoes.origin}${film}`);
    const family = '👨‍👩‍👧‍👦';
    await rename('🌷'.repeat(75) + family);
    expect(await title().inputValue()).toBe('🌷'.repeat(75));
  });
});

describe('an input method', () => {
  it('an input method keeps its Enter and its Escape: neither saves the title nor gives it up', async () => {
    await rename('Sommer');
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await title().tap();
    const keyboard = await context.newCDPSession(page);
    await keyboard.send('Input.imeSetComposition', { text: 'なつ', selectionStart: 2, selectionEnd: 2 });
    for (const key of ['Enter', 'Escape'])
      await title().evaluate((field, name) => {
        field.dispatchEvent(new KeyboardEvent('keydown', { key: name, isComposing: true, bubbles: true }));
      }, key);
    expect(await title().evaluate((field) => field === document.activeElement)).toBe(true);
    await keyboard.send('Input.insertText', { text: '夏' });
    expect(posts).toEqual([]);
    await keyboard.detach();
    expect(await title().inputValue()).toContain('夏');
    await page.keyboard.press('Enter');
    await expect.poll(() => posts.filter((url) => url.endsWith('/details')).length).toBe(1);
  });
});

describe('a translated page', () => {
  /** Replaces every text by an element with its translation, now and whenever the page changes, as a browser's translator does. */
  const translate = () => {
    const translateText = (text: Text) => {
      if (!text.data.trim() || text.parentElement?.closest('script, style, font, textarea')) return;
      const outer = document.createElement('font');
      const inner = document.createElement('font');
      inner.textContent = `«${text.data}»`;
      outer.appendChild(inner);
      text.parentNode?.replaceChild(outer, text);
    };
    const translateAll = (root: Node) => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts) translateText(text);
    };
    translateAll(document.body);
    new MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const node of addedNodes)
          if (node.isConnected && node.nodeName !== 'FONT') translateAll(node.parentNode ?? node);
    }).observe(document.body, { childList: true, subtree: true });
  };

  it('a translated studio says what its paid button does, before and after its words change, and survives a whole clip', async () => {
    await page.goto(`${echoes.origin}${film}`);
    await page.locator('[data-clip-status="still"]').first().tap();
    await dialog()
      .getByRole('button', { name: /^Bring to life/ })
      .waitFor();
    await page.evaluate(translate);
    const paid = dialog().getByRole('button', { name: /«Bring to life/ });
    await paid.waitFor();
    expect(await paid.textContent()).toMatch(/1 credit/);
    await paid.tap();
    await dialog()
      .getByRole('button', { name: /Keep|Approve|Use/ })
      .first()
      .waitFor();
    expect(await dialog().textContent()).not.toMatch(/«Bring to life/);
    expect(await page.getByText('This page did not work out').count()).toBe(0);
    await dialog().getByRole('button', { name: 'Close' }).first().tap();
    await dialog().waitFor({ state: 'detached' });
    expect(wentWrong).toEqual([]);
  });

  it('a translated page opens another page of Echoes', async () => {
    await page
      .getByRole('link', { name: /Echoes/ })
      .first()
      .tap();
    await page.waitForURL(/\/projects$/);
    await page.getByText(/«My films»/).waitFor();
    expect(wentWrong).toEqual([]);
  });
});

describe('a link that came by a messenger', () => {
  it('a shared link opens with a full stop, a bracket or a quotation mark behind it', async () => {
    const db = await echoes.worker.getD1Database('DB');
    expect(await db.prepare('SELECT count(*) AS n FROM shares').first('n')).toBe(0);
    const answer = await page.request.post(`${echoes.origin}${film}/shares`, {
      headers: { Origin: echoes.origin, Accept: 'application/json' },
    });
    const { share } = (await answer.json()) as { share: { url: string } };
    for (const behind of ['.', ')', '”', '…»', '%22', ',']) {
      const opened = await page.request.get(share.url + behind);
      expect([behind, opened.status(), opened.url()]).toEqual([behind, 200, share.url]);
    }
  });
});
