import { type FailureReason, failureTexts } from '~/providers/failure-messages';
import { priceInWords } from '~/settings/packs';

/** The kinds of ledger entries, in the order of the credit history's filter. */
export const entryKinds = [
  'generation',
  'refund',
  'purchase',
  'clawback',
  'referral',
  'share',
  'signup',
  'adjustment',
] as const;

export type EntryKind = (typeof entryKinds)[number];

/** True for the name of a kind; for values from an address. */
export function isEntryKind(value: unknown): value is EntryKind {
  return (entryKinds as readonly unknown[]).includes(value);
}

/** The kinds as the credit history's filter names them. */
export const kindWords: Readonly<Record<EntryKind, string>> = {
  generation: 'Brought to life',
  refund: 'Returned',
  purchase: 'Bought',
  clawback: 'Taken back',
  referral: 'Invitations',
  share: 'Shared films',
  signup: 'Welcome',
  adjustment: 'From Echoes',
};

/** The facts of a purchase that the credit history shows. Amounts are in the currency's smallest unit, as at Stripe. */
export interface PurchaseFacts {
  credits: number;
  amount: number;
  currency: string;
  refundedAmount: number;
  disputedAmount: number;
  /** Stripe's status of the newest dispute. */
  disputeStatus: string | null;
  /** Credits of a reversal that had been spent before and were not taken. */
  owed: number;
}

/** The facts that the words of an entry depend on. */
export interface EntryFacts {
  key: string;
  kind: EntryKind;
  delta: number;
  reference: string | null;
  failureReason: string | null;
  purchase: PurchaseFacts | null;
  /** Of a clawback or reinstatement. */
  reversal: { reason: 'refund' | 'dispute' | 'reinstated'; spentBefore: number } | null;
  /** Of a referral reward that went back or came again: whose it was, why, and what of it had been spent before. */
  rewardReversal: {
    side: 'friend' | 'host';
    reason: 'refund' | 'dispute' | 'reinstated';
    credits: number;
    spentBefore: number;
  } | null;
  /** Of an adjustment: the reason that its admin wrote for the person. */
  adjustment: { reason: string } | null;
}

/** The words of an entry in the credit history: what happened and, where there is one, the reason or the state since. */
export function entryInWords(entry: EntryFacts): { what: string; why: string | null } {
  const { kind, key, reference, failureReason, purchase, reversal, rewardReversal, adjustment } = entry;
  switch (kind) {
    case 'signup':
      return { what: 'Welcome to Echoes', why: null };
    case 'purchase':
      return { what: `${countInWords(entry.delta)} bought`, why: purchase && purchaseInWords(purchase) };
    case 'referral':
      return key.endsWith(':host')
        ? { what: 'Somebody you invited has joined', why: rewardedForInWords(reference) }
        : { what: 'You came by an invitation', why: null };
    case 'share':
      return { what: 'Your shared film was watched to the end', why: null };
    case 'generation':
      return { what: 'Brought to life', why: null };
    case 'refund':
      return failureReason === null
        ? { what: 'Stopped, credit returned', why: null }
        : { what: 'Did not work out, credit returned', why: whyItFailed(failureReason) };
    case 'clawback':
      if (rewardReversal) return rewardBackInWords(rewardReversal);
      return {
        what: reversal?.reason === 'dispute' ? 'Taken back: payment disputed' : 'Taken back: payment refunded',
        why: factsInWords([
          ...(purchase ? [`Of ${countInWords(purchase.credits)} bought for ${priceInWords(purchase)}`] : []),
          ...(reversal && reversal.spentBefore > 0 ? [spentInWords(reversal.spentBefore)] : []),
        ]),
      };
    case 'adjustment':
      if (key.startsWith('second-try:')) return { what: 'Second try, on us', why: null };
      if (rewardReversal)
        return {
          what: 'Given back',
          why: `${rewardReversal.side === 'host' ? 'A friend’s' : 'The'} payment stands after all.`,
        };
      if (key.startsWith('reinstated:'))
        return {
          what: 'Given back',
          why: `The payment${purchase ? ` of ${priceInWords(purchase)}` : ''} stands after all.`,
        };
      return { what: 'Changed by Echoes', why: adjustment?.reason ?? null };
  }
  return kind satisfies never;
}

/** The price of a purchase, and its refunds and disputes. */
export function purchaseInWords({ owed, ...purchase }: PurchaseFacts): string {
  const paid = priceInWords(purchase);
  const facts = [
    paid,
    ...refundInWords(purchase),
    ...disputeInWords(purchase),
    ...(owed > 0 ? [`${owed} of these credits had been spent already`] : []),
  ];
  return factsInWords(facts) ?? paid;
}

/** A single fact without a full stop; several as sentences. */
function factsInWords(facts: readonly string[]): string | null {
  if (facts.length < 2) return facts[0] ?? null;
  return `${facts.join('. ')}.`;
}

function refundInWords({ amount, refundedAmount, currency }: Omit<PurchaseFacts, 'owed'>): string[] {
  if (refundedAmount === 0) return [];
  return refundedAmount >= amount
    ? ['Refunded']
    : [`${priceInWords({ amount: refundedAmount, currency })} of it refunded`];
}

function disputeInWords({ disputeStatus }: Omit<PurchaseFacts, 'owed'>): string[] {
  switch (disputeStatus) {
    case null:
      return [];
    case 'won':
    case 'warning_closed':
    case 'prevented':
      return ['Disputed; the payment stands'];
    case 'lost':
      return ['Disputed; your bank has the money back'];
    default:
      return ['Disputed; the bank is looking into it'];
  }
}

/** A reward that went with the payment that had earned it. What a friend paid is theirs to know. */
function rewardBackInWords({ side, reason, credits, spentBefore }: NonNullable<EntryFacts['rewardReversal']>) {
  const payment = side === 'host' ? 'a friend’s payment was' : 'payment';
  const reward = `It had earned you the ${credits === 1 ? 'credit' : 'credits'} for ${side === 'host' ? 'inviting them' : 'coming by an invitation'}.`;
  return {
    what: `Taken back: ${payment} ${reason === 'dispute' ? 'disputed' : 'refunded'}`,
    why: spentBefore > 0 ? `${reward} ${spentInWords(spentBefore)}.` : reward,
  };
}

function spentInWords(credits: number): string {
  return credits === 1 ? 'Another one had been spent already' : `${credits} more had been spent already`;
}

function rewardedForInWords(reference: string | null): string | null {
  if (reference === 'film') return 'They finished a first film.';
  return reference === 'purchase' ? 'They bought a first pack.' : null;
}

function countInWords(credits: number): string {
  return credits === 1 ? '1 credit' : `${credits} credits`;
}

function whyItFailed(reason: string): string | null {
  return Object.hasOwn(failureTexts, reason) ? failureTexts[reason as FailureReason].whatHappened : null;
}
