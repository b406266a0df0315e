import { createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type AnyObject, apiVersion, type Cause, type Event, newId } from './stripe-objects.ts';

/**
 * How an event reaches the webhook: `once`; `twice`, both at the same time; `late`, held until released; `reordered`,
 * held and released in reverse; as `two-ids`, two events for one change; or `never`.
 */
export const deliveryModes = ['once', 'twice', 'late', 'reordered', 'two-ids', 'never'] as const;
export type DeliveryMode = (typeof deliveryModes)[number];

/** An event and its deliveries. `answers`: the statuses of the webhook, 0 for a delivery without an answer. */
export type Sent = {
  event: Event;
  mode: DeliveryMode;
  state: 'kept' | 'held' | 'under way' | 'delivered' | 'given up';
  answers: number[];
};

/** The types of event that the webhook receives; all others are recorded alone, as for a real endpoint. */
const enabledEvents: readonly string[] = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'charge.refunded',
  'charge.refund.updated',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'payment_intent.payment_failed',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'radar.early_fraud_warning.created',
  'radar.early_fraud_warning.updated',
];

export type Events = ReturnType<typeof createEvents>;

export type EventsOptions = {
  /** The URL of the webhook. */
  webhook: string;
  /** The signing key, `whsec_` included. */
  secret: string;
  now: () => number;
  /** Milliseconds before each further attempt after an answer that is not 2xx. */
  retryDelays: readonly number[];
};

/** Records all events, and delivers the enabled ones, signed, until the webhook answers 2xx or `retryDelays` ends. */
export function createEvents({ webhook, secret, now, retryDelays }: EventsOptions) {
  const sent: Sent[] = [];
  const orders: { mode: DeliveryMode; type?: string; times: number }[] = [];
  const underWay = new Set<Promise<unknown>>();
  const closed = new AbortController();

  function modeFor(type: string): DeliveryMode {
    const order = orders.find((one) => one.type === undefined || one.type === type);
    if (!order) return 'once';
    order.times -= 1;
    if (order.times === 0) orders.splice(orders.indexOf(order), 1);
    return order.mode;
  }

  function keep(event: Event, mode: DeliveryMode, state: Sent['state']): Sent {
    const one: Sent = { event, mode, state, answers: [] };
    sent.push(one);
    return one;
  }

  function emit(type: string, object: AnyObject, cause: Cause | null, previous?: Record<string, unknown>): void {
    const isAsked = enabledEvents.includes(type);
    const event: Event = {
      id: newId('evt'),
      object: 'event',
      api_version: apiVersion,
      created: Math.floor(now() / 1000),
      data: { object: structuredClone(object), ...(previous ? { previous_attributes: previous } : {}) },
      livemode: false,
      pending_webhooks: isAsked ? 1 : 0,
      request: cause ?? { id: null, idempotency_key: null },
      type,
    };
    if (!isAsked) return void keep(event, 'once', 'kept');
    const mode = modeFor(type);
    if (mode === 'never') return void keep(event, mode, 'kept');
    if (mode === 'late' || mode === 'reordered') return void keep(event, mode, 'held');
    begin(keep(event, mode, 'under way'), mode === 'twice' ? 2 : 1);
    if (mode === 'two-ids') begin(keep({ ...structuredClone(event), id: newId('evt') }, mode, 'under way'), 1);
  }

  function begin(one: Sent, copies: number): Promise<void> {
    one.state = 'under way';
    const work = Promise.all(Array.from({ length: copies }, () => deliver(one))).then((arrived) => {
      if (arrived.some(Boolean)) {
        one.state = 'delivered';
        one.event.pending_webhooks = 0;
      } else one.state = 'given up';
    });
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  }

  async function deliver(one: Sent): Promise<boolean> {
    // The body stays the same in every attempt; the signature is new.
    const body = JSON.stringify({ ...one.event, pending_webhooks: 1 }, null, 2);
    for (const delay of [0, ...retryDelays]) {
      if (delay > 0) await setTimeout(delay, null, { signal: closed.signal }).catch(() => null);
      if (closed.signal.aborted) return false;
      const status = await post(body);
      one.answers.push(status);
      if (status >= 200 && status < 300) return true;
    }
    return false;
  }

  /** The status of one delivery. Redirects are not followed. */
  async function post(body: string): Promise<number> {
    try {
      const answer = await fetch(webhook, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          accept: '*/*; q=0.5, application/xml',
          'cache-control': 'no-cache',
          'stripe-signature': signatureOf(body, secret, now()),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([closed.signal, AbortSignal.timeout(20_000)]),
      });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return 0;
    }
  }

  return {
    emit,
    /** Every event, oldest first. */
    all: (): readonly Sent[] => sent,
    find: (id: string): Sent | null => sent.find(({ event }) => event.id === id) ?? null,
    /** Sets the delivery mode of the next events, of one type or of any; `once` ends all other modes. */
    next(mode: DeliveryMode, { times = 1, type }: { times?: number; type?: string } = {}): void {
      if (mode === 'once') orders.splice(0);
      else orders.push({ mode, times, ...(type ? { type } : {}) });
    },
    waiting: () => orders.map((order) => ({ ...order })),
    /** Delivers held events one by one: late ones in their order, then reordered ones in reverse. */
    async release(): Promise<Sent[]> {
      const held = sent.filter(({ state }) => state === 'held');
      const inOrder = [
        ...held.filter(({ mode }) => mode === 'late'),
        ...held.filter(({ mode }) => mode === 'reordered').reverse(),
      ];
      for (const one of inOrder) one.state = 'under way';
      for (const one of inOrder) await begin(one, 1);
      return inOrder;
    },
    /** Delivers an event again, in any state, as "Resend" of the dashboard does. */
    async resend(id: string): Promise<Sent | null> {
      const one = sent.find(({ event }) => event.id === id) ?? null;
      if (one) await begin(one, 1);
      return one;
    },
    /** Resolves when no delivery is under way; held events do not count. */
    async idle(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    close: () => closed.abort(),
  };
}

/** `t=…,v1=…,v0=…`: test mode adds a v0 that proves nothing. */
export function signatureOf(body: string, secret: string, at: number): string {
  const time = Math.floor(at / 1000);
  const sign = (key: string) => createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
  return `t=${time},v1=${sign(secret)},v0=${sign(`v0 ${secret}`)}`;
}
