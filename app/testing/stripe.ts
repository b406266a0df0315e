// A Stripe account for tests in workerd, behind the injected `fetch` of the real client. It answers with the documented
// fields that Echoes reads; a test pays, refunds and disputes; events are signed with Stripe's real scheme.
import { env } from 'cloudflare:workers';
import Stripe from 'stripe';
import type { Pack } from '~/settings/packs';
import { seedPerson, testConfig, testServices } from './services';

type Json = Record<string, unknown>;
interface Session extends Json {
  id: string;
  status: 'open' | 'complete' | 'expired';
  payment_status: 'unpaid' | 'paid';
  payment_intent: string | null;
  amount_total: number;
}
interface Refund extends Json {
  id: string;
  amount: number;
  status: string;
  payment_intent: string;
}
interface Dispute extends Refund {
  created: number;
}

const { STRIPE_API_BASE: base, STRIPE_WEBHOOK_SECRET: secrets = [] } = testConfig();
const signer = new Stripe('sk_test_for_signing_only');
let count = 0;
const newId = (kind: string) => `${kind}_${Date.now().toString(36)}${++count}`;

/** An account at Stripe with nothing in it. `clock` in ms. */
export function createTestStripe({ clock = Date.now }: { clock?: () => number } = {}) {
  const sessions = new Map<string, Session>();
  const intents = new Map<string, Json & { id: string; status: string }>();
  const charges = new Map<string, Json & { id: string; amount: number; amount_refunded: number }>();
  const refunds = new Map<string, Refund>();
  const disputes = new Map<string, Dispute>();
  const transactions = new Map<string, Json & { id: string }>();
  const warnings = new Map<string, Json & { id: string; actionable: boolean }>();
  /** The body and the session of the first request with each idempotency key. */
  const answered = new Map<string, { body: string; session: Session }>();
  const refunded = new Map<string, { body: string; refund: Refund }>();
  const seconds = () => Math.floor(clock() / 1000);

  const account = {
    sessions,
    refunds,
    disputes,
    /** The fee of each further payment, in which currency it is kept; null while Stripe has not told it. */
    fee: { fee: 43, currency: 'eur' } as { fee: number; currency: string } | null,
    /** Every request, as `GET /v1/…`. */
    calls: [] as string[],
    /** Answers a call instead of Stripe, or throws as a broken network does; `then` performs the call at Stripe. */
    trouble: null as ((call: string, then: () => Response) => Response | Promise<Response> | undefined) | null,

    async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
      const request = new Request(input as string, init as RequestInit);
      const { pathname, searchParams, origin } = new URL(request.url);
      if (origin !== base) throw new Error(`unexpected request to ${origin}`);
      const call = `${request.method} ${pathname}`;
      account.calls.push(call);
      const body = new TextDecoder().decode(await request.arrayBuffer());
      const then = () => answer(request, pathname.replace('/v1/', ''), searchParams, body);
      return (await account.trouble?.(call, then)) ?? then();
    },

    /** The person pays by card. */
    pay(sessionId: string): void {
      const session = complete(sessionId, 'succeeded');
      session.payment_status = 'paid';
    },
    /** The person pays by a method whose bank answers days later. */
    payLater: (sessionId: string) => void complete(sessionId, 'processing'),
    /** The bank's answer. */
    settle(sessionId: string): void {
      const session = must(sessions, sessionId);
      session.payment_status = 'paid';
      must(intents, session.payment_intent as string).status = 'succeeded';
    },
    fail(sessionId: string): void {
      must(intents, must(sessions, sessionId).payment_intent as string).status = 'requires_payment_method';
    },
    expire(sessionId: string): void {
      Object.assign(must(sessions, sessionId), { status: 'expired', url: null });
    },
    chargeOf: (sessionId: string) => must(charges, `ch_of_${must(sessions, sessionId).payment_intent}`),
    refund(sessionId: string, amount: number, metadata: Record<string, string> = {}): Refund {
      const charge = account.chargeOf(sessionId);
      const payment_intent = must(sessions, sessionId).payment_intent as string;
      const made = {
        id: newId('re'),
        object: 'refund',
        amount,
        status: 'succeeded',
        created: seconds(),
        charge: charge.id,
        payment_intent,
        metadata,
      };
      refunds.set(made.id, made);
      charge.amount_refunded += amount;
      return made;
    },
    failRefund(id: string): void {
      const refund = must(refunds, id);
      refund.status = 'failed';
      const charge = must(charges, refund.charge as string);
      charge.amount_refunded -= refund.amount;
    },
    dispute(sessionId: string, amount: number, status = 'needs_response'): Dispute {
      const charge = account.chargeOf(sessionId);
      const payment_intent = must(sessions, sessionId).payment_intent as string;
      const named = { id: newId('dp'), object: 'dispute', charge: charge.id, payment_intent };
      addTransaction({ type: 'adjustment', fee: 2000, currency: 'eur', source: named });
      const made = { ...named, amount, status, created: seconds() };
      disputes.set(made.id, made);
      charge.disputed = true;
      return made;
    },
    /** Stripe knows the fee of a payment a while after it. */
    tellFee(sessionId: string, { fee, currency }: { fee: number; currency: string }): void {
      addTransaction({ type: 'charge', fee, currency, source: account.chargeOf(sessionId) });
    },
    closeDispute(id: string, status: 'won' | 'lost'): void {
      must(disputes, id).status = status;
    },

    /** The bank warns that the card's owner calls the payment a fraud. */
    warnOfFraud(sessionId: string): Json & { id: string } {
      const charge = account.chargeOf(sessionId);
      const id = newId('issfr');
      const object = 'radar.early_fraud_warning';
      const made = { id, object, charge: charge.id, fraud_type: 'unauthorized_use_of_card', created: seconds() };
      warnings.set(id, { ...made, actionable: true });
      return made;
    },
    /** A refund or a dispute makes it needless to act. */
    endWarning: (id: string) => void Object.assign(must(warnings, id), { actionable: false }),

    /** A signed event of this type about this object. */
    async event(type: string, object: Json, changed: Changed = {}) {
      const { livemode = false, signedAt = seconds(), signedBy = secrets[0] ?? '', id = newId('evt') } = changed;
      const rest = { api_version: '2026-10-28.endive', created: seconds(), pending_webhooks: 1, request: null };
      const payload = JSON.stringify({ id, object: 'event', type, livemode, data: { object }, ...rest }, null, 2);
      const header = await signer.webhooks.generateTestHeaderStringAsync({
        payload,
        secret: signedBy,
        timestamp: signedAt,
      });
      return { id, payload, body: new TextEncoder().encode(payload), signature: header };
    },
  };

  /** A movement of the balance, with its source expanded. */
  function addTransaction(fields: { type: string; fee: number; currency: string; source: Json }): void {
    const id = newId('txn');
    transactions.set(id, { id, object: 'balance_transaction', created: seconds(), ...fields });
  }

  function complete(sessionId: string, status: string): Session {
    const session = must(sessions, sessionId);
    const { amount_total: amount, metadata } = session;
    const id = newId('pi');
    const charge = {
      id: `ch_of_${id}`,
      object: 'charge',
      amount,
      amount_refunded: 0,
      disputed: false,
      payment_intent: id,
    };
    if (account.fee) addTransaction({ type: 'charge', ...account.fee, source: charge });
    charges.set(charge.id, { ...charge, receipt_url: `https://pay.stripe.test/receipts/${charge.id}` });
    intents.set(id, { id, object: 'payment_intent', amount, metadata, status, latest_charge: charge.id });
    return Object.assign(session, { status: 'complete', url: null, payment_intent: id } as const);
  }

  function open(body: string, key: string | null): Response {
    const before = key && answered.get(key);
    if (before && before.body !== body)
      return refusal(
        400,
        'Keys for idempotent requests can only be used with the same parameters.',
        'idempotency_error',
      );
    if (before) return json(before.session);
    const form = new URLSearchParams(body);
    const line = 'line_items[0][price_data]';
    const id = newId('cs_test');
    const session: Session = {
      id,
      object: 'checkout.session',
      mode: form.get('mode'),
      status: 'open',
      payment_status: 'unpaid',
      url: `https://checkout.stripe.test/c/pay/${id}`,
      amount_total: Number(form.get(`${line}[unit_amount]`)) * Number(form.get('line_items[0][quantity]')),
      currency: form.get(`${line}[currency]`),
      client_reference_id: form.get('client_reference_id'),
      metadata: metadataIn(form),
      payment_intent: null,
      success_url: form.get('success_url'),
      cancel_url: form.get('cancel_url'),
      created: seconds(),
      livemode: false,
    };
    sessions.set(id, session);
    if (key) answered.set(key, { body, session });
    return json(session);
  }

  /** Ends an open session; Stripe refuses to for every other one. */
  function expire(id: string): Response {
    const session = sessions.get(id);
    if (!session) return refusal(404, `No such checkout.session: '${id}'`, 'invalid_request_error', 'resource_missing');
    if (session.status !== 'open')
      return refusal(
        400,
        `Only Checkout Sessions with a status in ["open"] can be expired. This one is ${session.status}.`,
      );
    account.expire(id);
    return json(session);
  }

  /** Refunds an amount of a payment, or what is left of it; the same key gives the same refund. */
  function giveBack(body: string, key: string | null): Response {
    const form = new URLSearchParams(body);
    const before = key && refunded.get(key);
    if (before && before.body !== body)
      return refusal(
        400,
        'Keys for idempotent requests can only be used with the same parameters.',
        'idempotency_error',
      );
    if (before) return json(before.refund);
    const session = [...sessions.values()].find(({ payment_intent }) => payment_intent === form.get('payment_intent'));
    if (!session) return refusal(404, 'No such payment_intent', 'invalid_request_error', 'resource_missing');
    const { id, amount, amount_refunded: back, disputed } = account.chargeOf(session.id);
    const kind = 'invalid_request_error';
    if (disputed)
      return refusal(400, `Charge ${id} has been charged back; cannot issue a refund.`, kind, 'charge_disputed');
    if (amount === back)
      return refusal(400, `Charge ${id} has already been refunded.`, kind, 'charge_already_refunded');
    const wanted = Number(form.get('amount') ?? amount - back);
    if (wanted > amount - back)
      return refusal(400, 'Refund amount is greater than unrefunded amount on charge', kind, undefined, 'amount');
    const made = account.refund(session.id, wanted, metadataIn(form));
    if (key) refunded.set(key, { body, refund: structuredClone(made) });
    return json(made);
  }

  function answer(request: Request, path: string, search: URLSearchParams, body: string): Response {
    if (!request.headers.get('Authorization')?.startsWith('Bearer sk_test_')) return refusal(401, 'Invalid API Key');
    const [kind = '', id = ''] = path.replace(/^checkout\/|^radar\//, '').split('/');
    const key = request.headers.get('Idempotency-Key');
    if (request.method === 'POST' && path.endsWith('/expire')) return expire(id);
    if (request.method === 'POST' && path === 'refunds') return giveBack(body, key);
    if (request.method === 'POST') return open(body, key);
    const early_fraud_warnings = warnings;
    const names = { early_fraud_warnings, payment_intents: intents, balance_transactions: transactions };
    const kept = { sessions, refunds, disputes, charges, ...names }[kind];
    if (!kept) return refusal(404, `Unrecognized request URL (${path})`);
    if (id === '') return list([...kept.values()].reverse(), search);
    const found = kept.get(id);
    if (!found) return refusal(404, `No such ${kind}: '${id}'`, 'invalid_request_error', 'resource_missing');
    const expands = [...search].some(
      ([name, value]) => name.startsWith('expand') && value === 'payment_intent.latest_charge',
    );
    const intent = kind === 'sessions' && expands ? intents.get(String(found.payment_intent)) : undefined;
    if (!intent) return json(found);
    return json({ ...found, payment_intent: { ...intent, latest_charge: charges.get(String(intent.latest_charge)) } });
  }

  /** One page, newest first, after the object that `starting_after` names. */
  function list(all: Json[], search: URLSearchParams): Response {
    const limit = Number(search.get('limit') ?? 10);
    const [intent, since] = [search.get('payment_intent'), Number(search.get('created[gte]') ?? 0)];
    const until = Number(search.get('created[lte]') ?? Number.POSITIVE_INFINITY);
    const matching = all.filter(
      ({ payment_intent, created }) =>
        (intent === null || payment_intent === intent) &&
        (created === undefined || (Number(created) >= since && Number(created) <= until)),
    );
    const from = matching.findIndex(({ id }) => id === search.get('starting_after')) + 1;
    const data = matching.slice(from, from + limit);
    return json({ object: 'list', url: '/v1', has_more: from + limit < matching.length, data });
  }

  return account;
}

/** A person with `credits` credits and an open checkout session for this pack. */
export async function seedBuyer(
  stripe: TestStripe,
  { packId = 'film', credits = 0, userId }: { packId?: Pack['id']; credits?: number; userId?: string } = {},
) {
  const buyer = userId ?? (await seedPerson({ credits }));
  const requestKey = newId('request');
  const { billing } = testServices({ fetch: stripe.fetch });
  const asked = { userId: buyer, email: 'ada@example.com', packId, requestKey, returnTo: '/projects' };
  const answer = await billing.checkout(asked);
  if (answer.outcome !== 'redirect') throw new Error(answer.outcome);
  const sessionId = [...stripe.sessions.values()].find(
    ({ metadata }) => (metadata as Record<string, string>).purchase === answer.purchaseId,
  )?.id;
  return { userId: buyer, purchaseId: answer.purchaseId, sessionId: sessionId as string, asked, url: answer.url };
}

/** A buyer whose purchase row is lost, as after a restored backup; Stripe has the session, with the fields of `changed`. */
export async function seedLostBuyer(stripe: TestStripe, options: Parameters<typeof seedBuyer>[1] = {}, changed = {}) {
  const buyer = await seedBuyer(stripe, options);
  // A law forbids deleting purchases; it is dropped and created again in the same batch.
  const named = "SELECT sql FROM sqlite_schema WHERE name = 'purchases_6_no_delete'";
  const law = (await env.DB.prepare(named).first<string>('sql')) as string;
  await env.DB.batch([
    env.DB.prepare('DROP TRIGGER purchases_6_no_delete'),
    env.DB.prepare('DELETE FROM purchases WHERE id = ?1').bind(buyer.purchaseId),
    env.DB.prepare(law),
  ]);
  const session = must(stripe.sessions, buyer.sessionId);
  Object.assign(session, changed);
  return { ...buyer, session, metadata: session.metadata as Record<string, string> };
}

interface Changed {
  livemode?: boolean;
  /** Seconds since 1970. */
  signedAt?: number;
  signedBy?: string;
  id?: string;
}

export type TestStripe = ReturnType<typeof createTestStripe>;

function must<Value>(kept: ReadonlyMap<string, Value>, id: string): Value {
  const value = kept.get(id);
  if (value === undefined) throw new Error(`unknown id ${id}`);
  return value;
}

// A copy, so that an answer does not change with the account.
const json = (value: unknown, status = 200) => Response.json(structuredClone(value), { status });
const refusal = (status: number, message: string, type = 'invalid_request_error', code?: string, param?: string) =>
  json({ error: { type, message, code, param } }, status);
const metadataIn = (form: URLSearchParams): Record<string, string> =>
  Object.fromEntries(
    [...form].flatMap(([name, value]) => {
      const inside = /^metadata\[(\w+)\]$/.exec(name)?.[1];
      return inside ? [[inside, value]] : [];
    }),
  );
