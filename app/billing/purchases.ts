/** The state of a purchase: `open` until it is paid, `pending` until the bank confirms; the others are final. */
export type PurchaseState = 'open' | 'pending' | 'paid' | 'failed' | 'expired';

/** A purchase as its page shows it. Amounts are in the currency's smallest unit, times in ms since 1970. */
export interface PurchaseView {
  id: string;
  packId: string;
  credits: number;
  amount: number;
  currency: string;
  state: PurchaseState;
  /** The path of the page from which the person began to buy; always a page of Echoes. */
  returnTo: string;
  /** The address of Stripe's receipt; null until it is paid. */
  receiptUrl: string | null;
  /** The address of Stripe's page while the purchase is open, else null. */
  checkoutUrl: string | null;
  createdAt: number;
  refundedAmount: number;
  /** Credits that a refund or dispute should have taken back, and the balance did not hold. */
  owed: number;
  /** Stripe has the money, and our database could not write it down yet: the credits come by themselves. */
  isPaidAtStripe?: boolean;
}

/** The outcome of beginning to buy. */
export type CheckoutOutcome =
  | { outcome: 'redirect'; url: string; purchaseId: string }
  | { outcome: 'paid'; purchaseId: string }
  /** Stripe did not answer. Nothing was charged, and the same request can be sent again. */
  | { outcome: 'unavailable' }
  | { outcome: 'unknown-pack' }
  /** The pack is not on sale now; no purchase was made. */
  | { outcome: 'not-on-sale' }
  | { outcome: 'maintenance' };

/** The most checkouts that a person has open at Stripe; a further one ends the oldest. The same as in the schema. */
export const mostOpenCheckouts = 5;
