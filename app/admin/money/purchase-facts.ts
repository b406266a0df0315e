import type { PurchaseLine } from '~/admin/people/person';
import type { PurchaseState } from '~/billing/purchases';

/** A purchase with everything that finds it at Stripe. Times in ms since 1970. */
export interface PurchaseFacts extends PurchaseLine {
  person: string | null;
  email: string | null;
  stateAt: number;
  sessionId: string | null;
  paymentIntentId: string | null;
  receiptUrl: string | null;
  /** The credits that were booked for it; null if none were. */
  booked: number | null;
}

/** An event of Stripe as it came in. `outcome`: what it led to; null while it is not done. */
export interface StripeEventLine {
  id: string;
  type: string;
  receivedAt: number;
  deliveries: number;
  doneAt: number | null;
  outcome: string | null;
}

/** What Stripe said when it was asked. */
export type Answer = PurchaseState | 'foreign' | 'mismatch' | 'refused' | 'booked' | 'no-session' | 'unreachable';

/** The answers in words: what is so, and what is to do. */
export const answerMessages = {
  'asked-booked': 'Stripe says paid. The credits are booked now, and the person’s open pages show them.',
  'asked-paid': 'Stripe says paid, and the credits were booked before. Nothing was missing.',
  'asked-open': 'Stripe says: not paid. The person began and did not finish; no money has moved.',
  'asked-pending': 'Stripe says the bank has not confirmed yet. The credits come by themselves when it does.',
  'asked-expired': 'Stripe says the checkout ended without a payment. No money has moved.',
  'asked-failed': 'Stripe says the payment failed. No money has moved.',
  'asked-foreign': 'Stripe’s checkout names another purchase than this one. Look at it in the dashboard.',
  'asked-mismatch':
    'Stripe’s checkout has another pack or price than this purchase, so nothing was booked. Look at both.',
  'asked-refused': 'Stripe says paid, and this purchase had ended before, so nothing was booked. Refund it at Stripe.',
  'asked-no-session': 'Stripe has no checkout of this purchase: it was never begun there. No money has moved.',
  'asked-unreachable': 'Stripe did not answer. Nothing was changed; ask again.',
} as const satisfies Readonly<Record<`asked-${Answer}`, string>>;

/** The address of an object in Stripe's dashboard; it finds every id, in the mode of our key. */
export function dashboardUrl(id: string, isLive: boolean): string {
  const mode = isLive ? '' : 'test/';
  const path = id.startsWith('pi_') ? `payments/${id}` : `search?query=${encodeURIComponent(id)}`;
  return `https://dashboard.stripe.com/${mode}${path}`;
}
