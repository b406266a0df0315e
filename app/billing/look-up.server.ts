import { isId } from '~/db/ids';
import { described, log } from '~/log';
import type { Books, Fulfilment } from './fulfil.server';
import { findBy, type PurchaseRow } from './statements';
import { idIn, isStripeError, type Stripe } from './stripe.server';

const hour = 3600;
/** Sessions and charges that are gone through, in pages of a hundred, for what Stripe has no search for. */
const perPage = 100;
const mostPages = 10;

/**
 * What Stripe says of a purchase now. `booked`: paid, and the credits are booked by this question; `no-session`: Stripe has
 * no checkout of it; `unreachable`: no answer. The others are as in `Fulfilment`; `paid`: booked before.
 */
export type Answer = Fulfilment | 'booked' | 'no-session' | 'unreachable';

/** Asks Stripe about one purchase, and finds the purchase that an id or a receipt of Stripe belongs to. */
export function createLookUp({
  stripe,
  books: { fulfil, rows },
}: {
  stripe: () => Stripe;
  books: Pick<Books, 'fulfil' | 'rows'>;
}) {
  /** The session of a purchase whose answer was lost: one of the sessions of its first hour carries its id. */
  async function lostSession({ id, createdAt }: PurchaseRow): Promise<string | null> {
    const from = Math.floor(createdAt / 1000);
    const created = { gte: from - 60, lte: from + hour };
    let after: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const list = await stripe().checkout.sessions.list({ created, limit: perPage, starting_after: after });
      const found = list.data.find(({ metadata }) => metadata?.purchase === id);
      if (found) return found.id;
      after = list.data.at(-1)?.id;
      if (!list.has_more || after === undefined) return null;
    }
    return null;
  }

  /** The payment of a charge, refund, dispute or fraud warning; null for any other text. Throws if Stripe does not know it. */
  async function paymentOf(id: string): Promise<string | null> {
    const client = stripe();
    const kind = /^(ch|py|re|pyr|dp|du|issfr)_\w{1,200}$/.exec(id)?.[1];
    switch (kind) {
      case 'ch':
      case 'py':
        return idIn((await client.charges.retrieve(id)).payment_intent);
      case 're':
      case 'pyr':
        return idIn((await client.refunds.retrieve(id)).payment_intent);
      case 'dp':
      case 'du':
        return idIn((await client.disputes.retrieve(id)).payment_intent);
      case 'issfr': {
        const { charge } = await client.radar.earlyFraudWarnings.retrieve(id);
        return idIn((await client.charges.retrieve(idIn(charge) ?? '')).payment_intent);
      }
      default:
        return null;
    }
  }

  /** The payment with this number on its receipt, among the newest thousand charges: Stripe has no search for it. */
  async function paymentOfReceipt(receiptNumber: string): Promise<string | null> {
    let after: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const list = await stripe().charges.list({ limit: perPage, starting_after: after });
      const found = list.data.find(({ receipt_number }) => receipt_number === receiptNumber);
      if (found) return idIn(found.payment_intent);
      after = list.data.at(-1)?.id;
      if (!list.has_more || after === undefined) return null;
    }
    return null;
  }

  return {
    /** Reads the purchase's session from Stripe now, and books what it says. Null for an unknown purchase. */
    async ask(purchaseId: string): Promise<Answer | null> {
      const row = isId('pur', purchaseId) ? await rows.find(findBy.id(purchaseId)) : null;
      if (!row) return null;
      try {
        const sessionId = row.checkoutSessionId ?? (await lostSession(row));
        if (sessionId === null) return 'no-session';
        const outcome = await fulfil(sessionId);
        return outcome === 'paid' && row.state !== 'paid' ? 'booked' : outcome;
      } catch (error) {
        if (!isStripeError(error)) throw error;
        log({ event: 'stripe-unreachable', call: `ask ${purchaseId}`, detail: described(error).message });
        return 'unreachable';
      }
    },

    /** The id of the payment that an id of Stripe or the number of a receipt belongs to; null where Stripe knows none. */
    async payment(text: string): Promise<string | null> {
      try {
        return /^\d{4}-\d{4}$/.test(text) ? await paymentOfReceipt(text) : await paymentOf(text);
      } catch (error) {
        if (!isStripeError(error)) throw error;
        log({ event: 'stripe-unreachable', call: 'payment', detail: described(error).message });
        return null;
      }
    },
  };
}

export type LookUp = ReturnType<typeof createLookUp>;
