import type { PurchaseLine } from '~/admin/people/person';
import type { Difference } from '~/billing/differences';
import type { PurchaseState } from '~/billing/purchases';

/** A purchase with whose it is; the name is null once the account was deleted. */
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

/** What somebody owes: credits that went back with their money and had been spent. */
export interface OwedLine {
  userId: string;
  person: string | null;
  owed: number;
}

/** One comparison, of the books or of what film services charged. Times in ms since 1970. */
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
  open: 'Not paid yet',
  pending: 'The bank is at it',
  paid: 'Paid',
  failed: 'Failed',
  expired: 'Never paid',
};

/** True for the name of a state: what stands in an address may be anything. */
export function isPurchaseState(value: unknown): value is PurchaseState {
  return (purchaseStates as readonly unknown[]).includes(value);
}
