import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { differenceInWords } from '~/billing/differences';
import { seedAdmin, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer, type TestStripe } from '~/testing/stripe';

const origin = env.APP_ORIGIN;
let stripe: TestStripe;
let admin = { adminId: '', cookie: '' };

beforeEach(async () => {
  stripe = createTestStripe();
  admin = await seedAdmin();
});
const services = () => testServices({ fetch: stripe.fetch });
const money = () => services().admin.money;

async function seedPaid(more: Parameters<typeof seedBuyer>[1] = {}) {
  const bought = await seedBuyer(stripe, more);
  stripe.pay(bought.sessionId);
  await services().billing.fulfil(bought.sessionId);
  return bought;
}
function ask(path: string, { cookie = admin.cookie, method = 'GET' } = {}) {
  const headers = { Cookie: cookie, Origin: origin, Accept: 'text/html', Referer: `${origin}/admin/money` };
  return exports.default.fetch(new Request(origin + path, { method, headers, redirect: 'manual' }));
}

describe('the money page', () => {
  it('the money page lists purchases newest first, by page and by state', async () => {
    const made = [await seedBuyer(stripe), await seedPaid(), await seedPaid(), await seedBuyer(stripe)];
    const ids = made.map(({ purchaseId }) => purchaseId).reverse();
    const newest = await money().purchases({ state: null, before: null, limit: 3 });
    expect(newest.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    const rest = await money().purchases({ state: null, before: newest[2]?.id ?? null, limit: 1 });
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(3));
    const paid = await money().purchases({ state: 'paid', before: null, limit: 2 });
    expect(paid.map(({ id }) => id)).toEqual(ids.slice(1, 3));
    const page = await (await ask('/admin/money?state=paid')).text();
    expect(page).toContain(ids[1]);
    expect(page).not.toContain(ids[0]);
  });

  it('the money page lists refunds, disputes, and people who owe spent credits', async () => {
    const { userId, sessionId, purchaseId } = await seedPaid();
    const { adjustments } = services().admin;
    const taken = { adminId: admin.adminId, userId, credits: -12, reason: 'Spent elsewhere' };
    await adjustments.ask({ ...taken, requestKey: crypto.randomUUID(), requestId: 'req_1' });
    const before = await money().owed();
    expect(before.map((one) => one.userId)).not.toContain(userId);
    stripe.refund(sessionId, 1190);
    await services().billing.reconcile.run(Date.now());
    expect((await money().reversals())[0]).toMatchObject({
      userId,
      purchaseId,
      credits: 15,
      moved: 3,
      reason: 'refund',
    });
    expect((await money().owed()).find((one) => one.userId === userId)).toMatchObject({ owed: 12 });
    const page = (await (await ask('/admin/money')).text()).replaceAll('<!-- -->', '');
    expect(page).toContain('Refunded, of €11.90');
    expect(await (await ask(`/admin/people/${userId}`)).text()).toContain('€11.90 refunded');
  });

  it('the money page does not list a debt that is paid', async () => {
    const { userId, sessionId } = await seedPaid();
    const taken = { adminId: admin.adminId, userId, credits: -12, reason: 'Spent elsewhere' };
    await services().admin.adjustments.ask({ ...taken, requestKey: crypto.randomUUID(), requestId: 'req_1' });
    const { id } = stripe.dispute(sessionId, 1190);
    await services().billing.reconcile.run(Date.now());
    expect((await money().owed()).map((one) => one.userId)).toContain(userId);
    stripe.closeDispute(id as string, 'won');
    await services().billing.reconcile.run(Date.now() + 1);
    expect((await money().owed()).map((one) => one.userId)).not.toContain(userId);
  });
});

describe('the margin on the money page', () => {
  it('the page adds up the days of its address in UTC, and names what of it is an estimate', async () => {
    const march1 = Date.UTC(2025, 2, 1) / 86_400_000;
    const counted = [
      ...[-1, 3].map((off) => [march1 + off, 'money:eur', 99_900]),
      ...[
        [march1, 'money:eur', 2380],
        [march1 + 2, 'money-back:eur', 1190],
      ],
      ...[
        [march1, 'fees:eur', 86],
        [march1, 'fees-estimated:eur', 43],
      ],
      ...[
        [march1 + 1, 'provider-cents', 100],
        [march1 + 1, 'provider-cents-estimated', 71],
      ],
      ...[
        [march1 + 1, 'provider-cents:luma', 71],
        [march1 + 1, 'provider-cents-estimated:luma', 71],
      ],
      ...[
        [march1 + 1, 'provider-cents:runway', 29],
        [march1, 'credits:purchase', 30],
      ],
    ];
    const insert = env.DB.prepare('INSERT INTO day_figures (day, figure, value) VALUES (?1, ?2, ?3)');
    await env.DB.batch(counted.map((row) => insert.bind(...row)));
    const page = await (await ask('/admin/money?from=2025-03-01&to=2025-03-03')).text();
    const figures = [
      ...page.replaceAll('<!-- -->', '').matchAll(/<dt[^>]*>(.*?)<\/dt><dd[^>]*>(.*?)<\/dd>(?:<dd[^>]*>(.*?)<\/dd>)?/g),
    ];
    const shown = Object.fromEntries(figures.map(([, name, figure, more]) => [name, `${figure} ${more ?? ''}`.trim()]));
    expect(shown).toMatchObject({
      ...{ 'EUR in': '€23.80', 'EUR back': '€11.90 refunds and disputes' },
      ...{ 'Stripe’s fees, EUR': '€0.86 €0.43 of it estimated' },
      ...{
        Luma: '$0.71 estimated',
        Runway: '$0.29 told by the service',
        'All film services': '$1.00 $0.71 of it estimated',
      },
      // 23.80 - 11.90 - 0.86 - 1.00 × 0.90
      ...{ Left: '€10.14 estimated; in, less back, fees and film services' },
      'Margin per credit sold': '€0.34 estimated; €0.40 less €0.03 fees and €0.03 film services',
    });
    // Prices that no service publishes are named so.
    expect(page).toMatch(/ray-2<.*?Our estimate: compare it with your bill/);
  });

  it('a payment counts with its estimated fee at once, and with the fee itself after the comparison', async () => {
    const today = Math.floor(Date.now() / 86_400_000);
    const fees = async () => {
      const { sums } = await services().admin.margin.read({ first: today, last: today });
      const [euros] = sums.money;
      return [euros?.fees ?? 0, euros?.estimated ?? 0];
    };
    await services().billing.reconcile.run(Date.now());
    const [before = 0, estimatedBefore = 0] = await fees();
    stripe.fee = { fee: 60, currency: 'eur' };
    await seedPaid();
    expect(await fees()).toEqual([before + 43, estimatedBefore + 43]);
    await services().billing.reconcile.run(Date.now() + 1);
    expect(await fees()).toEqual([before + 60, estimatedBefore]);
  });
});

describe('a comparison by an admin', () => {
  it('a comparison corrects what it can, lists it in words, and writes an audit entry', async () => {
    const { userId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    expect(await money().compare({ adminId: admin.adminId, requestId: 'req_1' })).toBe('compared');
    expect((await services().credits.ledger.balance(userId)).balance).toBe(15);
    const [report] = await money().reports();
    expect(report?.differences.map(differenceInWords)).toContain(
      'Paid at Stripe, and the credits had not been given yet. Mended.',
    );
    const [act] = await services().admin.auditLog.list({ adminId: admin.adminId, limit: 1 });
    expect(act).toMatchObject({ what: 'reconciled', subject: 'stripe', requestId: 'req_1' });
    expect(await (await ask('/admin/money')).text()).toContain('the credits had not been given yet');
  });

  it('a comparison without an answer from Stripe leads back to the money page with a message', async () => {
    stripe.trouble = () => new Response('{}', { status: 401 });
    expect(await money().compare({ adminId: admin.adminId, requestId: 'req_1' })).toBe('not-compared');
    const [act] = await services().admin.auditLog.list({ adminId: admin.adminId, limit: 1 });
    expect(act).toMatchObject({ what: 'reconciled', after: 'Stripe could not be reached' });
  });

  it('a comparison needs a fresh sign-in', async () => {
    await env.DB.prepare('UPDATE sessions SET authenticated_at = ?2 WHERE user_id = ?1')
      .bind(admin.adminId, Date.now() - 16 * 60_000)
      .run();
    const answer = await ask('/admin/money/reconciliations', { method: 'POST' });
    expect(answer.headers.get('Location')).toBe('/admin/sign-in-again?returnTo=%2Fadmin%2Fmoney');
    expect(await (await ask('/admin/money')).text()).toContain('Sign in again');
    expect(await services().admin.auditLog.list({ adminId: admin.adminId, limit: 1 })).toEqual([]);
  });
});
