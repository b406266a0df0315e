import type { PurchaseLine } from '~/admin/people/person';
import type { Difference } from '~/billing/differences';
import type { PurchaseState } from '~/billing/purchases';

/** A purchase with the name of its person; null once the account is deleted. */
export type PurchaseOfPerson = PurchaseLine & { person: string | null };

/** Credits taken back (`credits` > 0) or given back after a refund or a dispute; `moved` is what the ledger could move. */
export interface ReversalLine {
  id: string;
  userId: string;
  person: string | null;
  purchaseId: string;
  credits: number;
  moved: number;
  reason: 'refund' | 'dispute' | 'reinstated';
  createdAt: number;
  amount: number;
  currency: string;
  disputeStatus: string | null;
}

/** The debt of a person: credits that were spent before their purchase was refunded or disputed. */
export interface OwedLine {
  userId: string;
  person: string | null;
  owed: number;
}

/** One comparison, of the books or of the film services' charges. `at` in ms since 1970. */
export interface ReportLine<Found = Difference> {
  at: number;
  ok: boolean;
  differences: Found[];
  milliseconds: number;
}

export const purchaseStates = [
  'open',
  'pending',
  'paid',
  'failed',
  'expired',
] as const satisfies readonly PurchaseState[];

export const purchaseStateWords: Readonly<Record<PurchaseState, string>> = {
  open: 'Begun; no word from Stripe',
  pending: 'The bank is working on it',
  paid: 'Paid',
  failed: 'Failed',
  expired: 'Never paid',
};

/** True for a state of a purchase; an address may hold any text. */
export function isPurchaseState(value: unknown): value is PurchaseState {
  return (purchaseStates as readonly unknown[]).includes(value);
}
