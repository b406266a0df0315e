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

/** Presses a button of the payment page, as a browser does. */
async function press(session: Stripe.Checkout.Session, action: string, email = ''): Promise<Response> {
  return fetch(session.url ?? '', {
    method: 'POST',
    body: new URLSearchParams({ action, email }),
    redirect: 'manual',
  });
}

/** Presses a button of the board, as a test does. */
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

/** The types of event that have come for a session and its payment, by name: no order is promised. */
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
  test('shows what is bought, for how much, and every way it may end, to any width of screen', async () => {
    const html = await (await fetch((await create()).url ?? '')).text();
    for (const words of ['10 credits', '$9.99', '>Pay<', '>Pay later<', '>Decline<', '>Cancel<', '>Expire<'])
      expect(html).toContain(words);
    expect(html).toContain('width=device-width');
    expect(html).toContain('ada@echoes.test');
  });

  test('Pay takes the money and goes on to where the app wants people, with the session named', async () => {
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

  test('a session that is paid takes no second payment', async () => {
    const session = await paid();
    expect((await press(session, 'pay')).status).toBe(409);
    expect(await (await fetch(session.url ?? '')).text()).toContain('paid already');
    expect(await heard(session)).toEqual(['checkout.session.completed']);
  });

  test('Decline stays on the page and says so; the next attempt may succeed, with the same payment', async () => {
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

  test('Cancel goes back and leaves the session open', async () => {
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

  test('Pay later completes the session without money, until the bank sends it', async () => {
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

  test('Pay later may end without money', async () => {
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

  test('a session for cards alone offers no Pay later', async () => {
    const session = await create({ allowed_payment_method_types: ['card'] });
    expect(await (await fetch(session.url ?? '')).text()).not.toContain('>Pay later<');
    expect((await press(session, 'pay-later')).status).toBe(409);
  });

  test('nothing to pay needs no payment', async () => {
    const price_data = { currency: 'usd', unit_amount: 0, product_data: { name: 'A gift' } };
    const session = await paid({ line_items: [{ quantity: 1, price_data }] });
    const now = await client.checkout.sessions.retrieve(session.id);
    expect(now).toMatchObject({ payment_status: 'no_payment_required', payment_intent: null });
  });

  test('who pays is asked where nobody said it, and becomes a customer where that is wanted', async () => {
    const session = await create({ customer_email: undefined, customer_creation: 'always' });
    await press(session, 'pay', 'grace@echoes.test');
    const now = await client.checkout.sessions.retrieve(session.id, { expand: ['customer'] });
    expect(now).toMatchObject({
      customer_details: { email: 'grace@echoes.test' },
      customer: { email: 'grace@echoes.test' },
    });
  });

  test('words of others are shown as words', async () => {
    const price_data = { currency: 'usd', unit_amount: 999, product_data: { name: '<b>10</b>' } };
    const session = await create({ line_items: [{ quantity: 2, price_data }] });
    const html = await (await fetch(session.url ?? '')).text();
    expect(html).not.toContain('<b>');
    expect(html).toContain('$19.98');
  });

  test('a page that never was is not found', async () => {
    expect((await fetch(`${alone.origin}/checkout/c/pay/cs_test_none`)).status).toBe(404);
    expect((await fetch(`${alone.origin}/checkout/receipts/payment/ch_none`)).status).toBe(404);
  });
});

describe('a refund', () => {
  test('in parts adds up, and each part tells the whole so far', async () => {
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
    const told = webhook.deliveries
      .map(({ event }) => event)
      .filter((event) => event.type === 'charge.refunded')
      .filter((event) => event.data.object.payment_intent === payment_intent)
      .map((event) => [event.data.object.amount_refunded, event.data.object.refunded]);
    expect(told.sort()).toEqual([
      [300, false],
      [500, false],
      [999, true],
    ]);
    const { data } = await client.refunds.list({ payment_intent: String(payment_intent) });
    expect(data.map(({ amount }) => amount)).toEqual([499, 200, 300]);
  });

  test('of more than is left is refused, and so is one of what has gone back whole', async () => {
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

  test('under one idempotency key happens once', async () => {
    const { id: charge } = await chargeOf(await paid());
    const options = { idempotencyKey: `refund:${charge}:1` };
    const order = { charge, amount: 100, reason: 'requested_by_customer' as const };
    const [first, second] = [await client.refunds.create(order, options), await client.refunds.create(order, options)];
    expect(second).toEqual(first);
    expect(await client.charges.retrieve(charge)).toMatchObject({ amount_refunded: 100 });
  });

  test('that fails gives the money back to the account', async () => {
    const session = await paid();
    await onBoard(session.id, 'refund', { amount: 300 });
    const { body } = await onBoard(session.id, 'fail-refund');
    expect(body).toMatchObject({ amountRefunded: 0, refunds: [{ amount: 300, status: 'failed' }] });
    expect(await heard(session)).toEqual([
      'charge.refunded',
      'checkout.session.completed',
      'refund.created',
      'refund.failed',
      'refund.updated',
    ]);
    expect((await onBoard(session.id, 'fail-refund')).status).toBe(400);
  });

  test('needs a payment, an amount above nothing, and one of the three reasons', async () => {
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
  test('takes the money, and lets no refund through while it is open', async () => {
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

  test('that is won brings the money back', async () => {
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

  test('that is lost is the end of it', async () => {
    const session = await paid();
    await onBoard(session.id, 'dispute', { amount: 500 });
    expect((await onBoard(session.id, 'lose')).body).toMatchObject({ dispute: { status: 'lost', amount: 500 } });
    expect(await heard(session)).not.toContain('charge.dispute.funds_reinstated');
    expect((await onBoard(session.id, 'win')).status).toBe(400);
    expect((await onBoard(session.id, 'refund')).status).toBe(400);
  });

  test('that is only an inquiry takes no money, and is closed', async () => {
    const session = await paid();
    const { body } = await onBoard(session.id, 'dispute', { isInquiry: true });
    expect(body).toMatchObject({ dispute: { status: 'warning_needs_response' } });
    expect((await onBoard(session.id, 'win')).status).toBe(400);
    expect((await onBoard(session.id, 'close')).body).toMatchObject({ dispute: { status: 'warning_closed' } });
    expect(await heard(session)).not.toContain('charge.dispute.funds_withdrawn');
  });
});

describe('the board', () => {
  test('lists sessions with what can be done to each, and brings a person back after a button', async () => {
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

  test('refuses what it does not know', async () => {
    const { id } = await create();
    expect((await onBoard(id, 'burn')).status).toBe(400);
    expect((await onBoard('cs_test_none', 'pay')).status).toBe(400);
    expect((await fetch(`${alone.origin}/board/stripe/burn`, { method: 'POST' })).status).toBe(404);
    const mode = await fetch(`${alone.origin}/board/stripe/deliveries`, { method: 'POST', body: '{"mode":"often"}' });
    expect(mode.status).toBe(400);
  });
});
