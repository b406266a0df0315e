import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stripeWebhookSecret } from './stripe.ts';
import { act, type SessionAction } from './stripe-actions.ts';
import { signatureOf } from './stripe-events.ts';
import { clientOf, type Delivery, packOrder, type StripeAlone, startStripe, startWebhook } from './stripe-testing.ts';

// The field names of Stripe's own examples (stand-ins/specs/README.md).
const official = resolve(import.meta.dirname, 'specs/stripe-fields.json');

let answer: (delivery: Delivery, count: number) => number = () => 200;
let webhook: Awaited<ReturnType<typeof startWebhook>>;
let alone: StripeAlone;
let client: Stripe;
beforeEach(async () => {
  answer = () => 200;
  webhook = await startWebhook((delivery, count) => answer(delivery, count));
  alone = await startStripe({ appOrigin: webhook.origin, retryDelays: [1, 2, 3] });
  client = clientOf(alone.vars);
});
afterEach(async () => {
  await alone.close();
  await webhook.close();
});

const session = () => client.checkout.sessions.create(packOrder());

/** A session after these actions, in their order. */
async function sessionAfter(...actions: SessionAction[]): Promise<Stripe.Checkout.Session> {
  const made = await session();
  for (const action of actions) {
    expect(act(alone.stripe, made.id, action)).toMatchObject({ ok: true });
    await alone.stripe.events.idle();
  }
  return made;
}

async function onBoard<T = { events: { id: string; state: string }[]; answers: number }>(
  path: string,
  order: unknown = {},
): Promise<T> {
  const response = await fetch(`${alone.origin}/board/stripe${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const completed = 'checkout.session.completed';

describe('an event', () => {
  test('an event has a signature that Stripe’s client verifies, and a changed event has not', async () => {
    const { id } = await sessionAfter('pay');
    const [delivery] = webhook.deliveries;
    if (!delivery) return expect.unreachable('nothing came');
    const { body, signature } = delivery;
    const read = (text: string, secret = stripeWebhookSecret, receivedAt?: number) =>
      client.webhooks.constructEventAsync(text, signature, secret, 300, undefined, receivedAt);
    const event = await read(body);
    expect(event).toMatchObject({
      object: 'event',
      type: completed,
      api_version: '2026-10-28.endive',
      livemode: false,
      data: { object: { id, payment_status: 'paid', metadata: { pack: 'ten' } } },
    });
    await expect(read(JSON.stringify(JSON.parse(body)))).rejects.toBeInstanceOf(
      Stripe.errors.StripeSignatureVerificationError,
    );
    await expect(read(body.replace('999', '1'))).rejects.toThrow();
    await expect(read(body, 'whsec_other')).rejects.toThrow();
    await expect(read(body, stripeWebhookSecret, Date.now() + 301_000)).rejects.toThrow();
  });

  test('an event has a signature in the documented form', () => {
    expect(signatureOf('{}', 'whsec_test', 1_492_774_577_000)).toMatch(
      /^t=1492774577,v1=[0-9a-f]{64},v0=[0-9a-f]{64}$/,
    );
  });

  test('an event holds its object as it was at the time of the event', async () => {
    const { id } = await sessionAfter('pay-later', 'settle');
    const states = webhook.deliveries.map(({ event }) => (event.data.object as Stripe.Checkout.Session).payment_status);
    expect(states).toEqual(['unpaid', 'paid']);
    expect((await client.checkout.sessions.retrieve(id)).payment_status).toBe('paid');
  });

  test('an event names the API request that caused it, and none for the action of a person', async () => {
    const made = await session();
    const { lastResponse } = await client.checkout.sessions.expire(made.id, undefined, { idempotencyKey: 'expire:1' });
    await sessionAfter('expire');
    expect(webhook.deliveries.map(({ event }) => event.request)).toEqual([
      { id: lastResponse.requestId, idempotency_key: 'expire:1' },
      { id: null, idempotency_key: null },
    ]);
  });

  test('events are listed, also of types that the webhook does not receive', async () => {
    await sessionAfter('pay');
    const { data } = await client.events.list();
    expect(data.map(({ type }) => type)).toEqual([
      completed,
      'payment_intent.succeeded',
      'charge.succeeded',
      'payment_intent.created',
    ]);
    expect(webhook.types()).toEqual([completed]);
    const [first] = data;
    expect(await client.events.retrieve(first?.id ?? '')).toEqual(first);
    expect((await client.events.list({ type: 'charge.*' })).data).toHaveLength(1);
    expect((await client.events.list({ types: [completed, 'charge.succeeded'] })).data).toHaveLength(2);
    expect((await client.events.list({ delivery_success: false })).data).toEqual([]);
  });
});

describe('a webhook that does not answer 2xx', () => {
  test('a failed delivery is repeated with the same body and a new signature until the webhook answers 2xx', async () => {
    answer = (_, count) => [500, 302, 200][count - 1] ?? 200;
    await sessionAfter('pay');
    expect(webhook.types()).toEqual([completed, completed, completed]);
    expect(new Set(webhook.deliveries.map(({ body }) => body)).size).toBe(1);
    for (const { body, signature } of webhook.deliveries)
      await client.webhooks.constructEventAsync(body, signature, stripeWebhookSecret);
    const sent = alone.stripe.events.all().at(-1);
    expect(sent).toMatchObject({ state: 'delivered', answers: [500, 302, 200] });
  });

  test('a delivery is given up after four attempts, and can be resent', async () => {
    answer = () => 500;
    await sessionAfter('pay');
    const sent = alone.stripe.events.all().at(-1);
    expect(sent).toMatchObject({ state: 'given up', answers: [500, 500, 500, 500] });
    expect((await client.events.list({ delivery_success: false })).data.map(({ id }) => id)).toEqual([sent?.event.id]);
    answer = () => 200;
    expect(await onBoard(`/events/${sent?.event.id}/resend`)).toMatchObject({ state: 'delivered' });
    expect(webhook.deliveries.at(-1)?.event.id).toBe(sent?.event.id);
  });

  test('a delivery to a webhook that cannot be reached is given up after four attempts', async () => {
    await webhook.close();
    await sessionAfter('pay');
    expect(alone.stripe.events.all().at(-1)).toMatchObject({ state: 'given up', answers: [0, 0, 0, 0] });
  });
});

describe('the next events go out', () => {
  test('in the delivery mode twice, an event is delivered two times', async () => {
    await onBoard('/deliveries', { mode: 'twice' });
    await sessionAfter('pay');
    const ids = webhook.deliveries.map(({ event }) => event.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    await sessionAfter('pay');
    expect(webhook.deliveries).toHaveLength(3);
  });

  test('in the delivery mode two-ids, one change makes two events', async () => {
    await onBoard('/deliveries', { mode: 'two-ids' });
    const { id } = await sessionAfter('pay');
    const events = webhook.deliveries.map(({ event }) => event);
    expect(new Set(events.map((event) => event.id)).size).toBe(2);
    expect(events.map((event) => (event.data.object as Stripe.Checkout.Session).id)).toEqual([id, id]);
    expect((await client.events.list({ type: completed })).data).toHaveLength(2);
  });

  test('in the delivery mode late, events are held until release, and delivered in their order', async () => {
    await onBoard('/deliveries', { mode: 'late', times: 4 });
    await sessionAfter('pay', 'refund', 'dispute');
    expect(webhook.types()).toEqual(['charge.dispute.funds_withdrawn']);
    expect((await onBoard('/release')).events.map(({ state }) => state)).toEqual(Array(4).fill('delivered'));
    expect(webhook.types().slice(1)).toEqual([
      completed,
      'refund.created',
      'charge.refunded',
      'charge.dispute.created',
    ]);
    expect((await onBoard('/release')).events).toEqual([]);
  });

  test('in the delivery mode reordered, events are held until release, and delivered in reverse', async () => {
    await onBoard('/deliveries', { mode: 'reordered', times: 10 });
    await sessionAfter('pay', 'refund');
    expect(webhook.deliveries).toEqual([]);
    await onBoard('/release');
    expect(webhook.types()).toEqual(['charge.refunded', 'refund.created', completed]);
  });

  test('in the delivery mode never, an event is delivered by a resend alone', async () => {
    await onBoard('/deliveries', { mode: 'never' });
    await sessionAfter('pay');
    expect(webhook.deliveries).toEqual([]);
    const kept = alone.stripe.events.all().at(-1);
    expect(kept).toMatchObject({ state: 'kept', mode: 'never', event: { type: completed, pending_webhooks: 1 } });
    await onBoard('/release');
    expect(webhook.deliveries).toEqual([]);
    await onBoard(`/events/${kept?.event.id}/resend`);
    expect(webhook.types()).toEqual([completed]);
  });

  test('a delivery mode can be limited to one type of event', async () => {
    await onBoard('/deliveries', { mode: 'never', type: 'charge.refunded', times: 2 });
    await sessionAfter('pay', 'refund');
    expect(webhook.types()).toEqual([completed, 'refund.created']);
    const { waiting } = (await (await fetch(`${alone.origin}/board/stripe.json`)).json()) as { waiting: unknown };
    expect(waiting).toMatchObject({ deliveries: [{ mode: 'never', type: 'charge.refunded', times: 1 }] });
  });

  test('the delivery mode once ends all other modes', async () => {
    await onBoard('/deliveries', { mode: 'never', times: 100 });
    expect(await onBoard('/deliveries', { mode: 'once' })).toMatchObject({ deliveries: [] });
    await sessionAfter('pay');
    expect(webhook.types()).toEqual([completed]);
  });
});

test('the board forces the next answers of the API, and releases held answers', async () => {
  await onBoard('/answers', { next: 'UNAVAILABLE', method: 'POST' });
  await expect(session()).rejects.toMatchObject({ statusCode: 503 });
  await onBoard('/answers', { next: 'HOLD' });
  const held = session();
  await expect.poll(() => alone.stripe.answers.held()).toBe(1);
  expect(await onBoard('/release')).toMatchObject({ answers: 1 });
  expect(await held).toMatchObject({ status: 'open' });
});

describe('beside Stripe’s own examples', () => {
  const fixtures = () =>
    (JSON.parse(readFileSync(official, 'utf8')) as { resources: Record<string, Record<string, unknown>> }).resources;

  /** Paths of fields that the example has and `ours` lacks; lists and free-form objects are skipped. */
  function lacking(ours: unknown, example: unknown, path = ''): string[] {
    if (!isObject(ours) || !isObject(example)) return [];
    return Object.entries(example).flatMap(([name, value]) => {
      const at = path ? `${path}.${name}` : name;
      if (name === 'metadata') return [];
      return name in ours ? lacking(ours[name], value, at) : [at];
    });
  }
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);

  /** Fields that only the example has: its refunds are expanded, and a bank debit has no card. */
  const exceptions = ['charge refunds', 'charge payment_method_details.card'];

  test('every event and its object have all fields of Stripe’s examples', async () => {
    await client.customers.create({ email: 'ada@echoes.test' });
    await sessionAfter('decline', 'pay', 'refund', 'fail-refund', 'dispute', 'win');
    await sessionAfter('pay-later', 'settle');
    await sessionAfter('pay-later', 'fail');
    await sessionAfter('pay', 'dispute', 'lose');
    await sessionAfter('expire');
    const { event: exampleEvent, ...examples } = fixtures();
    const seen = new Set<string>();
    for (const { event } of alone.stripe.events.all()) {
      const { object } = event.data;
      const kind = object.object;
      expect(lacking({ ...event, data: {} }, { ...exampleEvent, data: {} })).toEqual([]);
      const fields = lacking(object, examples[kind]).filter((path) => !exceptions.includes(`${kind} ${path}`));
      expect({ type: event.type, fields }).toEqual({ type: event.type, fields: [] });
      seen.add(kind);
    }
    expect([...seen].toSorted()).toEqual([
      'charge',
      'checkout.session',
      'customer',
      'dispute',
      'payment_intent',
      'refund',
    ]);
  });

  test('a line item of a session has all fields of Stripe’s example', async () => {
    const { data } = await client.checkout.sessions.listLineItems((await session()).id);
    expect(lacking(data[0], fixtures().item)).toEqual([]);
  });
});
