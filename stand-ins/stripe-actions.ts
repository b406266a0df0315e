import type Stripe from 'stripe';
import type { StripeStandIn } from './stripe.ts';
import type { Outcome } from './stripe-account.ts';
import type { Session } from './stripe-objects.ts';
import { takesDelayed } from './stripe-payments.ts';

/** Actions on a session: a button on the board, `POST /board/stripe/sessions/:id/<action>` in tests. */
export const sessionActions = [
  'pay',
  'pay-later',
  'decline',
  'expire',
  'settle',
  'fail',
  'refund',
  'fail-refund',
  'dispute',
  'warn-of-fraud',
  'win',
  'lose',
  'close',
] as const;
export type SessionAction = (typeof sessionActions)[number];

/** Options of an action: an amount in cents, a reason, an inquiry in place of a dispute, the payer's e-mail. */
export type ActionOptions = { amount?: number; reason?: string; isInquiry?: boolean; email?: string };

/** Performs an action on a session. */
export function act(
  { payments, reversals }: StripeStandIn,
  sessionId: string,
  action: SessionAction,
  options: ActionOptions = {},
): Outcome<object> {
  switch (action) {
    case 'pay':
      return payments.pay(sessionId, options);
    case 'pay-later':
      return payments.payLater(sessionId, options);
    case 'decline':
      return payments.decline(sessionId, options);
    case 'expire':
      return payments.expire(sessionId);
    case 'settle':
      return payments.settle(sessionId);
    case 'fail':
      return payments.fail(sessionId);
    case 'refund':
      return reversals.refund(sessionId, options);
    case 'fail-refund':
      return reversals.failRefund(sessionId);
    case 'dispute':
      return reversals.dispute(sessionId, options);
    case 'warn-of-fraud':
      return reversals.warnOfFraud(sessionId);
    case 'win':
      return reversals.closeDispute(sessionId, 'won');
    case 'lose':
      return reversals.closeDispute(sessionId, 'lost');
    case 'close':
      return reversals.closeDispute(sessionId, 'closed');
    default:
      return action satisfies never;
  }
}

/** The actions that the state of a session allows. */
export function possibleActions(
  session: Session,
  money: {
    intent?: Stripe.PaymentIntent;
    charge?: Stripe.Charge;
    refunds: readonly Stripe.Refund[];
    dispute: Stripe.Dispute | null;
    isWarned: boolean;
  },
): SessionAction[] {
  const { intent, charge, refunds, dispute, isWarned } = money;
  if (session.status === 'open')
    return takesDelayed(session) ? ['pay', 'pay-later', 'decline', 'expire'] : ['pay', 'decline', 'expire'];
  if (intent?.status === 'processing') return ['settle', 'fail'];
  if (charge?.status !== 'succeeded') return [];
  const status = dispute?.status ?? '';
  const ends: SessionAction[] =
    status === 'needs_response' ? ['win', 'lose'] : status === 'warning_needs_response' ? ['close'] : ['dispute'];
  const isTaken = ['needs_response', 'under_review', 'lost'].includes(status);
  const canRefund = charge.amount_refunded < charge.amount && !isTaken;
  const canFail = refunds.some((one) => one.status !== 'failed');
  const warn: SessionAction[] = dispute === null && !isWarned ? ['warn-of-fraud'] : [];
  return [
    ...(canRefund ? (['refund'] as const) : []),
    ...(canFail ? (['fail-refund'] as const) : []),
    ...ends,
    ...warn,
  ];
}
