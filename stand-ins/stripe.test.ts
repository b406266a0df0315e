import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf, packOrder, type StripeAlone, startStripe } from './stripe-testing.ts';

// The clock of the stand-in; only the tests move it.
let at = Date.UTC(2026, 10, 22);
let alone: StripeAlone;
let client: Stripe;
beforeAll(async () => {
  alone = await startStripe({ appOrigin: 'http://127.0.0.1:1', retryDelays: [], now: () => at });
  client = clientOf(alone.vars);
});
afterAll(() => alone.close());

const seconds = () => Math.floor(at / 1000);
const create = (changes: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  client.checkout.sessions.create(packOrder(changes));
const problemOf = (work: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
  work.then(
    () => expect.unreachable('was not refused'),
    (error: Stripe.errors.StripeError) => error,
  );
/** A request without Stripe's client, which sends valid requests alone. */
const raw = (path: string, init: RequestInit = {}) =>
  fetch(`${alone.origin}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${alone.vars.STRIPE_SECRET_KEY}`, ...init.headers },
  });

describe('a session', () => {
  test('a new session is open and unpaid, with a payment page', async () => {
    const session = await create();
    expect(session).toMatchObject({
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 999,
      currency: 'usd',
      client_reference_id: 'user_1',
      customer_email: 'ada@echoes.test',
      metadata: { pack: 'ten' },
      payment_intent: null,
      livemode: false,
      ui_mode: 'hosted_page',
      expires_at: seconds() + 86_400,
    });
    expect(session.id).toMatch(/^cs_test_/);
    expect(session.lastResponse.requestId).toMatch(/^req_/);
    expect(session.lastResponse.apiVersion).toBe('2026-10-28.endive');
    expect((await fetch(session.url ?? '')).status).toBe(200);
    expect(await client.checkout.sessions.retrieve(session.id)).toEqual(session);
  });

  test('a session is expired once by a request, and its page takes no payment from then on', async () => {
    const { id, url } = await create();
    expect(await client.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
    expect(await (await fetch(url ?? '')).text()).toContain('timed out');
    const error = await problemOf(client.checkout.sessions.expire(id));
    expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
    expect(error.message).toContain('This Checkout Session has a status of `expired`');
  });

  test('a session expires at expires_at', async () => {
    const { id } = await create({ expires_at: seconds() + 1800 });
    at += 1_799_000;
    expect(await client.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open' });
    at += 1000;
    expect(await client.checkout.sessions.retrieve(id)).toMatchObject({ status: 'expired' });
    const { data } = await client.events.list({ type: 'checkout.session.expired', limit: 1 });
    expect(data[0]?.data.object).toMatchObject({ id });
  });

  test('a session includes its line items, payment and customer when the request expands them', async () => {
    const customer = await client.customers.create({ email: 'grace@echoes.test', metadata: { user: 'user_2' } });
    const order = {
      ...packOrder(),
      customer: customer.id,
      customer_email: undefined,
      expand: ['line_items', 'customer'],
    };
    const session = await client.checkout.sessions.create(order);
    expect(session.line_items?.data[0]).toMatchObject({ description: '10 credits', quantity: 1, amount_total: 999 });
    expect(session.customer).toMatchObject({ id: customer.id, email: 'grace@echoes.test' });
    alone.stripe.payments.pay(session.id);
    const paid = await client.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge.refunds'],
    });
    expect(paid.payment_intent).toMatchObject({
      object: 'payment_intent',
      metadata: { pack: 'ten' },
      latest_charge: { object: 'charge', paid: true, refunds: { data: [] } },
    });
    const { data } = await client.checkout.sessions.listLineItems(session.id);
    expect(data).toHaveLength(1);
  });
});

describe('a list of sessions', () => {
  test('a list of sessions is paged, newest first, and filtered by creation time', async () => {
    at += 10_000;
    const since = seconds();
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      made.push((await create()).id);
      at += 1000;
    }
    const ids = [];
    for await (const { id } of client.checkout.sessions.list({ created: { gte: since }, limit: 2 })) ids.push(id);
    expect(ids).toEqual(made.toReversed());
    const late = await client.checkout.sessions.list({ created: { gt: since + 1, lte: since + 3 } });
    expect(late.data.map(({ id }) => id)).toEqual([made[3], made[2]]);
    const back = await client.checkout.sessions.list({ ending_before: made[2], limit: 1 });
    expect(back.data.map(({ id }) => id)).toEqual([made[3]]);
  });

  test('a list of sessions is filtered by status, payment and e-mail', async () => {
    const session = await create({ customer_email: 'narrow@echoes.test' });
    alone.stripe.payments.pay(session.id);
    const { payment_intent } = await client.checkout.sessions.retrieve(session.id);
    for (const filter of [
      { status: 'complete' as const, limit: 1 },
      { payment_intent: String(payment_intent) },
      { customer_details: { email: 'narrow@echoes.test' } },
    ]) {
      const { data } = await client.checkout.sessions.list({ ...filter, expand: ['data.payment_intent'] });
      expect(data[0]).toMatchObject({ id: session.id, payment_intent: { id: payment_intent } });
    }
    const open = await client.checkout.sessions.list({ status: 'open', limit: 100 });
    expect(open.data.map(({ id }) => id)).not.toContain(session.id);
  });

  test('a list of sessions refuses a limit above 100 and an unknown starting_after', async () => {
    expect(await problemOf(client.checkout.sessions.list({ limit: 101 }))).toMatchObject({ param: 'limit' });
    const unknown = await problemOf(client.checkout.sessions.list({ starting_after: 'cs_test_none' }));
    expect(unknown).toMatchObject({ code: 'resource_missing', param: 'starting_after' });
  });
});

describe('is strict', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['an unknown parameter', { colour: 'amber' }, { code: 'parameter_unknown', param: 'colour' }],
    [
      'an unknown parameter deep inside',
      { payment_intent_data: { metadata: {}, pack: 'ten' } },
      { code: 'parameter_unknown', param: 'payment_intent_data[pack]' },
    ],
    [
      'a parameter that this version removed',
      { payment_method_types: ['card'] },
      { code: 'parameter_unknown', param: 'payment_method_types' },
    ],
    ['a wrong mode', { mode: 'gift' }, { param: 'mode' }],
    ['no line items', { line_items: undefined }, { code: 'parameter_missing', param: 'line_items' }],
    [
      'an amount with a decimal point',
      { line_items: [line({ unit_amount: 9.99 })] },
      { code: 'parameter_invalid_integer' },
    ],
    [
      'an unknown currency',
      { line_items: [line({ currency: 'zzz' })] },
      { param: 'line_items[0][price_data][currency]' },
    ],
    ['less money than Stripe takes', { line_items: [line({ unit_amount: 49 })] }, { code: 'amount_too_small' }],
    ['an invalid URL', { success_url: '/credits' }, { code: 'url_invalid', param: 'success_url' }],
    ['an invalid e-mail', { customer_email: 'ada' }, { code: 'email_invalid', param: 'customer_email' }],
    ['an empty reference', { client_reference_id: '' }, { code: 'parameter_invalid_empty' }],
    ['a reference that is too long', { client_reference_id: 'x'.repeat(201) }, { param: 'client_reference_id' }],
    ['long metadata', { metadata: { pack: 'x'.repeat(501) } }, { param: 'metadata[pack]' }],
    ['a customer and an e-mail', { customer: 'cus_1' }, { param: 'customer' }],
    ['an unknown customer', { customer: 'cus_1', customer_email: undefined }, { code: 'resource_missing' }],
    ['an end in 29 minutes', { expires_at: () => seconds() + 29 * 60 }, { param: 'expires_at' }],
    ['an end in more than a day', { expires_at: () => seconds() + 86_460 }, { param: 'expires_at' }],
    ['an unknown expansion', { expand: ['colour'] }, { param: 'expand' }],
  ])('a session with %s is refused', async (_, changes, expected) => {
    const given = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [name, typeof value === 'function' ? value() : value]),
    );
    const before = alone.stripe.account.sessions.size;
    const error = await problemOf(create(given));
    expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', ...expected });
    expect(error.requestId).toMatch(/^req_/);
    expect(alone.stripe.account.sessions.size).toBe(before);
  });

  function line(changes: Record<string, unknown>) {
    const priceData = { currency: 'usd', unit_amount: 999, product_data: { name: '10 credits' }, ...changes };
    return { quantity: 1, price_data: priceData };
  }

  test('a wrong and a missing API key are refused', async () => {
    const error = await problemOf(clientOf(alone.vars, { key: 'sk_test_guess' }).checkout.sessions.list());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect((await fetch(`${alone.origin}/v1/checkout/sessions`)).status).toBe(401);
  });

  test('another version of the API, a JSON body and an unknown path are refused', async () => {
    const old = await raw('/v1/events', { headers: { 'stripe-version': '2020-08-27' } });
    expect(old.status).toBe(400);
    const json = await raw('/v1/customers', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(400);
    expect(await (await raw('/v1/gifts')).json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test.each([
    ['checkout.sessions', () => client.checkout.sessions.retrieve('cs_test_none')],
    ['customers', () => client.customers.retrieve('cus_none')],
    ['paymentIntents', () => client.paymentIntents.retrieve('pi_none')],
    ['charges', () => client.charges.retrieve('ch_none')],
    ['refunds', () => client.refunds.retrieve('re_none')],
    ['disputes', () => client.disputes.retrieve('dp_none')],
    ['events', () => client.events.retrieve('evt_none')],
  ])('an unknown id is not found: %s', async (_, work) => {
    expect(await problemOf(work())).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' });
  });
});

describe('an idempotency key', () => {
  test('an idempotency key repeats the first answer to the same request, and creates nothing', async () => {
    const options = { idempotencyKey: 'checkout:user_1:again' };
    const first = await client.checkout.sessions.create(packOrder(), options);
    const before = alone.stripe.account.sessions.size;
    alone.stripe.payments.pay(first.id);
    const second = await client.checkout.sessions.create(packOrder(), options);
    // The stored answer, not the current session.
    expect(second).toEqual(first);
    expect(second.status).toBe('open');
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
    });
    expect(alone.stripe.account.sessions.size).toBe(before);
  });

  test('an idempotency key with other parameters or another path is an error', async () => {
    const options = { idempotencyKey: 'checkout:user_1:other' };
    await client.checkout.sessions.create(packOrder(), options);
    const other = client.checkout.sessions.create(packOrder({ client_reference_id: 'user_2' }), options);
    const error = await problemOf(other);
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error.message).toContain('same parameters');
    const elsewhere = await problemOf(client.customers.create({}, options));
    expect(elsewhere).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
  });

  test('an idempotency key is in use while its first request is under way', async () => {
    const options = { idempotencyKey: 'checkout:user_1:both' };
    alone.stripe.answers.next('HOLD');
    const first = client.checkout.sessions.create(packOrder(), options);
    await expect.poll(() => alone.stripe.answers.held()).toBe(1);
    const second = await problemOf(client.checkout.sessions.create(packOrder(), options));
    expect(second).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    alone.stripe.answers.release();
    expect(await first).toEqual(await client.checkout.sessions.create(packOrder(), options));
  });

  test('an idempotency key is free after refused parameters, and after a day', async () => {
    const options = { idempotencyKey: 'checkout:user_1:free' };
    await problemOf(client.checkout.sessions.create(packOrder({ success_url: 'nowhere' }), options));
    const first = await client.checkout.sessions.create(packOrder(), options);
    at += 86_400_000;
    expect((await client.checkout.sessions.create(packOrder(), options)).id).not.toBe(first.id);
  });

  test('an idempotency key keeps an error of the server', async () => {
    const options = { idempotencyKey: 'checkout:user_1:error' };
    alone.stripe.answers.next('ERROR');
    expect(await problemOf(client.checkout.sessions.create(packOrder(), options))).toMatchObject({ statusCode: 500 });
    expect(await problemOf(client.checkout.sessions.create(packOrder(), options))).toMatchObject({ statusCode: 500 });
  });

  test('an idempotency key finds the session whose answer was lost', async () => {
    const before = alone.stripe.account.sessions.size;
    alone.stripe.answers.next('LOSE_ANSWER', { times: 2 });
    const options = { idempotencyKey: 'checkout:user_1:lost' };
    const error = await problemOf(client.checkout.sessions.create(packOrder(), options));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    const session = await client.checkout.sessions.create(packOrder(), options);
    expect(alone.stripe.account.sessions.size).toBe(before + 1);
    expect(session.status).toBe('open');
  });

  test('an idempotency key is not used by a rate limit or an overload', async () => {
    const options = { idempotencyKey: 'checkout:user_1:busy' };
    alone.stripe.answers.next('RATE_LIMIT', { method: 'POST' });
    alone.stripe.answers.next('UNAVAILABLE', { method: 'POST' });
    const busy = await problemOf(client.checkout.sessions.create(packOrder(), options));
    expect(busy).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(await problemOf(client.checkout.sessions.create(packOrder(), options))).toMatchObject({ statusCode: 503 });
    expect((await client.checkout.sessions.create(packOrder(), options)).status).toBe('open');
  });
});
