import Stripe from 'stripe';
import { pack } from './shop.ts';
import { Fault, type World } from './world.ts';

/** A refund as the payment service keeps it. `metadata.request` names the request of an admin. */
export interface ModelRefund {
  id: string;
  amount: number;
  status: 'succeeded' | 'failed';
  metadata: Record<string, string>;
  /** Seconds since 1970. */
  created: number;
}

/** A paid purchase as the payment service records it. */
export interface Purchase {
  id: string;
  userId: string;
  session: string;
  credits: number;
  /** The amount refunded in the payment service's own dashboard. */
  refundedThere: number;
  /** The refunds that Echoes made. */
  refunds: ModelRefund[];
  /** How likely it is that money goes back; a quarter by default. */
  refundShare?: number;
}

/** How much of a purchase has gone back. */
export const refundedOf = ({ refundedThere, refunds }: Purchase): number =>
  refunds.reduce((sum, { amount, status }) => sum + (status === 'failed' ? 0 : amount), refundedThere);

const day = 86_400_000;

/**
 * The part of Stripe's client that refunds: a request may never arrive, its answer may be lost, and an idempotency key is
 * known for a day.
 */
export function createPaymentService({ world, purchases }: { world: World; purchases: readonly Purchase[] }) {
  const { random, agenda } = world;
  const answered = new Map<string, { refund: ModelRefund; until: number }>();

  async function call<Result>(work: () => Result): Promise<Result> {
    const { faults } = world;
    agenda.pass(random.between(50, 400));
    if (random.chance(faults.requestLost + faults.serverError)) throw noAnswer();
    const result = work();
    if (random.chance(faults.answerLost)) throw noAnswer();
    return structuredClone(result);
  }

  function refund(intent: string, wanted: number | undefined, metadata: Record<string, string>): ModelRefund {
    const purchase = purchases.find(({ session }) => `pi_${session}` === intent);
    if (!purchase) throw refusal({ code: 'resource_missing' });
    const left = pack.amount - refundedOf(purchase);
    if (left === 0) throw refusal({ code: 'charge_already_refunded' });
    const amount = wanted ?? left;
    if (amount > left) throw refusal({ param: 'amount' });
    const created = Math.floor(agenda.now / 1000);
    const made: ModelRefund = { id: `re_${world.number()}`, amount, status: 'succeeded', metadata, created };
    purchase.refunds.push(made);
    return made;
  }

  function create(
    { payment_intent: intent = '', amount, metadata }: Stripe.RefundCreateParams,
    { idempotencyKey = '' }: Stripe.RequestOptions,
  ) {
    return call(() => {
      const key = world.mistake?.forgetsKeys ? `${idempotencyKey}-${world.number()}` : idempotencyKey;
      const known = answered.get(key);
      if (known && known.until > agenda.now) return known.refund;
      const made = refund(intent, amount, (metadata ?? {}) as Record<string, string>);
      answered.set(key, { refund: structuredClone(made), until: agenda.now + day });
      return made;
    });
  }

  /** The refunds of a payment, or of all payments, newest first. */
  function list(intent?: string) {
    const asked = purchases.filter(({ session }) => intent === undefined || `pi_${session}` === intent);
    return asked.flatMap(({ id, session, refundedThere, refunds }) => {
      const created = Math.floor(agenda.now / 1000);
      const there = { id: `re_of_${id}`, amount: refundedThere, status: 'succeeded', metadata: {}, created };
      return [...(refundedThere > 0 ? [there] : []), ...refunds.toReversed()].map((one) => ({
        ...one,
        payment_intent: `pi_${session}`,
      }));
    });
  }

  return {
    refunds: {
      create,
      list: ({ payment_intent: intent }: { payment_intent?: string }) => ({
        autoPagingToArray: () => call(() => list(intent)),
      }),
    },
    disputes: { list: () => ({ autoPagingToArray: async () => [] }) },
  } as unknown as Stripe;
}

const { StripeConnectionError, StripeInvalidRequestError } = Stripe.errors;

const noAnswer = () =>
  Object.assign(new StripeConnectionError({ message: 'no answer of the payment service' } as never), {
    cause: new Fault('no answer of the payment service'),
  });
const refusal = (about: { code?: string; param?: string }) =>
  new StripeInvalidRequestError({ message: 'refused', statusCode: 400, ...about } as never);
