import type Stripe from 'stripe';
import { newId } from './stripe-objects.ts';

/** The fee of this account for a payment by card: 3.25 % and 25 cents, more than the standard rate that Echoes estimates with. */
export const feeOfPayment = (amount: number): number => Math.round(amount * 0.0325) + 25;
/** The fee of a dispute, which is not given back. */
export const feeOfDispute = 2000;

const feeDetail = (amount: number, currency: string): Stripe.BalanceTransaction.FeeDetail => ({
  ...{ amount, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' },
});

/** A movement of the balance of the account. */
export function newTransaction(fields: {
  created: number;
  amount: number;
  fee: number;
  currency: string;
  source: string;
  type: 'charge' | 'refund' | 'adjustment' | 'refund_failure';
}): Stripe.BalanceTransaction {
  const { created, amount, fee, currency, source, type } = fields;
  return {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: created + 7 * 86_400,
    balance_type: 'payments',
    created,
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [feeDetail(fee, currency)],
    net: amount - fee,
    reporting_category: type === 'adjustment' ? 'dispute' : type,
    source,
    status: 'pending',
    type,
  };
}
