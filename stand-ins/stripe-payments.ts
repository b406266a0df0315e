import type Stripe from 'stripe';
import { type Account, done, missing, type Outcome, refused } from './stripe-account.ts';
import { feeOfPayment } from './stripe-balance.ts';
import type { Cause, Session } from './stripe-objects.ts';
import { newCharge, newIntent } from './stripe-payment-objects.ts';
import { detailsOf } from './stripe-session-objects.ts';

const delayedMethods = ['us_bank_account', 'sepa_debit', 'bacs_debit', 'customer_balance'];
const declined = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' } as const;

export type Payments = ReturnType<typeof createPayments>;

/** Payments of sessions: paid at once, paid later, declined or expired; and the bank's later answer. */
export function createPayments(account: Account) {
  const { sessions, intents, charges, customers, paymentFields, emit, seconds, origin } = account;
  /** Session ids by payment. */
  const payers = new Map<string, string>();

  const intentFor = (session: Session) => [...intents.values()].find(({ id }) => payers.get(id) === session.id);

  /** An open session. */
  function open(id: string, verb: string): Outcome<Session> {
    sweep();
    const session = sessions.get(id);
    if (!session) return missing('checkout.session', id, 'session');
    if (session.status === 'open') return done(session);
    return refused(
      `Only Checkout Sessions with a status in ["open"] can be ${verb}. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }

  /** A session with a delayed payment that has not settled, with that payment. */
  function pending(id: string): Outcome<{ session: Session; intent: Stripe.PaymentIntent; charge: Stripe.Charge }> {
    const session = sessions.get(id);
    const intent = intents.get(String(session?.payment_intent));
    const charge = charges.get(String(intent?.latest_charge));
    if (!session || !intent || !charge || intent.status !== 'processing')
      return refused('No bank has to answer for this session.');
    return done({ session, intent, charge });
  }

  /** The payment of a session, created at the first attempt. A session names its payment once it is complete. */
  function intentOf(session: Session): Stripe.PaymentIntent {
    const known = intentFor(session);
    if (known) return known;
    const given = paymentFields.get(session.id) ?? { metadata: {}, description: null, receiptEmail: null };
    const intent = newIntent(session, { created: seconds(), ...given });
    intents.set(intent.id, intent);
    payers.set(intent.id, session.id);
    emit('payment_intent.created', intent, null);
    return intent;
  }

  /** The money of a charge comes into the balance, less the fee. */
  function arrive(charge: Stripe.Charge): void {
    const { id: source, amount, currency } = charge;
    const fee = feeOfPayment(amount);
    charge.balance_transaction = account.move({ amount, fee, currency, source, type: 'charge' }).id;
  }

  function attempt(session: Session, status: 'succeeded' | 'pending' | 'failed', email: string) {
    const intent = intentOf(session);
    const charge = newCharge(intent, { created: seconds(), origin, email, status });
    charges.set(charge.id, charge);
    if (status === 'succeeded') arrive(charge);
    intent.latest_charge = charge.id;
    return { intent, charge };
  }

  function complete(session: Session, intent: Stripe.PaymentIntent | null, email: string): void {
    session.status = 'complete';
    session.url = null;
    session.customer_details = detailsOf(email);
    session.payment_intent = intent?.id ?? null;
    if (session.customer_creation !== 'always') return;
    session.customer = account.addCustomer(
      { email, name: null, phone: null, description: null, metadata: {} },
      null,
    ).id;
    if (intent) intent.customer = session.customer;
  }

  function succeed(intent: Stripe.PaymentIntent, charge: Stripe.Charge): void {
    Object.assign(intent, { status: 'succeeded', amount_received: intent.amount, last_payment_error: null });
    Object.assign(intent, { payment_method: charge.payment_method, processing: null });
  }

  function failed(intent: Stripe.PaymentIntent, charge: Stripe.Charge): void {
    intent.status = 'requires_payment_method';
    intent.last_payment_error = { ...declined, charge: charge.id, message: 'Your card was declined.' };
    emit('charge.failed', charge, null);
    emit('payment_intent.payment_failed', intent, null);
  }

  function emailOf(session: Session, given?: string): string {
    const known = session.customer_email ?? customers.get(String(session.customer))?.email;
    return known || given || 'someone@echoes.test';
  }

  /** Expires open sessions at `expires_at`. */
  function sweep(): void {
    for (const session of sessions.values())
      if (session.status === 'open' && session.expires_at <= seconds()) end(session, null);
  }

  function end(session: Session, cause: Cause | null): void {
    session.status = 'expired';
    session.url = null;
    const intent = intentFor(session);
    if (intent) {
      Object.assign(intent, { status: 'canceled', canceled_at: seconds(), cancellation_reason: 'automatic' });
      emit('payment_intent.canceled', intent, cause);
    }
    emit('checkout.session.expired', session, cause);
  }

  return {
    sweep,

    takesDelayed,

    /** Paid at once, by card. */
    pay(id: string, { email }: { email?: string } = {}): Outcome<Session> {
      const found = open(id, 'paid');
      if (!found.ok) return found;
      const session = found.value;
      const payer = emailOf(session, email);
      if (session.amount_total === 0) {
        complete(session, null, payer);
        session.payment_status = 'no_payment_required';
        emit('checkout.session.completed', session, null);
        return found;
      }
      const { intent, charge } = attempt(session, 'succeeded', payer);
      succeed(intent, charge);
      complete(session, intent, payer);
      session.payment_status = 'paid';
      charge.customer = session.customer;
      emit('charge.succeeded', charge, null);
      emit('payment_intent.succeeded', intent, null);
      emit('checkout.session.completed', session, null);
      return found;
    },

    /** Complete and unpaid: the bank settles later. */
    payLater(id: string, { email }: { email?: string } = {}): Outcome<Session> {
      const found = open(id, 'paid');
      if (!found.ok) return found;
      const session = found.value;
      if (!takesDelayed(session)) return refused('This session takes no delayed payment method.');
      const payer = emailOf(session, email);
      const { intent, charge } = attempt(session, 'pending', payer);
      intent.status = 'processing';
      complete(session, intent, payer);
      charge.customer = session.customer;
      emit('charge.pending', charge, null);
      emit('payment_intent.processing', intent, null);
      emit('checkout.session.completed', session, null);
      return found;
    },

    /** The card is declined; the session stays open for another attempt. */
    decline(id: string, { email }: { email?: string } = {}): Outcome<Session> {
      const found = open(id, 'paid');
      if (!found.ok) return found;
      if (found.value.amount_total === 0) return refused('There is nothing to pay, so nothing can be declined.');
      const { intent, charge } = attempt(found.value, 'failed', emailOf(found.value, email));
      failed(intent, charge);
      return found;
    },

    expire(id: string, cause: Cause | null = null): Outcome<Session> {
      const found = open(id, 'expired');
      if (found.ok) end(found.value, cause);
      return found;
    },

    /** The bank pays a delayed payment. */
    settle(id: string): Outcome<Session> {
      const found = pending(id);
      if (!found.ok) return found;
      const { session, intent, charge } = found.value;
      Object.assign(charge, { status: 'succeeded', amount_captured: charge.amount });
      arrive(charge);
      succeed(intent, charge);
      session.payment_status = 'paid';
      emit('charge.succeeded', charge, null);
      emit('payment_intent.succeeded', intent, null);
      emit('checkout.session.async_payment_succeeded', session, null);
      return done(session);
    },

    /** The bank does not pay: the session stays complete and unpaid. */
    fail(id: string): Outcome<Session> {
      const found = pending(id);
      if (!found.ok) return found;
      const { session, intent, charge } = found.value;
      Object.assign(charge, { status: 'failed', paid: false, captured: false, receipt_url: null });
      Object.assign(charge, {
        failure_code: 'insufficient_funds',
        failure_message: 'The account has too little money.',
      });
      failed(intent, charge);
      emit('checkout.session.async_payment_failed', session, null);
      return done(session);
    },
  };
}

/** True where the session allows a payment method that settles days later. */
export function takesDelayed({ amount_total, payment_method_types }: Session): boolean {
  return amount_total !== 0 && payment_method_types.some((method) => delayedMethods.includes(method));
}
