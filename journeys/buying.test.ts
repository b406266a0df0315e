// Buying on a phone when credits run out: the sheet over the studio, Stripe's page, the return to the same clip after every
// outcome of the payment, and the credit history of it.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, desktop, launchBrowser, phone, photosToBring, profile, signIn } from './browser.ts';
import { type RunningEchoes, startEchoes } from './echoes.ts';
import { startFilm } from './support/film.ts';

let echoes: RunningEchoes;
let browser: Browser;
let contexts: BrowserContext[] = [];
let onPhone: Page;
let onLaptop: Page;
let clipUrl = '';
const wentWrong: string[] = [];

beforeAll(async () => {
  echoes = await startEchoes();
  browser = await launchBrowser();
  contexts = [
    await profile(browser, { ...phone, savesData: true, colorScheme: 'dark' }),
    await profile(browser, { ...desktop, savesData: true }),
  ];
  onPhone = await (contexts[0] as BrowserContext).newPage();
  onLaptop = await (contexts[1] as BrowserContext).newPage();
  for (const page of [onPhone, onLaptop]) {
    page.on('pageerror', (error) => wentWrong.push(error.message));
    page.on('console', (message) => {
      const { url } = message.location();
      const isOurs = url.startsWith(echoes.origin);
      if (message.type() === 'error' && isOurs) wentWrong.push(`${message.text()} ${url}`);
    });
    await signIn(page, { origin: echoes.origin, name: 'Grace Guest' });
  }
  // Removes the welcome credit.
  const db = await echoes.worker.getD1Database('DB');
  await db
    .prepare(
      `INSERT INTO credit_entries (key, user_id, seq, delta, balance_after, kind, reference, created_at)
       SELECT 'adjustment:journey', user_id, version + 1, -balance, 0, 'adjustment', 'journey', 1 FROM credit_accounts`,
    )
    .run();
});

afterAll(async () => {
  await browser?.close();
  await echoes?.close();
});

const balance = (page: Page) => page.locator('[data-credit-balance]').first().getAttribute('data-credit-balance');
const sheet = () => onPhone.getByRole('dialog', { name: 'Credits for this film' });
const buy = () => sheet().getByRole('button', { name: /^Buy credits · €/ });
const atStripe = (name: string) => onPhone.getByRole('button', { name, exact: true });
const backAtClip = (extra = '') => onPhone.waitForURL((url) => url.href === clipUrl + extra);

async function board(path: string, order: Record<string, unknown> = {}): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const answer = await fetch(`${echoes.standIns.origin}/board/stripe${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(order),
    redirect: 'manual',
  });
  expect(answer.status).toBeLessThan(400);
  return answer;
}

/** The checkout session of the newest purchase. */
async function newestSession(): Promise<string> {
  const db = await echoes.worker.getD1Database('DB');
  return String(
    await db.prepare('SELECT checkout_session_id FROM purchases ORDER BY id DESC').first('checkout_session_id'),
  );
}

describe('credits that run out in the studio', () => {
  it('the studio offers the pack that fits the film when credits run out', async () => {
    await startFilm(onPhone);
    await onPhone.getByLabel('Add photos').first().setInputFiles(photosToBring.slice(0, 2));
    await onPhone.locator('[data-clip-status="still"]').nth(1).waitFor();
    await onPhone.locator('[data-clip-status="still"]').first().getByRole('button').first().tap();
    await onPhone.getByLabel(/own words/i).fill('The wind moves the leaves.');
    clipUrl = onPhone.url();
    await onLaptop.goto(`${echoes.origin}/credits`);
    await onPhone.getByRole('dialog').getByRole('button', { name: 'Buy credits' }).tap();
    await sheet().getByText('Your film still needs 2 clips. You have no credits left.').waitFor();
    await sheet()
      .getByRole('radio', { name: /^5 credits/, checked: true })
      .waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
  });

  it('the chosen pack is kept when the person cancels at Stripe', async () => {
    await sheet()
      .getByRole('radio', { name: /^15 credits/ })
      .check();
    await buy().tap();
    await atStripe('Cancel').tap();
    await backAtClip('&buy=film&flash=canceled');
    await sheet().getByText('Nothing was paid. Your choice is kept.').waitFor();
    await sheet()
      .getByRole('radio', { name: /^15 credits/, checked: true })
      .waitFor();
    expect(await balance(onPhone)).toBe('0');
  });

  it('the chosen pack is kept when the person goes back from Stripe', async () => {
    await sheet()
      .getByRole('radio', { name: /^5 credits/ })
      .check();
    await buy().tap();
    await atStripe('Cancel').waitFor();
    await onPhone.goBack();
    await sheet()
      .getByRole('radio', { name: /^5 credits/, checked: true })
      .waitFor();
    await sheet()
      .getByRole('radio', { name: /^15 credits/ })
      .check();
  });

  it('credits arrive after a declined card and a second attempt, at the same clip with its words, on both devices', async () => {
    await buy().tap();
    await atStripe('Decline').tap();
    await onPhone.getByText('Your card was declined.').waitFor();
    await atStripe('Pay').tap();
    await backAtClip();
    await onPhone.getByText('15 credits are yours.').first().waitFor();
    await expect.poll(() => balance(onPhone)).toBe('15');
    await expect.poll(() => balance(onLaptop)).toBe('15');
    expect(await onPhone.getByLabel(/own words/i).inputValue()).toBe('The wind moves the leaves.');
  });

  it('the clip that waited for credits is brought to life', async () => {
    await onPhone.getByRole('button', { name: /^Bring to life · 1 credit · about/ }).tap();
    await onPhone.getByRole('button', { name: 'Approve' }).waitFor();
    await expect.poll(() => balance(onLaptop)).toBe('14');
  });
});

describe('a payment', () => {
  it('a payment is booked by the return page when no event of Stripe arrives', async () => {
    await board('/deliveries', { mode: 'never', times: 1000 });
    await onPhone.goto(`${echoes.origin}/credits`);
    await onPhone.getByRole('radio', { name: /^5 credits/ }).check();
    await onPhone.getByRole('button', { name: /^Buy credits/ }).tap();
    await atStripe('Pay').tap();
    await onPhone.waitForURL(`${echoes.origin}/credits?flash=bought-5`);
    await onPhone.getByText('5 credits are yours.').waitFor();
    await expect.poll(() => balance(onPhone)).toBe('19');
  });

  it('a delayed payment is shown as pending and is booked when it settles', async () => {
    await board('/deliveries', { mode: 'once', times: 1000 });
    await onPhone.getByRole('radio', { name: /^5 credits/ }).check();
    await onPhone.getByRole('button', { name: /^Buy credits/ }).tap();
    await atStripe('Pay later').tap();
    await onPhone.getByRole('heading', { name: 'Your payment is on its way' }).waitFor();
    await onLaptop.getByText('Payment on its way').waitFor();
    expect(await axeFindings(onPhone)).toEqual([]);
    await board(`/sessions/${await newestSession()}/settle`);
    await onPhone.waitForURL(`${echoes.origin}/credits?flash=bought-5`);
    await expect.poll(() => balance(onLaptop)).toBe('24');
    await onLaptop.getByText('Payment on its way').waitFor({ state: 'detached' });
  });

  it('a refunded payment takes its credits back, and the credit history shows it', async () => {
    await board(`/sessions/${await newestSession()}/refund`);
    await onLaptop.getByText('Taken back: payment refunded', { exact: true }).waitFor();
    await expect.poll(() => balance(onLaptop)).toBe('19');
    await onLaptop.getByText('€4.90. Refunded.').waitFor();
    expect(await axeFindings(onLaptop)).toEqual([]);
  });

  it('a payment is found by its kind in the credit history and in the CSV file', async () => {
    await onLaptop.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: 'Bought' }).click();
    await onLaptop.waitForURL(/kind=purchase/);
    await expect.poll(() => onLaptop.locator('ol > li').count()).toBe(3);
    const file = await contexts[1]?.request.get(`${echoes.origin}/credits.csv?kind=purchase`);
    const lines = (await file?.text())?.trim().split('\r\n') ?? [];
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain('5 credits bought,€4.90. Refunded.,,5,19,24,');
  });

  it('a payment under way is confirmed on any page that waits for it', async () => {
    await onPhone.goto(`${echoes.origin}/credits`);
    await onPhone.getByRole('radio', { name: /^5 credits/ }).check();
    await onPhone.getByRole('button', { name: /^Buy credits/ }).tap();
    await onPhone.getByRole('button', { name: 'Pay', exact: true }).waitFor();
    const db = await echoes.worker.getD1Database('DB');
    const purchaseId = await db.prepare('SELECT id FROM purchases ORDER BY id DESC').first('id');
    // The page's address grants nothing.
    await onLaptop.goto(`${echoes.origin}/purchases/${purchaseId}?session_id=paid`);
    await onLaptop.getByRole('heading', { name: 'Confirming your payment' }).waitFor();
    expect(await balance(onLaptop)).toBe('19');
    expect(await axeFindings(onLaptop)).toEqual([]);
    await atStripe('Pay').tap();
    await onLaptop.waitForURL(`${echoes.origin}/credits?flash=bought-5`);
    await expect.poll(() => balance(onLaptop)).toBe('24');
  });

  it('no page of the buying journey logged an error', () => {
    expect(wentWrong).toEqual([]);
  });
});
