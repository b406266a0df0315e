import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, desktop, launchBrowser, phone, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';

const minute = 60_000;
let echoes: RunningEchoes;
let browser: Browser;

beforeAll(async () => {
  echoes = await startEchoes();
  await echoes.appointAda();
  // Before the first read of the settings, which the doors cache for three seconds.
  const address = JSON.stringify(echoes.standIns.alerts.address);
  const db = await database();
  await db.prepare("INSERT INTO settings (key, value, updated_at) VALUES ('alertUrl', ?1, 1)").bind(address).run();
  // The sweeps below run hours ahead, at any time of the day: no nightly run is due or missed by then.
  for (const kind of ['audit', 'reconcile', 'spending'])
    await db
      .prepare("INSERT INTO house_reports (kind, at, ok, differences, milliseconds) VALUES (?1, ?2, 1, '[]', 1)")
      .bind(kind, Date.now() + 6 * 60 * minute)
      .run();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const database = () => echoes.worker.getD1Database('DB');

describe('the admin panel', () => {
  it('the admin panel is linked from the account of an admin, and does not exist for other people', async () => {
    const grace = await (await profile(browser, { ...phone, savesData: true })).newPage();
    await signIn(grace, { origin: echoes.origin, name: 'Grace Guest' });
    await grace.goto(`${echoes.origin}/account`);
    expect(await grace.getByRole('link', { name: 'Admin panel' }).count()).toBe(0);
    for (const path of ['/admin', '/admin/health'])
      expect((await grace.goto(echoes.origin + path))?.status()).toBe(404);

    const ada = await (await profile(browser, { ...phone, savesData: true })).newPage();
    await signIn(ada, { origin: echoes.origin, name: 'Ada Admin' });
    await ada.goto(`${echoes.origin}/account`);
    await ada.getByRole('link', { name: 'Admin panel' }).tap();
    await ada.getByRole('heading', { name: 'Overview' }).waitFor();
    await ada.locator('.uplot canvas').nth(3).waitFor();
    const signedIn = ada.locator('dl > div', { hasText: 'People signed in' });
    await expect.poll(() => signedIn.locator('dd').first().textContent()).toBe('2');
    expect(await axeFindings(ada)).toEqual([]);
    // The table has the figures of the chart.
    await ada.getByText('As a table').nth(2).tap();
    await ada.getByRole('table', { name: 'People' }).waitFor();
    expect(await ada.getByRole('table', { name: 'People' }).getByRole('row').nth(1).textContent()).toMatch(/220$/);
    await ada.goto(`${echoes.origin}/admin/health`);
    expect(await axeFindings(ada)).toEqual([]);
  });

  it('the admin panel has every figure and table without scripts', async () => {
    const context = await browser.newContext({ ...desktop, javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, { origin: echoes.origin, name: 'Ada Admin' });
    await page.goto(`${echoes.origin}/admin`);
    // Ada has signed in again: still two people.
    const signedIn = page.locator('dl > div', { hasText: 'People signed in' });
    expect(await signedIn.locator('dd').first().textContent()).toBe('2');
    await page.getByText('As a table').first().click();
    expect(await page.getByRole('table', { name: 'Clips by how they ended' }).getByRole('row').count()).toBe(30);
    await page.goto(`${echoes.origin}/admin/health`);
    for (const part of [
      'Database (D1)',
      'Media (R2)',
      'Queue',
      'Objects',
      'Laws of the database',
      'Migrations',
      'Runway',
      'Google',
    ])
      expect(await page.getByRole('listitem').filter({ hasText: part }).first().textContent()).toContain('well');
    expect(await page.content()).not.toContain('journeys-session-secret');
  });
});

describe('alerts', () => {
  const types = () => echoes.standIns.alerts.messages().map(({ type, data, times }) => [type, data.kind, times]);

  it('an alert reaches the owner’s webhook once and signed, after failed deliveries, and again when it closes', async () => {
    const db = await database();
    const now = Date.now();
    await db.prepare("INSERT INTO dead_letters VALUES ('letter', '{}', NULL, 5, ?1)").bind(now).run();
    echoes.standIns.alerts.failNext(2);
    for (const after of [0, 1, 2]) await echoes.sweep(now + after * minute);
    expect(types()).toEqual([]);
    for (const after of [3, 4, 5]) await echoes.sweep(now + after * minute);
    expect(types()).toEqual([['alert.opened', 'dead-letters', 1]]);
    await db.prepare("DELETE FROM dead_letters WHERE id = 'letter'").run();
    for (const after of [6, 7]) await echoes.sweep(now + after * minute);
    expect(types()).toEqual([
      ['alert.opened', 'dead-letters', 1],
      ['alert.closed', 'dead-letters', 1],
    ]);
    // The webhook received these messages and no others, and accepted each signature.
    const received = echoes.standIns.received.filter(({ standIn }) => standIn === 'Alerts');
    expect(received.map(({ status }) => status)).toEqual([503, 503, 204, 204]);
  });

  it('an endless, redirected or missing answer to an alert does not stop the sweep, and the alert is sent again', {
    timeout: 60_000,
  }, async () => {
    const db = await database();
    let now = Date.now() + 60 * minute;
    for (const how of ['huge', 'redirect', 'hang'] as const) {
      now += 60 * minute;
      await db.prepare('INSERT INTO dead_letters VALUES (?1, ?2, NULL, 5, ?3)').bind(how, '{}', now).run();
      echoes.standIns.alerts.failNext(1, how);
      const before = types().length;
      await echoes.sweep(now);
      expect([how, types().length]).toEqual([how, before]);
      const report = await db
        .prepare("SELECT at, differences FROM house_reports WHERE kind = 'sweep' ORDER BY at DESC LIMIT 1")
        .first();
      expect([how, report]).toEqual([how, { at: now, differences: '[]' }]);
      await echoes.sweep(now + 2 * minute);
      expect([how, types().length]).toEqual([how, before + 1]);
      await db.prepare('DELETE FROM dead_letters WHERE id = ?1').bind(how).run();
      await echoes.sweep(now + 3 * minute);
    }
  });

  it('an admin sends a test alert, sees its outcome, and the audit log has an entry', async () => {
    const page = await (await profile(browser, { ...desktop, savesData: true })).newPage();
    await signIn(page, { origin: echoes.origin, name: 'Ada Admin' });
    await page.goto(`${echoes.origin}/admin/health`);
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The test message was accepted.').waitFor();
    echoes.standIns.alerts.failNext(1);
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The test message was not accepted: answered 503.').waitFor();
    const db = await database();
    const { results } = await db.prepare("SELECT after FROM admin_acts WHERE what = 'alert-tested' ORDER BY id").all();
    expect(results).toEqual([
      { after: '{"outcome":"told"}' },
      { after: '{"outcome":"not-told","detail":"answered 503"}' },
    ]);
  });
});
