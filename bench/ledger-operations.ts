import type { Statement } from '../app/db/statement.ts';

/** An action of a person, a friend or Stripe on the ledger. Numbers choose among existing rows, or are amounts. */
export type Operation =
  | { op: 'sign-up'; who: number }
  | { op: 'adjust'; who: number; credits: number; key: number }
  | { op: 'set-out'; who: number; credits: number; amount: number; request: number }
  | { op: 'step'; which: number; to: 'pending' | 'paid' | 'failed' | 'expired' }
  | { op: 'goes-back'; which: number; refunded: number; disputed: number; isStale: boolean }
  /** An admin asks for a refund of this part, in per cent. */
  | { op: 'ask-refund'; which: number; part: number }
  /** Stripe answers a request, or tells later that its bank returned it; `isTwice`: the answer comes again. */
  | { op: 'answer-refund'; which: number; as: 'done' | 'refused' | 'failed'; isTwice: boolean }
  | { op: 'generate'; who: number; clip: number; cost: number }
  | { op: 'end'; which: number; as: 'ready' | 'failed' | 'moderated' | 'canceled' }
  /** `hasFeedback`: the feedback is stored already, from a second try that came back. */
  | { op: 'second-try'; which: number; cost: number; hasFeedback: boolean }
  /** An admin has this generation made again at the house's expense. */
  | { op: 'give-clip'; which: number; cost: number }
  | { op: 'invite'; host: number; friend: number }
  | { op: 'reward'; friend: number; for: 'purchase' | 'film' }
  | { op: 'complete-project'; who: number; clip: number }
  | { op: 'watch'; who: number; visitor: number }
  | { op: 'reward-share'; who: number }
  | { op: 'suspend'; who: number; isSuspended: boolean }
  | { op: 'leave'; who: number }
  /** The owner closes for maintenance, or opens again. */
  | { op: 'maintenance'; isOn: boolean };

/** A change to the schema or to statements that makes the ledger wrong, planted to see that the model notices it. */
export interface Mistake {
  schema?: string;
  rewrite?: (statement: Statement) => Statement;
}

/** An account as the model keeps it. */
export interface Account {
  balance: number;
  version: number;
  isSignedUp: boolean;
  hasLeft: boolean;
  isSuspended: boolean;
  requests: Set<number>;
}
/** A purchase as the model keeps it. */
export interface Bought {
  id: string;
  who: number;
  credits: number;
  amount: number;
  state: string;
  refunded: number;
  disputed: number;
  /** Credits taken back so far, and the part of them that the balance did not cover. */
  taken: number;
  owed: number;
}
/** A refund that an admin asked for, as the model keeps it. */
export interface ModelRefundRequest {
  id: string;
  purchase: Bought;
  amount: number;
  credits: number;
  state: 'asked' | 'done' | 'refused';
}
/** A generation as the model keeps it. */
export interface ModelGeneration {
  id: string;
  who: number;
  clip: string;
  cost: number;
  state: 'open' | 'ready' | 'failed' | 'moderated' | 'canceled';
  /** A gift pays it: no credit moves. */
  isGift: boolean;
  /** An admin gave it; it leaves the clip's own gift as it is. */
  isByAdmin: boolean;
}

/** A referral as the model keeps it; what of the rewards was taken back, and not covered, for the friend and the host. */
export interface ModelReferral {
  host: number;
  isRewarded: boolean;
  purchase: Bought | null;
  taken: [number, number];
  short: [number, number];
}
