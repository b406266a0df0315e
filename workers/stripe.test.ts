// Stripe's door through the whole Worker: a valid event grants credits once, any other leaves nothing behind.
import { env, exports } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventTypes } from '~/billing/events.server';
import { testConfig, testServices } from '~/testing/services';
import { createTestStripe, seedBuyer } from '~/testing/stripe';
import worker from './app';

const stripe = createTestStripe();
const {
  billing,
  credits: { ledger },
} = testServices({ fetch: stripe.fetch });
const [newSecret = '', oldSecret = ''] = testConfig().STRIPE_WEBHOOK_SECRET ?? [];

beforeEach(() => void vi.spyOn(globalThis, 'fetch').mockImplementation(stripe.fetch));
afterEach(() => {
  vi.restoreAllMocks();
  stripe.trouble = null;
});

async function send(body: BodyInit, signature: string | null, headers: Record<string, string> = {}) {
  const all = { 'Content-Type': 'application/json; charset=utf-8', ...headers };
  const request = new Request(`${env.APP_ORIGIN}/webhooks/stripe`, {
    method: 'POST',
    body,
    headers: { ...all, ...(signature !== null && { 'Stripe-Signature': signature }) },
  });
  const response = await exports.default.fetch(request);
  await response.body?.cancel();
  return response.status;
}

/** A paid checkout session and its event. */
async function paid(changed: Parameters<typeof stripe.event>[2] = {}) {
  const buyer = await seedBuyer(stripe);
  stripe.pay(buyer.sessionId);
  const session = stripe.sessions.get(buyer.sessionId) as Record<string, unknown>;
  return { ...buyer, session, event: await stripe.event('checkout.session.completed', session, changed) };
}

/** The rows of billing's tables, which must not change. */
async function books(): Promise<string> {
  const tables = ['stripe_events', 'purchases', 'reversals', 'credit_entries', 'credit_accounts'];
  const rows = await Promise.all(tables.map((name) => env.DB.prepare(`SELECT * FROM ${name}`).all()));
  return JSON.stringify(rows.map(({ results }) => results));
}

describe('Stripe’s door without a secret', () => {
  it('without a secret Stripe’s door refuses every event, also one signed with an empty or a public secret', async () => {
    const { STRIPE_WEBHOOK_SECRET: _, ...rest } = env as unknown as Record<string, unknown>;
    const context = { waitUntil() {}, passThroughOnException() {}, props: {} } as unknown as ExecutionContext;
    const before = await books();
    for (const signedBy of ['whsec_none_is_set', 'undefined', ' ']) {
      const { event } = await paid({ signedBy });
      const headers = { 'Stripe-Signature': event.signature };
      const request = new Request(`${env.APP_ORIGIN}/webhooks/stripe`, {
        method: 'POST',
        body: event.payload,
        headers,
      });
      expect((await worker.fetch(request, rest as unknown as Env, context)).status).toBe(503);
    }
    expect(JSON.parse(await books())[0]).toEqual(JSON.parse(before)[0]);
  });
});

describe('an event of Stripe', { timeout: 60_000 }, () => {
  it('a Stripe event grants credits once however often it comes, without a session of ours', async () => {
    const { userId, event } = await paid();
    for (const _ of [1, 2, 3]) {
      const status = await send(event.payload, event.signature, { Origin: 'https://stripe.com' });
      expect(status).toBe(200);
    }
    expect((await ledger.balance(userId)).balance).toBe(15);
    const stored = await env.DB.prepare('SELECT * FROM stripe_events WHERE id = ?1').bind(event.id).first();
    expect(stored).toMatchObject({ type: 'checkout.session.completed', deliveries: 3, outcome: 'paid' });
  });

  it('a Stripe event passes under either secret while one replaces the other', async () => {
    for (const signedBy of [newSecret, oldSecret]) {
      const { userId, event } = await paid({ signedBy });
      expect(await send(event.payload, event.signature)).toBe(200);
      expect((await ledger.balance(userId)).balance).toBe(15);
    }
  });

  it('a Stripe event of an unused type is stored and answered 200', async () => {
    for (const type of ['payment_intent.created', 'customer.updated', 'invented.tomorrow']) {
      const { id, payload, signature } = await stripe.event(type, { id: 'obj_1', object: 'thing' });
      expect([type, await send(payload, signature)]).toEqual([type, 200]);
      const stored = await env.DB.prepare('SELECT outcome FROM stripe_events WHERE id = ?1').bind(id).first();
      expect(stored).toEqual({ outcome: 'ignored' });
    }
    expect(eventTypes).toHaveLength(16);
  });

  it('a Stripe event about another shop’s payment changes nothing and is answered 200', async () => {
    const { payload, signature } = await stripe.event('charge.refunded', {
      id: 'ch_other',
      payment_intent: 'pi_other',
    });
    const before = await books();
    expect(await send(payload, signature)).toBe(200);
    expect(JSON.stringify(JSON.parse(await books()).slice(1))).toBe(JSON.stringify(JSON.parse(before).slice(1)));
  });

  it('a Stripe event whose handling fails is answered 500, so that it comes again', async () => {
    const { userId, event } = await paid();
    vi.spyOn(console, 'error').mockReturnValue();
    stripe.trouble = () => Response.json({ error: { type: 'api_error', message: 'overloaded' } }, { status: 503 });
    expect(await send(event.payload, event.signature)).toBe(500);
    const storedEvent = () => env.DB.prepare('SELECT * FROM stripe_events WHERE id = ?1').bind(event.id).first();
    expect(await storedEvent()).toMatchObject({ done_at: null, outcome: expect.stringMatching(/^failed: /) });
    stripe.trouble = null;
    expect(await send(event.payload, event.signature)).toBe(200);
    expect(await storedEvent()).toMatchObject({ deliveries: 2, outcome: 'paid' });
    expect((await ledger.balance(userId)).balance).toBe(15);
  });

  it('a Stripe event sends a live frame to the purchase’s page', async () => {
    const { userId, purchaseId, event } = await paid();
    await send(event.payload, event.signature);
    expect((await billing.find({ userId, purchaseId }))?.state).toBe('paid');
  });
});

describe('a forged or malformed Stripe event', { timeout: 60_000 }, () => {
  const now = () => Math.floor(Date.now() / 1000);
  const cases: Record<string, () => Promise<[body: BodyInit, signature: string | null, status: number]>> = {
    unsigned: async () => [(await paid()).event.payload, null, 401],
    'signed with another secret': async () => {
      const { event } = await paid({ signedBy: 'whsec_of_somebody_else_0123' });
      return [event.payload, event.signature, 401];
    },
    'signed too long ago': async () => {
      const { event } = await paid({ signedAt: now() - 301 });
      return [event.payload, event.signature, 401];
    },
    'signed too long ago with the older secret': async () => {
      const { event } = await paid({ signedAt: now() - 301, signedBy: oldSecret });
      return [event.payload, event.signature, 401];
    },
    'said again in other bytes': async () => {
      const { event } = await paid();
      return [JSON.stringify(JSON.parse(event.payload)), event.signature, 401];
    },
    'changed on its way': async () => {
      const { event } = await paid();
      return [event.payload.replace('"paid"', '"void"'), event.signature, 401];
    },
    'with the time of its signature moved': async () => {
      const { event } = await paid();
      return [event.payload, event.signature.replace(/t=\d+/, `t=${now() + 5}`), 401];
    },
    'of the other mode': async () => {
      const { event } = await paid({ livemode: true });
      return [event.payload, event.signature, 400];
    },
    empty: async () => ['', (await paid()).event.signature, 401],
    'with a signature of nonsense': async () => [(await paid()).event.payload, 't=,v1=\u0001,v0', 401],
    'signed, but no event': async () => {
      const { payload, signature } = await stripe.event('x', {}, { id: 'not an id' });
      return [payload, signature, 400];
    },
    'larger than any': async () => {
      const { payload, signature } = await stripe.event('charge.refunded', { id: 'ch_1', words: 'x'.repeat(300_000) });
      return [payload, signature, 413];
    },
  };
  it.each(Object.entries(cases))('a Stripe event is refused without a write: %s', async (_name, make) => {
    const [body, signature, status] = await make();
    const before = await books();
    expect(await send(body, signature)).toBe(status);
    expect(await books()).toBe(before);
  });

  it('any other body at Stripe’s door is refused without a write', async () => {
    const before = await books();
    const { signature } = (await paid()).event;
    const after = await books();
    expect(after).not.toBe(before);
    const bytes = fc.uint8Array({ maxLength: 300 });
    const header = fc.oneof(fc.constant(signature), fc.string({ unit: 'grapheme-ascii', maxLength: 80 }));
    await fc.assert(
      fc.asyncProperty(bytes, header, async (body, signature) => {
        expect([400, 401]).toContain(await send(body as Uint8Array<ArrayBuffer>, signature));
      }),
      { numRuns: 60 },
    );
    expect(await books()).toBe(after);
  });

  it('any other method at Stripe’s door is refused', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const response = await exports.default.fetch(new Request(`${env.APP_ORIGIN}/webhooks/stripe`, { method }));
      expect([method, response.status]).toEqual([method, 405]);
    }
  });

  it('a refused Stripe event is never quoted in the log', async () => {
    const { event } = await paid({ signedBy: 'whsec_of_somebody_else_0123' });
    const output = vi.spyOn(console, 'log').mockReturnValue();
    await send(event.payload, event.signature);
    const lines = output.mock.calls.flat().join('\n');
    expect(lines).toContain('"outcome":"forged"');
    expect(lines).not.toContain('cs_test_');
    expect(lines).not.toMatch(/v1=|whsec_/);
  });
});

describe('what the owner has to know of at once', () => {
  it('a dispute and a fraud warning are alerts until Stripe says that they are over', async () => {
    const bought = await paid();
    await send(bought.event.payload, bought.event.signature);
    const deliver = async (type: string, object: Record<string, unknown>) => {
      const { payload, signature } = await stripe.event(type, object);
      expect(await send(payload, signature)).toBe(200);
      const { alerts } = testServices().admin;
      await alerts.watch(Date.now(), []);
      const about = (await alerts.list(50)).filter(({ subject }) => subject === bought.purchaseId);
      return about.filter(({ closedAt }) => closedAt === null).map(({ kind }) => kind);
    };
    const warning = stripe.warnOfFraud(bought.sessionId);
    expect(await deliver('radar.early_fraud_warning.created', warning)).toEqual(['fraud-warning']);
    const dispute = stripe.dispute(bought.sessionId, 1190);
    expect((await deliver('charge.dispute.created', dispute)).sort()).toEqual(['dispute', 'fraud-warning']);
    stripe.endWarning(warning.id);
    expect(await deliver('radar.early_fraud_warning.updated', warning)).toEqual(['dispute']);
    stripe.closeDispute(dispute.id, 'won');
    expect(await deliver('charge.dispute.closed', dispute)).toEqual([]);
  });

  it('a fraud warning about a payment that is not ours is no alert', async () => {
    const foreign = await seedBuyer(stripe);
    stripe.pay(foreign.sessionId);
    const { payload, signature } = await stripe.event(
      'radar.early_fraud_warning.created',
      stripe.warnOfFraud(foreign.sessionId),
    );
    await env.DB.prepare('DELETE FROM fraud_warnings').run();
    expect(await send(payload, signature)).toBe(200);
    expect(await env.DB.prepare('SELECT count(*) AS n FROM fraud_warnings').first('n')).toBe(0);
  });
});
