import type { Ledger } from '~/credits/ledger.server';
import type { Clock } from '~/db/ids';
import type { Live } from '~/live/channel.server';
import { log } from '~/log';
import type { PurchaseRows } from './purchase-rows.server';
import type { PurchaseState } from './purchases';
import { createRestoring } from './restoring.server';
import type { Reversing } from './reversing.server';
import { findBy, type PurchaseRow, stepStatement } from './statements';
import { idIn, type Stripe } from './stripe.server';

/**
 * The outcome for a checkout session. `foreign`: it has no purchase and none can be restored from it. `mismatch`: it differs
 * from its purchase. `refused`: the purchase is in a state that forbids the step. None of these three moves a credit.
 */
export type Fulfilment = PurchaseState | 'foreign' | 'mismatch' | 'refused';

/** Books the referral reward for a person's purchase. May be called any number of times. */
export interface PurchaseRewards {
  afterPurchase(userId: string): Promise<unknown>;
}

/** The one way from what Stripe says to what our books say, for checkout, events and the nightly comparison alike. */
export interface Books {
  fulfil: ReturnType<typeof createFulfil>;
  reversing: Reversing;
  rows: PurchaseRows;
  rewards: PurchaseRewards;
}

const expand = ['payment_intent.latest_charge'];

/**
 * The only way from a checkout session to credits, for the webhook, the return page and the nightly comparison. Everything
 * is derived from the session as Stripe has it now, nothing from the text of an event or an address.
 */
export function createFulfil({
  stripe,
  rows,
  reversing,
  credits: { ledger, rewards },
  live,
  clock,
}: {
  stripe: () => Stripe;
  rows: PurchaseRows;
  reversing: Reversing;
  credits: { ledger: Pick<Ledger, 'balance'>; rewards: PurchaseRewards };
  live: Pick<Live, 'publish'>;
  clock: Clock;
}) {
  const restore = createRestoring({ rows, clock });

  /** The purchase of a session. A paid session whose purchase the database lost restores it. */
  async function behind(session: Stripe.Checkout.Session): Promise<PurchaseRow | null> {
    return (await purchaseOf(rows, session)) ?? (stateOf(session) === 'paid' ? restore(session) : null);
  }

  /** Reads the session and brings its purchase up to date. Throws if Stripe or the database does not answer. */
  return async function fulfil(sessionId: string): Promise<Fulfilment> {
    const session = await stripe().checkout.sessions.retrieve(sessionId, { expand });
    const known = await behind(session);
    if (!known) {
      log({
        event: 'purchase',
        purchaseId: session.metadata?.purchase ?? 'none',
        outcome: 'foreign',
        detail: sessionId,
      });
      return 'foreign';
    }
    const { id, userId } = known;
    const odd = whatIsOdd(known, session);
    if (odd !== null) {
      log({ event: 'purchase', purchaseId: id, userId, outcome: 'mismatch', detail: `${sessionId}: ${odd}` });
      return 'mismatch';
    }
    const to = stateOf(session);
    if (to === 'open') return 'open';
    const charge = chargeOf(session);
    const paymentIntentId = idIn(session.payment_intent);
    const receiptUrl = to === 'paid' ? (charge?.receipt_url ?? null) : null;
    const step = stepStatement({ id, userId, to, sessionId, paymentIntentId, receiptUrl, now: clock() });
    const isDone = ({ state }: PurchaseRow) => state === to;
    const row = known.state === to ? known : await rows.write([step], { key: known, isDone });
    if (row.state !== to) {
      log({ event: 'purchase', purchaseId: id, userId, outcome: 'refused', detail: `${row.state}, and now ${to}` });
      return 'refused';
    }
    if (known.state !== to) {
      log({ event: 'purchase', purchaseId: id, userId, outcome: to });
      const balance = await ledger.balance(userId);
      await live.publish(userId, [
        { type: 'purchase', purchaseId: id, state: to },
        { type: 'balance', ...balance },
      ]);
    }
    if (to !== 'paid') return to;
    // A refund can come before the payment is booked, and an earlier call can have broken off before the reward.
    const hasMoved = charge && (charge.disputed || charge.amount_refunded !== row.refundedAmount);
    await reversing.refundIfLeft(hasMoved ? await reversing.bringUpToDate(row) : row);
    await rewards.afterPurchase(userId);
    return to;
  };
}

/** The purchase of a session, found by its metadata: the answer with the session's id can have been lost. */
async function purchaseOf(rows: PurchaseRows, session: Stripe.Checkout.Session): Promise<PurchaseRow | null> {
  const purchaseId = session.metadata?.purchase;
  if (!purchaseId) return null;
  const row = await rows.find(findBy.id(purchaseId));
  return row && row.userId === session.client_reference_id ? row : null;
}

/** The differences between a session and its purchase as text; null if there are none. */
export function whatIsOdd(row: PurchaseRow, session: Stripe.Checkout.Session): string | null {
  const compared: [what: string, is: unknown, expected: unknown][] = [
    ['session', session.id, row.checkoutSessionId ?? session.id],
    ['mode', session.mode, 'payment'],
    ['pack', session.metadata?.pack, row.packId],
    ['currency', session.currency, row.currency],
    ['amount', session.amount_total, row.amount],
  ];
  const odd = compared.filter(([, is, expected]) => is !== expected);
  return odd.length === 0 ? null : odd.map(([what, is, expected]) => `${what} ${is} instead of ${expected}`).join(', ');
}

/** The state of a session. After a failed delayed payment it is complete and unpaid, and its payment can be tried again. */
export function stateOf(session: Stripe.Checkout.Session): PurchaseState {
  if (session.payment_status === 'paid' || session.payment_status === 'no_payment_required') return 'paid';
  if (session.status === 'expired') return 'expired';
  if (session.status !== 'complete') return 'open';
  const { payment_intent: intent } = session;
  const status = intent !== null && typeof intent === 'object' ? intent.status : null;
  return status === 'requires_payment_method' || status === 'canceled' ? 'failed' : 'pending';
}

function chargeOf({ payment_intent: intent }: Stripe.Checkout.Session): Stripe.Charge | null {
  const charge = intent !== null && typeof intent === 'object' ? intent.latest_charge : null;
  return charge !== null && typeof charge === 'object' ? charge : null;
}
