// "I paid and got nothing": from whatever the person names to the purchase, and one question to Stripe that books or explains.
import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
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
const find = (query: string) => services().admin.purchaseSearch.find(query);
const ask = (purchaseId: string) =>
  services().admin.purchasePage.ask({ adminId: admin.adminId, purchaseId, requestId: 'req_1' });
const balance = async (userId: string) => (await services().credits.ledger.balance(userId)).balance;

async function seedPaid() {
  const bought = await seedBuyer(stripe);
  stripe.pay(bought.sessionId);
  await services().billing.fulfil(bought.sessionId);
  return bought;
}

describe('the search for a payment', () => {
  it('every id of Stripe’s, a receipt, and the person’s e-mail and name lead to the one purchase', async () => {
    const { purchaseId: id, sessionId, userId } = await seedPaid();
    const unique = `zoe.${crypto.randomUUID()}`;
    const named = 'INSERT INTO profiles (user_id, google_sub, email, name, updated_at) VALUES (?1, ?2, ?3, ?4, 1)';
    await env.DB.prepare(named).bind(userId, unique, `${unique}@example.com`, `Zoe ${unique}`).run();
    const charge = stripe.chargeOf(sessionId) as Record<string, unknown> & { id: string };
    charge.receipt_number = '2145-6789';
    const refund = stripe.refund(sessionId, 100);
    const dispute = stripe.dispute(sessionId, 100);
    const warning = stripe.warnOfFraud(sessionId);
    const intent = stripe.sessions.get(sessionId)?.payment_intent ?? '';
    const queries = [
      ...[id, id.toLowerCase(), sessionId, intent, charge.id, refund.id, dispute.id, warning.id, '2145-6789'],
      ...[`https://pay.stripe.test/receipts/${charge.id}?s=ap`, unique, `zoe ${unique}`],
    ];
    for (const query of queries) expect([query, await find(query)]).toEqual([query, { id }]);
  });

  it('an amount lists its purchases, and what nobody knows lists none', async () => {
    const { purchaseId } = await seedPaid();
    const found = await find('11.90');
    expect('rows' in found ? found.rows.map(({ id }) => id) : [found.id]).toContain(purchaseId);
    for (const query of [
      'ch_unknown',
      'pi_unknown',
      '9999-9999',
      'https://pay.stripe.test/x',
      '1.23',
      'nobody-like-this',
    ])
      expect([query, await find(query)]).toEqual([query, { rows: [] }]);
  });

  it('Stripe out of reach finds nothing, and breaks no page', async () => {
    stripe.trouble = () => new Response('{}', { status: 401 });
    expect(await find('ch_unknown')).toEqual({ rows: [] });
  });
});

describe('the question to Stripe', () => {
  it('a payment whose event was lost is booked by the question, once', async () => {
    const { purchaseId, sessionId, userId } = await seedBuyer(stripe);
    expect(await ask(purchaseId)).toBe('open');
    stripe.pay(sessionId);
    expect(await ask(purchaseId)).toBe('booked');
    expect(await ask(purchaseId)).toBe('paid');
    expect(await balance(userId)).toBe(15);
    const entries = await services().admin.auditLog.list({ subject: purchaseId, limit: 5 });
    expect(entries.map(({ what, after }) => [what, after])).toEqual(
      ['paid', 'booked', 'open'].map((answer) => ['purchase-asked', answer]),
    );
  });

  it('a checkout whose answer was lost is found by what it carries', async () => {
    const { purchaseId, sessionId, userId } = await seedBuyer(stripe);
    await env.DB.prepare('UPDATE purchases SET checkout_session_id = NULL, checkout_url = NULL WHERE id = ?1')
      .bind(purchaseId)
      .run()
      .catch(() => undefined);
    stripe.pay(sessionId);
    expect(await ask(purchaseId)).toBe('booked');
    expect(await balance(userId)).toBe(15);
  });

  it('what Stripe does not say is explained, and changes nothing', async () => {
    const { purchaseId, sessionId, userId } = await seedBuyer(stripe);
    stripe.trouble = () => Response.json({ error: { message: 'Invalid API Key' } }, { status: 401 });
    expect(await ask(purchaseId)).toBe('unreachable');
    stripe.trouble = null;
    stripe.expire(sessionId);
    expect(await ask(purchaseId)).toBe('expired');
    expect(await ask('pur_00000000000000000000000000')).toBeNull();
    expect(await balance(userId)).toBe(0);
  });

  it('the page has what finds the purchase at Stripe, its events, and the question, which needs a fresh sign-in', async () => {
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(stripe.fetch);
    const { purchaseId, sessionId } = await seedBuyer(stripe);
    stripe.pay(sessionId);
    const { body, signature } = await stripe.event('checkout.session.completed', { id: sessionId });
    await services().billing.events.take({ body, signature });
    const request = (path: string, method = 'GET') =>
      exports.default.fetch(
        new Request(`${origin}/admin/purchases/${purchaseId}${path}`, {
          ...{ method, redirect: 'manual' },
          headers: { Cookie: admin.cookie, Origin: origin, Accept: 'text/html' },
        }),
      );
    const page = await (await request('')).text();
    expect(page).toContain(`https://dashboard.stripe.com/test/search?query=${sessionId}`);
    expect(page).toContain('checkout.session.completed');
    const answer = await request('/question', 'POST');
    expect(answer.headers.get('Location')).toBe(`/admin/purchases/${purchaseId}?flash=asked-paid`);
    expect(await (await request('?flash=asked-paid')).text()).toContain('the credits were booked before');
    await env.DB.prepare('UPDATE sessions SET authenticated_at = ?2 WHERE user_id = ?1')
      .bind(admin.adminId, Date.now() - 16 * 60_000)
      .run();
    expect((await request('/question', 'POST')).headers.get('Location')).toContain('/admin/sign-in-again');
    spy.mockRestore();
  });

  it('a purchase that is open does not read as not paid', async () => {
    const { userId } = await seedBuyer(stripe);
    const page = await exports.default.fetch(
      new Request(`${origin}/admin/people/${userId}`, { headers: { Cookie: admin.cookie, Accept: 'text/html' } }),
    );
    const text = await page.text();
    expect(text).not.toContain('Not paid yet');
    expect(text).toContain('no word from Stripe');
  });
});
