import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShownSession } from './stripe-board.ts';
import { clientOf, packOrder, type StripeAlone, startStripe, startWebhook } from './stripe-testing.ts';

let webhook: Awaited<ReturnType<typeof startWebhook>>;
let alone: StripeAlone;
let client: Stripe;
beforeAll(async () => {
  webhook = await startWebhook();
  alone = await startStripe({ appOrigin: webhook.origin, retryDelays: [] });
  client = clientOf(alone.vars);
});
afterAll(async () => {
  await alone.close();
  await webhook.close();
});

const create = (changes: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  client.checkout.sessions.create(packOrder(changes));

/** Posts a button of the payment page. */
async function press(session: Stripe.Checkout.Session, action: string, email = ''): Promise<Response> {
  return fetch(session.url ?? '', {
    method: 'POST',
    body: new URLSearchParams({ action, email }),
    redirect: 'manual',
  });
}

/** Performs an action on a session through the board. */
async function onBoard(
  id: string,
  action: string,
  order: unknown = {},
): Promise<{ status: number; body: ShownSession }> {
  const answer = await fetch(`${alone.origin}/board/stripe/sessions/${id}/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  return { status: answer.status, body: (await answer.json()) as ShownSession };
}

/** The types of the delivered events of a session and its payment, sorted: their order is not promised. */
async function heard(session: Stripe.Checkout.Session): Promise<string[]> {
  await alone.stripe.events.idle();
  const now = await client.checkout.sessions.retrieve(session.id);
  return webhook.deliveries
    .filter(
      ({ body }) => body.includes(session.id) || (now.payment_intent && body.includes(String(now.payment_intent))),
    )
    .map(({ event }) => event.type)
    .toSorted();
}

async function paid(changes: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const session = await create(changes);
  await press(session, 'pay');
  return session;
}

async function chargeOf({ id }: Stripe.Checkout.Session): Promise<Stripe.Charge> {
  const session = await client.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] });
  return (session.payment_intent as Stripe.PaymentIntent).latest_charge as Stripe.Charge;
}

describe('the payment page', () => {
  test('the payment page shows the line items, the amount, and a button for every ending, at any width', async () => {
    const html = await (await fetch((await create()).url ?? '')).text();
    for (const words of ['10 credits', '$9.99', '>Pay<', '>Pay later<', '>Decline<', '>Cancel<', '>Expire<'])
      expect(html).toContain(words);
    expect(html).toContain('width=device-width');
    expect(html).toContain('ada@echoes.test');
  });

  test('Pay completes the session and redirects to the success URL with its session id', async () => {
    const session = await create();
    const answer = await press(session, 'pay');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`http://localhost:8787/credits/return?session_id=${session.id}`);
    const now = await client.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
    expect(now).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer_details: { email: 'ada@echoes.test' },
      payment_intent: { status: 'succeeded', amount_received: 999, metadata: { pack: 'ten' } },
    });
    expect(await heard(session)).toEqual(['checkout.session.completed']);
    const { receipt_url } = await chargeOf(session);
    expect(await (await fetch(receipt_url ?? '')).text()).toContain('$9.99');
  });

  test('a paid session takes no second payment', async () => {
    const session = await paid();
    expect((await press(session, 'pay')).status).toBe(409);
    expect(await (await fetch(session.url ?? '')).text()).toContain('paid already');
    expect(await heard(session)).toEqual(['checkout.session.completed']);
  });

  test('Decline stays on the payment page with a message, and the next attempt may succeed with the same payment', async () => {
    const session = await create();
    const declined = await press(session, 'decline');
    expect(declined.status).toBe(200);
    expect(await declined.text()).toContain('Your card was declined');
    expect(await client.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'open', payment_intent: null });
    expect((await press(session, 'pay')).status).toBe(303);
    expect(await heard(session)).toEqual(['checkout.session.completed', 'payment_intent.payment_failed']);
    const charges = await client.charges.list({ payment_intent: String((await chargeOf(session)).payment_intent) });
    expect(charges.data.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
  });

  test('Cancel redirects to the cancel URL and leaves the session open', async () => {
    const session = await create();
    expect((await press(session, 'cancel')).headers.get('location')).toBe('http://localhost:8787/credits');
    expect(await client.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'open' });
    expect(await heard(session)).toEqual([]);
  });

  test('Expire ends the session', async () => {
    const session = await create();
    await press(session, 'expire');
    expect(await client.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'expired', url: null });
    expect(await heard(session)).toEqual(['checkout.session.expired']);
  });

  test('Pay later completes the session unpaid until the bank settles', async () => {
    const session = await create();
    expect((await press(session, 'pay-later')).status).toBe(303);
    const unpaid = await client.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
    expect(unpaid).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: { status: 'processing' },
    });
    expect((await onBoard(session.id, 'settle')).body).toMatchObject({ paymentStatus: 'paid' });
    expect(await heard(session)).toEqual(['checkout.session.async_payment_succeeded', 'checkout.session.completed']);
    expect((await chargeOf(session)).status).toBe('succeeded');
    expect((await onBoard(session.id, 'settle')).status).toBe(400);
  });

  test('a delayed payment may fail', async () => {
    const session = await create();
    await press(session, 'pay-later');
    await onBoard(session.id, 'fail');
    const now = await client.checkout.sessions.retrieve(session.id);
    expect(now).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    expect(await heard(session)).toEqual([
      'checkout.session.async_payment_failed',
      'checkout.session.completed',
      'payment_intent.payment_failed',
    ]);
  });

  test('a session that allows cards alone offers no Pay later', async () => {
    const session = await create({ allowed_payment_method_types: ['card'] });
    expect(await (await fetch(session.url ?? '')).text()).not.toContain('>Pay later<');
    expect((await press(session, 'pay-later')).status).toBe(409);
  });

  test('a session with an amount of 0 needs no payment', async () => {
    const price_data = { currency: 'usd', unit_amount: 0, product_data: { name: 'A gift' } };
    const session = await paid({ line_items: [{ quantity: 1, price_data }] });
    const now = await client.checkout.sessions.retrieve(session.id);
    expect(now).toMatchObject({ payment_status: 'no_payment_required', payment_intent: null });
  });

  test('the payment page asks for a missing e-mail, and its payer becomes a customer with customer_creation always', async () => {
    const session = await create({ customer_email: undefined, customer_creation: 'always' });
    await press(session, 'pay', 'grace@echoes.test');
    const now = await client.checkout.sessions.retrieve(session.id, { expand: ['customer'] });
    expect(now).toMatchObject({
      customer_details: { email: 'grace@echoes.test' },
      customer: { email: 'grace@echoes.test' },
    });
  });

  test('the payment page escapes the names of line items', async () => {
    const price_data = { currency: 'usd', unit_amount: 999, product_data: { name: '<b>10</b>' } };
    const session = await create({ line_items: [{ quantity: 2, price_data }] });
    const html = await (await fetch(session.url ?? '')).text();
    expect(html).not.toContain('<b>');
    expect(html).toContain('$19.98');
  });

  test('the page of an unknown session or charge is not found', async () => {
    expect((await fetch(`${alone.origin}/checkout/c/pay/cs_test_none`)).status).toBe(404);
    expect((await fetch(`${alone.origin}/checkout/receipts/payment/ch_none`)).status).toBe(404);
  });
});

describe('a refund', () => {
  test('partial refunds add up, and each event holds the sum so far', async () => {
    const session = await paid();
    await onBoard(session.id, 'refund', { amount: 300 });
    const { payment_intent } = await chargeOf(session);
    const second = await client.refunds.create({
      payment_intent: String(payment_intent),
      amount: 200,
      metadata: { why: 'x' },
    });
    expect(second).toMatchObject({ amount: 200, status: 'succeeded', metadata: { why: 'x' } });
    expect((await onBoard(session.id, 'refund')).body).toMatchObject({ amountRefunded: 999 });
    expect(await chargeOf(session)).toMatchObject({ amount_refunded: 999, refunded: true });
    await alone.stripe.events.idle();
    const delivered = webhook.deliveries
      .map(({ event }) => event)
      .filter((event) => event.type === 'charge.refunded')
      .filter((event) => event.data.object.payment_intent === payment_intent)
      .map((event) => [event.data.object.amount_refunded, event.data.object.refunded]);
    expect(delivered.sort()).toEqual([
      [300, false],
      [500, false],
      [999, true],
    ]);
    const { data } = await client.refunds.list({ payment_intent: String(payment_intent) });
    expect(data.map(({ amount }) => amount)).toEqual([499, 200, 300]);
  });

  test('a refund of more than the rest is refused, and one of a fully refunded charge too', async () => {
    const session = await paid();
    const { id: charge } = await chargeOf(session);
    await client.refunds.create({ charge, amount: 900 });
    await expect(client.refunds.create({ charge, amount: 100 })).rejects.toMatchObject({
      statusCode: 400,
      param: 'amount',
      message: 'Refund amount ($1.00) is greater than unrefunded amount on charge ($0.99)',
    });
    await client.refunds.create({ charge });
    await expect(client.refunds.create({ charge })).rejects.toMatchObject({ code: 'charge_already_refunded' });
    expect((await onBoard(session.id, 'refund')).status).toBe(400);
  });

  test('a refund under one idempotency key happens once', async () => {
    const { id: charge } = await chargeOf(await paid());
    const options = { idempotencyKey: `refund:${charge}:1` };
    const order = { charge, amount: 100, reason: 'requested_by_customer' as const };
    const [first, second] = [await client.refunds.create(order, options), await client.refunds.create(order, options)];
    expect(second).toEqual(first);
    expect(await client.charges.retrieve(charge)).toMatchObject({ amount_refunded: 100 });
  });

  test('a failed refund returns the money to the account', async () => {
    const session = await paid();
    await onBoard(session.id, 'refund', { amount: 300 });
    const { body } = await onBoard(session.id, 'fail-refund');
    expect(body).toMatchObject({ amountRefunded: 0, refunds: [{ amount: 300, status: 'failed' }] });
    expect(await heard(session)).toEqual([
      'charge.refund.updated',
      'charge.refunded',
      'checkout.session.completed',
      'refund.created',
      'refund.failed',
      'refund.updated',
    ]);
    expect((await onBoard(session.id, 'fail-refund')).status).toBe(400);
  });

  test('a refund needs a payment, an amount above 0, and one of the three reasons', async () => {
    const { id: charge } = await chargeOf(await paid());
    await expect(client.refunds.create({})).rejects.toMatchObject({ code: 'parameter_missing' });
    await expect(client.refunds.create({ charge, amount: 0 })).rejects.toMatchObject({ param: 'amount' });
    await expect(client.refunds.create({ charge, reason: 'mood' as 'duplicate' })).rejects.toMatchObject({
      param: 'reason',
    });
    await expect(client.refunds.create({ payment_intent: 'pi_none' })).rejects.toMatchObject({
      code: 'resource_missing',
    });
    const later = await create();
    await press(later, 'pay-later');
    expect((await onBoard(later.id, 'refund')).status).toBe(400);
  });
});

describe('a dispute', () => {
  test('a dispute takes the money, and refunds are refused while it is open', async () => {
    const session = await paid();
    const { body } = await onBoard(session.id, 'dispute', { reason: 'product_not_received' });
    expect(body).toMatchObject({ dispute: { status: 'needs_response', amount: 999 }, can: ['win', 'lose'] });
    const charge = await chargeOf(session);
    expect(charge.disputed).toBe(true);
    const { data } = await client.disputes.list({ charge: charge.id });
    expect(await client.disputes.retrieve(data[0]?.id ?? '', { expand: ['charge'] })).toMatchObject({
      reason: 'product_not_received',
      payment_intent: charge.payment_intent,
      charge: { id: charge.id },
      is_charge_refundable: false,
    });
    await expect(client.refunds.create({ charge: charge.id })).rejects.toMatchObject({ code: 'charge_disputed' });
    expect((await onBoard(session.id, 'dispute')).status).toBe(400);
  });

  test('a won dispute returns the money', async () => {
    const session = await paid();
    await onBoard(session.id, 'dispute');
    expect((await onBoard(session.id, 'win')).body).toMatchObject({ dispute: { status: 'won' } });
    expect(await heard(session)).toEqual([
      'charge.dispute.closed',
      'charge.dispute.created',
      'charge.dispute.funds_reinstated',
      'charge.dispute.funds_withdrawn',
      'checkout.session.completed',
    ]);
    expect((await onBoard(session.id, 'refund')).status).toBe(200);
  });

  test('a lost dispute allows no further dispute action or refund', async () => {
    const session = await paid();
    await onBoard(session.id, 'dispute', { amount: 500 });
    expect((await onBoard(session.id, 'lose')).body).toMatchObject({ dispute: { status: 'lost', amount: 500 } });
    expect(await heard(session)).not.toContain('charge.dispute.funds_reinstated');
    expect((await onBoard(session.id, 'win')).status).toBe(400);
    expect((await onBoard(session.id, 'refund')).status).toBe(400);
  });

  test('an inquiry takes no money, and is closed', async () => {
    const session = await paid();
    const { body } = await onBoard(session.id, 'dispute', { isInquiry: true });
    expect(body).toMatchObject({ dispute: { status: 'warning_needs_response' } });
    expect((await onBoard(session.id, 'win')).status).toBe(400);
    expect((await onBoard(session.id, 'close')).body).toMatchObject({ dispute: { status: 'warning_closed' } });
    expect(await heard(session)).not.toContain('charge.dispute.funds_withdrawn');
  });
});

describe('the board', () => {
  test('the board lists sessions with their actions, and redirects to itself after a button', async () => {
    const session = await create();
    const list = (await (await fetch(`${alone.origin}/board/stripe.json`)).json()) as { sessions: ShownSession[] };
    expect(list.sessions[0]).toMatchObject({
      id: session.id,
      status: 'open',
      clientReferenceId: 'user_1',
      can: ['pay', 'pay-later', 'decline', 'expire'],
    });
    const pressed = await fetch(`${alone.origin}/board/stripe/sessions/${session.id}/pay`, {
      method: 'POST',
      body: new URLSearchParams(),
      redirect: 'manual',
    });
    expect(pressed.headers.get('location')).toBe('/#stripe');
    const html = await (await fetch(alone.origin)).text();
    for (const words of ['>Refund<', '>Dispute<', 'checkout.session.completed', '>Resend<', 'two-ids'])
      expect(html).toContain(words);
  });

  test('the board refuses unknown actions, sessions, paths and delivery modes', async () => {
    const { id } = await create();
    expect((await onBoard(id, 'burn')).status).toBe(400);
    expect((await onBoard('cs_test_none', 'pay')).status).toBe(400);
    expect((await fetch(`${alone.origin}/board/stripe/burn`, { method: 'POST' })).status).toBe(404);
    const mode = await fetch(`${alone.origin}/board/stripe/deliveries`, { method: 'POST', body: '{"mode":"often"}' });
    expect(mode.status).toBe(400);
  });
});

describe('an early fraud warning', () => {
  test('a warning comes once for a payment, moves nothing, and ends with a refund in full', async () => {
    const session = await paid();
    expect((await onBoard(session.id, 'warn-of-fraud')).body.can).not.toContain('warn-of-fraud');
    expect((await onBoard(session.id, 'warn-of-fraud')).status).toBe(400);
    const [warning] = [...alone.stripe.account.warnings.values()].filter(({ payment_intent: id }) => id !== null);
    const read = () => client.radar.earlyFraudWarnings.retrieve(warning?.id ?? '');
    expect(await read()).toMatchObject({ actionable: true, charge: (await chargeOf(session)).id });
    expect(await heard(session)).toContain('radar.early_fraud_warning.created');
    await onBoard(session.id, 'refund', { amount: 100 });
    expect((await read()).actionable).toBe(true);
    await onBoard(session.id, 'refund');
    expect((await read()).actionable).toBe(false);
    expect(await heard(session)).toContain('radar.early_fraud_warning.updated');
    await expect(client.radar.earlyFraudWarnings.retrieve('issfr_other')).rejects.toMatchObject({
      code: 'resource_missing',
    });
  });
});

describe('the balance', () => {
  test('a payment and a dispute move the balance, each with its fee and its source', async () => {
    const session = await paid();
    const charge = await chargeOf(session);
    await onBoard(session.id, 'dispute');
    const { data } = await client.balanceTransactions.list({ limit: 100, expand: ['data.source'] });
    const ours = data.filter(
      ({ source }) => (source as { payment_intent?: string } | null)?.payment_intent === charge.payment_intent,
    );
    expect(ours.map(({ type, amount, fee, net }) => [type, amount, fee, net])).toEqual([
      ['adjustment', -charge.amount, 2000, -charge.amount - 2000],
      ['charge', charge.amount, Math.round(charge.amount * 0.0325) + 25, expect.any(Number)],
    ]);
    expect(ours[1]?.id).toBe(charge.balance_transaction);
  });
});
