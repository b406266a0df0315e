// Every page of the admin panel on a phone: nothing off the screen, and the page's own name in the navigation. The pages are
// read off the table of routes, so that a new one is in it; a new parameter in an address fails until it has a value here.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { scenePhotos, startFilm } from './support/film.ts';

const table = readFileSync(resolve(import.meta.dirname, '../app/routes.ts'), 'utf8');
const paths = [...table.matchAll(/route\('(admin[^']*)', 'routes\/admin\/[\w-]+\.tsx'\)/g)].map(
  ([, path = '']) => path,
);

const long = 'Grandmother’s ninetieth birthday in Unterpfaffenhofen-Germering and everything that came after it';
let echoes: RunningEchoes;
let browser: Browser;
let page: Page;
const parameters: Record<string, string> = { version: '1', purchaseId: 'pur_01J0000000000000000000W0DE' };

beforeAll(async () => {
  echoes = await startEchoes();
  await echoes.appointAda();
  browser = await launchBrowser();
  page = await (await profile(browser, phone)).newPage();
  await signIn(page, { origin: echoes.origin, name: 'Ada Admin' });
  await startFilm(page);
  await page.getByLabel('Add photos').first().setInputFiles(scenePhotos().slice(0, 1));
  await page.locator('[data-clip-status="still"]').first().waitFor();
  await page.getByRole('button', { name: /^Bring 1 to life/ }).tap();
  await page.locator('[data-clip-status="ready"]').waitFor();
  await fill();
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

/** Rows with the longest values in every table of the panel. */
async function fill(): Promise<void> {
  const db = await echoes.worker.getD1Database('DB');
  const [userId, clipId, generationId] = await Promise.all(
    ['SELECT user_id AS id FROM profiles', 'SELECT id FROM clips', 'SELECT id FROM generations'].map((sql) =>
      db.prepare(sql).first<string>('id'),
    ),
  );
  Object.assign(parameters, { userId, clipId, generationId });
  const { purchaseId } = parameters;
  const now = Date.now();
  const run = (sql: string, ...values: unknown[]) =>
    db
      .prepare(sql)
      .bind(...values)
      .run();
  await run('UPDATE profiles SET name = ?1, email = ?2', long, `${'grandmother.'.repeat(5)}@unterpfaffenhofen.example`);
  await run(
    `INSERT INTO admin_acts (at, admin_user_id, what, user_id, subject, before, after, reason)
     VALUES (?1, ?2, 'setting-changed', ?2, 'packsOnSale', ?3, ?3, ?4)`,
    ...[now, userId, JSON.stringify({ packs: 'x'.repeat(120) }), long],
  );
  await run(
    `INSERT INTO adjustments (id, user_id, request_key, credits, reason, requested_by, requested_at)
     VALUES ('adj_01J0000000000000000000W0DE', ?1, 'request-wide', 10000, ?2, ?1, ?3)`,
    ...[userId, long, now],
  );
  await run(
    `INSERT INTO purchases (id, user_id, request_key, pack_id, credits, amount, currency, return_to, state_at, created_at)
     VALUES (?1, ?2, 'request-wide', 'film', 15, 1190, 'eur', '/credits', ?3, ?3)`,
    ...[purchaseId, userId, now],
  );
  await run(
    "UPDATE purchases SET state = 'paid', checkout_session_id = ?2, payment_intent_id = ?3, state_at = ?4 WHERE id = ?1",
    ...[purchaseId, `cs_test_${'a1B2'.repeat(14)}`, `pi_${'3'.repeat(24)}`, now],
  );
  await run(
    `INSERT INTO reversals (id, user_id, purchase_id, seq, credits, moved, reason, reference, created_at)
     VALUES ('rev_01J0000000000000000000W0DE', ?1, ?2, 1, 15, 15, 'refund', 're_1', ?3)`,
    ...[userId, purchaseId, now],
  ).catch(() => undefined);
  await run(
    `INSERT INTO house_reports (kind, at, ok, differences, milliseconds) VALUES ('reconcile', ?1, 0, ?2, 1200)`,
    now,
    JSON.stringify([
      { what: 'not-granted', sessionId: `cs_test_${'a1B2'.repeat(14)}`, purchaseId, detail: long, isMended: false },
    ]),
  );
  await run(
    `INSERT INTO alerts (id, kind, subject, detail, opened_at, seen_at) VALUES ('alr_wide', 'dispute', ?1, ?2, ?3, ?3)`,
    ...[purchaseId, long, now],
  );
  await run(
    `INSERT INTO log_lines (at, request_id, user_id, event, line) VALUES (?1, 'req_1', ?2, 'error', ?3)`,
    ...[now, userId, JSON.stringify({ event: 'error', where: 'x'.repeat(200), message: long })],
  );
}

/** What stands out of the screen, and how tall the page is. */
const look = () =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight } = document.documentElement;
    const out: string[] = scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide`] : [];
    for (const part of document.querySelectorAll('main :is(button, a, td, th, dd, input, select, textarea, p, time)')) {
      const { left, right, width } = part.getBoundingClientRect();
      const isShown = width > 1 && part.checkVisibility() && !part.closest('.sr-only, thead');
      if (isShown && (left < -1 || right > clientWidth + 1))
        out.push(`${part.tagName} "${part.textContent?.slice(0, 40)}" reaches from ${left} to ${right}`);
    }
    return { out, height: scrollHeight };
  });

describe('the admin panel on a phone', () => {
  it('the pages of the panel are read off the table of routes', () => {
    expect(paths.length).toBeGreaterThan(12);
  });

  it.each(paths)('nothing is off the screen, and the navigation says where one is: /%s', async (path) => {
    const address = path.replace(/:(\w+)/g, (_match, name: string) => {
      const value = parameters[name];
      if (!value) throw new Error(`no value for :${name}: give it one in this file`);
      return value;
    });
    const answer = await page.goto(`${echoes.origin}/${address}`);
    expect(answer?.status()).toBe(200);
    await page.locator('h1').waitFor();
    const { out, height } = await look();
    expect(out).toEqual([]);
    if (path === 'admin/prompt') expect(height).toBeLessThan(4000);
    const menu = page.getByRole('navigation', { name: 'Admin panel' });
    if ((await menu.count()) === 0) return;
    await menu.locator('summary').tap();
    const current = menu.locator('[aria-current="page"]:visible');
    if ((await current.count()) > 0) {
      const name = (await current.first().textContent()) ?? '';
      expect(await menu.locator('summary').textContent()).toContain(name);
    }
    expect((await look()).out).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
  });

  it('a waiting adjustment can be answered where it stands, and the menu closes with the page', async () => {
    await page.goto(`${echoes.origin}/admin`);
    const menu = page.getByRole('navigation', { name: 'Admin panel' });
    await menu.locator('summary').tap();
    await menu.getByRole('link', { name: 'Money' }).tap();
    await page.getByRole('heading', { level: 1, name: 'Money' }).waitFor();
    expect(await menu.locator('details').getAttribute('open')).toBeNull();
    const yes = page.getByRole('button', { name: /^Yes: / });
    const box = await yes.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= phone.viewport.width).toBe(true);
  });
});
