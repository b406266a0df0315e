/** Credits that an admin gives (`credits` > 0) or takes, as the desk shows them. Times in ms since 1970. */
export interface AdjustmentView {
  id: string;
  userId: string;
  /** The person's name; null once their account was deleted. */
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

/** What became of asking for an adjustment. `overdraft` says what there is to take from. */
export type AskOutcome =
  | { outcome: 'done' | 'waiting' | 'declined' }
  | { outcome: 'overdraft'; balance: number }
  /** This page's form was sent before, and said something else then. */
  | { outcome: 'used-before' }
  | { outcome: 'not-found' }
  | { outcome: 'not-an-admin' };

/** What became of another admin's yes or no. */
export type DecideOutcome =
  | { outcome: 'done' | 'declined' | 'decided-before' | 'needs-another-admin'; userId: string }
  | { outcome: 'overdraft'; userId: string; balance: number }
  | { outcome: 'not-found' };

/** The most credits one adjustment may move, as the schema has it. */
export const mostAdjusted = 10_000;

/** "+5" or "−5". */
export function signed(credits: number): string {
  return credits < 0 ? `−${-credits}` : `+${credits}`;
}
