import * as v from 'valibot';
import type { Base } from '~/db/base';
import { batch, run, statement } from '~/db/statement';
import { described, log } from '~/log';
import type { Books } from './fulfil.server';
import { findBy } from './statements';
import { idIn, isForged, isLiveKey, type Stripe } from './stripe.server';

/** The outcome of an event. All but `done` are refused: a log line, and counted (app/db/webhook-refusals.server.ts). `no-secret`: none is set here. */
export type EventOutcome = 'no-secret' | 'unsigned' | 'stale' | 'forged' | 'wrong-mode' | 'malformed' | 'done';

/** An older signature is refused; Stripe signs each delivery anew. */
const toleranceSeconds = 300;

const eventShape = v.object({
  id: v.pipe(v.string(), v.regex(/^evt_\w{1,200}$/)),
  type: v.pipe(v.string(), v.maxLength(200)),
  livemode: v.boolean(),
  data: v.object({ object: v.looseObject({ id: v.pipe(v.string(), v.maxLength(200)) }) }),
});
type Event = v.InferOutput<typeof eventShape>;

const sessionTypes = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
];
const reversalTypes = [
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
];

const warningTypes = ['radar.early_fraud_warning.created', 'radar.early_fraud_warning.updated'];

const countDelivery = 'UPDATE stripe_events SET deliveries = deliveries + 1 WHERE id = ?1';
const insertEvent = `INSERT INTO stripe_events (id, type, object_id, received_at) SELECT ?1, ?2, ?3, ?4
  WHERE NOT EXISTS (SELECT 1 FROM stripe_events WHERE id = ?1)`;
// ON CONFLICT is allowed here: no credit hangs on a warning, and the newest answer of Stripe stays.
const storeWarning = `INSERT INTO fraud_warnings (id, user_id, purchase_id, fraud_type, is_actionable, warned_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6)
  ON CONFLICT (id) DO UPDATE SET fraud_type = excluded.fraud_type, is_actionable = excluded.is_actionable`;
const storeOutcome = 'UPDATE stripe_events SET outcome = ?2, done_at = coalesce(?3, done_at) WHERE id = ?1';

/** The types of events that the webhook subscribes to (docs/deploying.md). */
export const eventTypes: readonly string[] = [...sessionTypes, ...reversalTypes, ...warningTypes];

/**
 * Takes Stripe's events. They arrive twice, late and in any order, so an event only names the object that changed, and the
 * object's state is read from Stripe. Throws if the work was not done: Stripe then sends the event again.
 */
export function createStripeEvents({
  base: { db, config, clock },
  stripe,
  books: { fulfil, reversing, rewards, rows },
}: {
  base: Base;
  stripe: () => Stripe;
  books: Books;
}) {
  const secrets = config.STRIPE_WEBHOOK_SECRET ?? [];
  // Events of the other mode, test or live, belong to another installation.
  const isLive = isLiveKey(config.STRIPE_SECRET_KEY);

  /** The event, if one of the secrets signed these bytes within the tolerance. Throws otherwise. */
  async function verified(body: Uint8Array, signature: string): Promise<unknown> {
    let failure: unknown;
    for (const secret of secrets) {
      try {
        return await stripe().webhooks.constructEventAsync(
          body,
          signature,
          secret,
          toleranceSeconds,
          undefined,
          clock(),
        );
      } catch (error) {
        if (!isForged(error)) throw error;
        // A stale signature of one secret is a better reason than a mismatch of the other.
        if (failure === undefined || isStale(error)) failure = error;
      }
    }
    throw failure;
  }

  async function refusalOf(body: Uint8Array, signature: string | null): Promise<Event | Exclude<EventOutcome, 'done'>> {
    if (secrets.length === 0) return 'no-secret';
    if (!signature) return 'unsigned';
    let signed: unknown;
    try {
      signed = await verified(body, signature);
    } catch (error) {
      if (!isForged(error)) return 'malformed';
      return isStale(error) ? 'stale' : 'forged';
    }
    const event = v.safeParse(eventShape, signed);
    if (!event.success) return 'malformed';
    return event.output.livemode === isLive ? event.output : 'wrong-mode';
  }

  /** Stores the event for the record. A repeated event is worked on again: the first delivery can have broken off. */
  async function record({ id, type, data }: Event): Promise<void> {
    await batch(db, [statement(countDelivery, id), statement(insertEvent, id, type, data.object.id, clock())]);
  }

  async function note(id: string, outcome: string, doneAt: number | null): Promise<void> {
    await run(db, statement(storeOutcome, id, outcome.slice(0, 200), doneAt));
  }

  /** Brings the purchase of a refund or dispute up to date, and fulfils it first if it is not paid yet. */
  async function reverse(object: Event['data']['object']): Promise<string> {
    const paymentIntentId = await paymentOf(object);
    if (!paymentIntentId) return 'foreign';
    const known = await rows.find(findBy.paymentIntent(paymentIntentId));
    if (known?.state === 'paid') {
      await reversing.bringUpToDate(known);
      // The call that fulfilled the purchase can have broken off before its rewards.
      await rewards.afterPurchase(known.userId);
      return 'reversed';
    }
    const { data } = await stripe().checkout.sessions.list({ payment_intent: paymentIntentId, limit: 1 });
    // `fulfil` also takes back what was refunded.
    return data[0] ? fulfil(data[0].id) : 'foreign';
  }

  async function paymentOf(object: object): Promise<string | null> {
    const { payment_intent: intent, charge } = object as { payment_intent?: unknown; charge?: unknown };
    const named = idIn(intent as string | { id: string } | null);
    const chargeId = idIn(charge as string | { id: string } | null);
    if (named || !chargeId) return named;
    return idIn((await stripe().charges.retrieve(chargeId)).payment_intent);
  }

  /** Stores an early fraud warning as it is at Stripe now. It moves no credit: the owner decides about a refund. */
  async function warn(id: string): Promise<string> {
    const warning = await stripe().radar.earlyFraudWarnings.retrieve(id);
    const paymentIntentId = await paymentOf(warning);
    const row = paymentIntentId ? await rows.find(findBy.paymentIntent(paymentIntentId)) : null;
    if (!row) return 'foreign';
    const { fraud_type: fraudType, actionable, created } = warning;
    const isActionable = Number(actionable);
    await run(
      db,
      statement(storeWarning, id, row.userId, row.id, fraudType.slice(0, 100), isActionable, created * 1000),
    );
    return actionable ? 'warned' : 'warning-over';
  }

  async function work({ type, data }: Event): Promise<string> {
    if (warningTypes.includes(type)) return warn(data.object.id);
    if (sessionTypes.includes(type)) return fulfil(data.object.id);
    return reversalTypes.includes(type) ? reverse(data.object) : 'ignored';
  }

  return {
    /** `body`: the request's bytes, unchanged, because they are signed. */
    async take({ body, signature }: { body: Uint8Array; signature: string | null }): Promise<EventOutcome> {
      const event = await refusalOf(body, signature);
      if (typeof event === 'string') {
        log({ event: 'webhook', provider: 'stripe', outcome: event });
        return event;
      }
      const { id, type } = event;
      await record(event);
      try {
        const outcome = await work(event);
        await note(id, outcome, clock());
        log({ event: 'stripe-event', eventId: id, type, outcome });
        return 'done';
      } catch (error) {
        const { message } = described(error);
        log({ event: 'stripe-event', eventId: id, type, outcome: 'failed', detail: message });
        // For the record only: the thrown error makes Stripe send the event again.
        await note(id, `failed: ${message}`, null).catch(() => undefined);
        throw error;
      }
    },
  };
}

const isStale = (error: unknown) => error instanceof Error && error.message.includes('Timestamp outside');
