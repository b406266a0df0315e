/** Where a purchase stands: `open` until somebody pays, `pending` while a bank has yet to answer; the others are ends. */
export type PurchaseState = 'open' | 'pending' | 'paid' | 'failed' | 'expired';

/** A purchase as its page shows it. Amounts are in the currency's smallest unit, times in ms since 1970. */
export interface PurchaseView {
  id: string;
  packId: string;
  credits: number;
  amount: number;
  currency: string;
  state: PurchaseState;
  /** The path that the person left when they set out to buy: always one of ours. */
  returnTo: string;
  /** Stripe's receipt, once it is paid. */
  receiptUrl: string | null;
  /** Where it can still be paid, while it is open. */
  checkoutUrl: string | null;
  createdAt: number;
  refundedAmount: number;
  /** Credits that a refund or a dispute should have taken back and could not. */
  owed: number;
}

/** What became of setting out to buy. */
export type CheckoutOutcome =
  | { outcome: 'redirect'; url: string; purchaseId: string }
  | { outcome: 'paid'; purchaseId: string }
  /** Stripe did not answer; nothing was charged, and the same request may be sent again. */
  | { outcome: 'unavailable' }
  | { outcome: 'unknown-pack' }
  /** A pack of ours that is not offered now; nothing was begun. */
  | { outcome: 'not-on-sale' };
