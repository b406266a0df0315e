import type Stripe from 'stripe';
import { type Account, done, invalid, missing, type Outcome, refused } from './stripe-account.ts';
import { feeOfDispute } from './stripe-balance.ts';
import { type Fields, metadataAt, numberAt, textAt } from './stripe-form.ts';
import { moneyText } from './stripe-money.ts';
import type { Cause } from './stripe-objects.ts';
import { newDispute, newFraudWarning, newRefund } from './stripe-reversal-objects.ts';

const disputeReasons = ['fraudulent', 'product_not_received', 'unrecognized', 'duplicate', 'general'];
const endings = { won: 'won', lost: 'lost', closed: 'warning_closed' } as const;

export type Reversals = ReturnType<typeof createReversals>;

/** Refunds, partial or full, which may fail; and disputes, which are won or lost. */
export function createReversals(account: Account) {
  const { sessions, intents, charges, refunds, disputes, warnings, emit, seconds } = account;
  const disputesOf = (charge: Stripe.Charge) => [...disputes.values()].filter((one) => one.charge === charge.id);
  const isOpen = ({ status }: Stripe.Dispute) => !['won', 'lost', 'warning_closed'].includes(status);

  /** The successful charge of a session. */
  function chargeOf(sessionId: string): Outcome<Stripe.Charge> {
    const intent = intents.get(String(sessions.get(sessionId)?.payment_intent));
    const charge = charges.get(String(intent?.latest_charge));
    return charge?.status === 'succeeded' ? done(charge) : refused('This session has no successful payment.');
  }

  /** A dispute takes money from the balance, or gives it back. */
  function adjust(dispute: Stripe.Dispute, amount: number, fee: number): void {
    const { id: source, currency } = dispute;
    dispute.balance_transactions.push(account.move({ amount, fee, currency, source, type: 'adjustment' }));
  }

  /** A refund in full or a dispute makes it needless to act on a warning. */
  function endWarnings(charge: Stripe.Charge): void {
    for (const warning of warnings.values())
      if (warning.charge === charge.id && warning.actionable) {
        warning.actionable = false;
        emit('radar.early_fraud_warning.updated', warning, null, { actionable: true });
      }
  }

  function refund(
    charge: Stripe.Charge,
    wanted: { amount?: number; reason?: string; metadata?: Record<string, string> },
    cause: Cause | null,
  ): Outcome<Stripe.Refund> {
    const left = charge.amount - charge.amount_refunded;
    const amount = wanted.amount ?? left;
    if (charge.status !== 'succeeded') return refused(`Charge ${charge.id} is not succeeded, and cannot be refunded.`);
    if (disputesOf(charge).some(({ status }) => ['needs_response', 'under_review', 'lost'].includes(status)))
      return refused(`Charge ${charge.id} has been charged back; cannot issue a refund.`, 'charge_disputed');
    if (left === 0) return refused(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
    if (amount > left) {
      const shown = (cents: number) => moneyText(cents, charge.currency);
      return refused(
        `Refund amount (${shown(amount)}) is greater than unrefunded amount on charge (${shown(left)})`,
        undefined,
        'amount',
      );
    }
    const { reason = null, metadata = {} } = wanted;
    const made = newRefund(charge, { created: seconds(), amount, reason, metadata });
    refunds.set(made.id, made);
    const { currency } = charge;
    const back = { amount: -amount, fee: 0, currency, source: made.id, type: 'refund' } as const;
    made.balance_transaction = account.move(back).id;
    const previous = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount;
    emit('refund.created', made, cause);
    emit('charge.refunded', charge, cause, previous);
    if (charge.refunded) endWarnings(charge);
    return done(made);
  }

  return {
    /** Refunds a payment as requested through the API. */
    refundFrom(fields: Fields, cause: Cause | null): Outcome<Stripe.Refund> {
      const [intentId, chargeId] = [textAt(fields, 'payment_intent'), textAt(fields, 'charge')];
      if (!intentId && !chargeId)
        return invalid({
          code: 'parameter_missing',
          message: 'One of the following params should be provided for this request: payment_intent or charge.',
        });
      const intent = intents.get(intentId ?? '');
      if (intentId && !intent) return missing('payment_intent', intentId, 'payment_intent', 404);
      const charge = charges.get(chargeId ?? String(intent?.latest_charge));
      if (chargeId && !charge) return missing('charge', chargeId, 'charge', 404);
      if (charge?.status !== 'succeeded')
        return refused(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`);
      const [amount, reason] = [numberAt(fields, 'amount'), textAt(fields, 'reason')];
      return refund(charge, { amount, reason, metadata: metadataAt(fields, 'metadata') }, cause);
    },

    /** Refunds a session: `amount` cents, or the rest. */
    refund(sessionId: string, { amount, reason }: { amount?: number; reason?: string } = {}): Outcome<Stripe.Refund> {
      const found = chargeOf(sessionId);
      if (!found.ok) return found;
      if (amount !== undefined && !(Number.isInteger(amount) && amount > 0))
        return refused('The amount is a whole number of cents above 0.', 'parameter_invalid_integer', 'amount');
      return refund(found.value, { amount, reason }, null);
    },

    /** The newest refund that has not failed fails, and its money returns to the account. */
    failRefund(sessionId: string): Outcome<Stripe.Refund> {
      const found = chargeOf(sessionId);
      if (!found.ok) return found;
      const charge = found.value;
      const last = [...refunds.values()].findLast((one) => one.charge === charge.id && one.status !== 'failed');
      if (!last) return refused('This session has no refund that could fail.');
      const previous = { status: last.status };
      Object.assign(last, { status: 'failed', failure_reason: 'lost_or_stolen_card' });
      const { amount, currency } = last;
      const back = { amount, fee: 0, currency, source: last.id, type: 'refund_failure' } as const;
      last.failure_balance_transaction = account.move(back).id;
      charge.amount_refunded -= last.amount;
      charge.refunded = false;
      emit('refund.updated', last, null, previous);
      emit('refund.failed', last, null);
      emit('charge.refund.updated', last, null, previous);
      return done(last);
    },

    /** The bank warns of fraud: nothing moves yet. */
    warnOfFraud(sessionId: string): Outcome<Stripe.Radar.EarlyFraudWarning> {
      const found = chargeOf(sessionId);
      if (!found.ok) return found;
      const charge = found.value;
      if ([...warnings.values()].some((one) => one.charge === charge.id))
        return refused('The bank has warned of this payment already.');
      const made = newFraudWarning(charge, seconds());
      warnings.set(made.id, made);
      emit('radar.early_fraud_warning.created', made, null);
      return done(made);
    },

    /** Opens a dispute, which takes the money, or an inquiry, which does not. */
    dispute(
      sessionId: string,
      {
        amount,
        reason = 'fraudulent',
        isInquiry = false,
      }: { amount?: number; reason?: string; isInquiry?: boolean } = {},
    ): Outcome<Stripe.Dispute> {
      const found = chargeOf(sessionId);
      if (!found.ok) return found;
      const charge = found.value;
      if (disputesOf(charge).some(isOpen)) return refused('This payment is disputed already.');
      if (!disputeReasons.includes(reason)) return refused(`The reason is one of ${disputeReasons.join(', ')}.`);
      const taken = amount ?? charge.amount;
      if (!(Number.isInteger(taken) && taken > 0 && taken <= charge.amount))
        return refused('A dispute takes between 1 and the whole amount.');
      const made = newDispute(charge, { created: seconds(), amount: taken, reason, isInquiry });
      disputes.set(made.id, made);
      if (!isInquiry) adjust(made, -taken, feeOfDispute);
      charge.disputed = true;
      emit('charge.dispute.created', made, null);
      if (!isInquiry) emit('charge.dispute.funds_withdrawn', made, null);
      endWarnings(charge);
      return done(made);
    },

    /** Ends a dispute as won or lost, or closes an inquiry. */
    closeDispute(sessionId: string, ending: keyof typeof endings): Outcome<Stripe.Dispute> {
      const found = chargeOf(sessionId);
      if (!found.ok) return found;
      const open = disputesOf(found.value).find(isOpen);
      if (!open) return refused('This session has no open dispute.');
      const isInquiry = open.status.startsWith('warning_');
      if (isInquiry !== (ending === 'closed'))
        return refused(isInquiry ? 'An inquiry is closed, not won or lost.' : 'A dispute is won or lost, not closed.');
      const previous = { status: open.status };
      open.status = endings[ending];
      open.is_charge_refundable = ending !== 'lost';
      if (ending === 'won') adjust(open, open.amount, 0);
      emit('charge.dispute.closed', open, null, previous);
      if (ending === 'won') emit('charge.dispute.funds_reinstated', open, null);
      return done(open);
    },
  };
}
