/** Credits that an admin gives (`credits` > 0) or takes, as the admin panel shows them. Times in ms since 1970. */
export interface AdjustmentView {
  id: string;
  userId: string;
  /** The person's name; null once the account is deleted. */
  person: string | null;
  balance: number;
  credits: number;
  reason: string;
  state: 'waiting' | 'done' | 'declined';
  requestedBy: string;
  requester: string | null;
  requestedAt: number;
  decider: string | null;
  decidedAt: number | null;
}

/** How far an admin may go alone for one person, in credits. */
export interface Alone {
  /** The person is the admin: every adjustment needs another admin's yes. */
  isSelf: boolean;
  /** The limit for 24 hours, and what is left of it. */
  most: number;
  left: number;
}

/** The outcome of asking for an adjustment. `overdraft` comes with the balance. */
export type AskOutcome =
  | { outcome: 'done' | 'waiting' | 'declined' }
  | { outcome: 'overdraft'; balance: number }
  /** The same form was sent before with other values. */
  | { outcome: 'used-before' }
  | { outcome: 'not-found' }
  | { outcome: 'not-an-admin' };

/** The outcome of another admin's yes or no. */
export type DecideOutcome =
  | { outcome: 'done' | 'declined' | 'decided-before' | 'needs-another-admin'; userId: string }
  | { outcome: 'overdraft'; userId: string; balance: number }
  | { outcome: 'not-found' };

/** The most credits that one adjustment may move; the schema has the same limit. */
export const mostAdjusted = 10_000;

/** "+5" or "−5". */
export function signed(credits: number): string {
  return credits < 0 ? `−${-credits}` : `+${credits}`;
}

/** How far an admin may go alone, in words. */
export function aloneInWords({ isSelf, most, left }: Alone): string {
  if (isSelf) return 'This is your own account: another admin has to say yes.';
  if (most === 0) return 'Another admin has to say yes.';
  if (left === 0) return `You have moved your ${most} credits of these 24 hours: another admin has to say yes.`;
  return `Above ${left}, another admin has to say yes. Alone, an admin may move ${most} within 24 hours.`;
}
