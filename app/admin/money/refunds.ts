import type { Refusal } from '~/billing/refund-requests';
import { priceInWords } from '~/settings/packs';

/** A refund that an admin asked for, as the desk shows it. Times in ms since 1970; `amount` in the smallest unit. */
export interface RefundRequestView {
  id: string;
  purchaseId: string;
  userId: string;
  person: string | null;
  amount: number;
  currency: string;
  credits: number;
  reason: string;
  state: 'waiting' | 'asked' | 'done' | 'declined' | 'refused';
  requester: string | null;
  requestedAt: number;
  decider: string | null;
  refusal: Refusal | null;
}

/**
 * What became of a request. `asked`: Stripe has not answered; `not-left`: less than the amount is left of the payment;
 * `another-open`: the purchase has a request that is not over; `used-before`: the form was sent with other values.
 */
export type RefundOutcome =
  | 'waiting'
  | 'asked'
  | 'done'
  | 'declined'
  | Refusal
  | 'not-left'
  | 'another-open'
  | 'used-before'
  | 'decided-before'
  | 'needs-another-admin';

/** The sentences of the outcomes, by the code of the flash message. */
export const refundMessages = {
  'refund-done': 'Refunded. The money is on its way to the person, and the credits it paid for are taken back.',
  'refund-waiting': 'Asked for. Stripe is asked once another admin says yes.',
  'refund-asked':
    'Stripe has not answered. It is asked again each night, or by you below: it refunds once, however often it is asked.',
  'refund-declined': 'Declined. No money was moved.',
  'refund-already-refunded': 'Stripe refused: this payment has been refunded in full already. No money was moved.',
  'refund-disputed': 'Stripe refused: the person’s bank has disputed this payment and decides over the money.',
  'refund-too-much': 'Stripe refused: less than this amount is left of the payment. No money was moved.',
  'refund-failed': 'Stripe tried, and the person’s bank did not take the money. It is back in the account at Stripe.',
  'refund-other': 'Stripe refused this refund. Look at the payment in Stripe’s dashboard.',
  'refund-not-left': 'Not done: less than this amount is left of the payment.',
  'refund-another-open': 'Not done: another refund of this purchase is not over yet. It is listed below.',
  'refund-used-before':
    'Not done: this form was sent before with other values. Look at the list below, then send it again.',
  'refund-invalid': 'Not done: it needs an amount above zero, such as 4.50, and a reason of 3 letters or more.',
  'refund-decided-before': 'This was decided already. Nothing more was moved.',
  'refund-needs-another-admin': 'Not done: an admin with another Google account than the one who asked has to say yes.',
} as const satisfies Record<`refund-${RefundOutcome | 'invalid'}`, string>;

const refusals: Readonly<Record<Refusal, string>> = {
  'already-refunded': 'Refused: refunded in full before',
  disputed: 'Refused: disputed by the bank',
  'too-much': 'Refused: more than was left',
  failed: 'Failed: the bank did not take it. The credits are given back',
  other: 'Refused by Stripe',
};

/** The state of a request in words. */
export function refundStateInWords({ state, refusal }: Pick<RefundRequestView, 'state' | 'refusal'>): string {
  switch (state) {
    case 'waiting':
      return 'Waits for another admin';
    case 'asked':
      return 'Stripe has not answered; it is asked again each night';
    case 'done':
      return 'Refunded';
    case 'declined':
      return 'Declined';
    case 'refused':
      return refusals[refusal ?? 'other'];
  }
}

/** "€4.50, takes 5 credits". */
export function refundInWords({
  amount,
  currency,
  credits,
}: Pick<RefundRequestView, 'amount' | 'currency' | 'credits'>): string {
  return `${priceInWords({ amount, currency })}, takes ${credits === 1 ? '1 credit' : `${credits} credits`}`;
}
