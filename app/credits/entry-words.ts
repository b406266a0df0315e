import { type FailureReason, failureTexts } from '~/generations/failures';

/** What an entry may be: the kinds of the ledger (DESIGN §5). */
export type EntryKind =
  | 'signup'
  | 'purchase'
  | 'referral'
  | 'share'
  | 'generation'
  | 'refund'
  | 'clawback'
  | 'adjustment';

/** An entry as a line of a diary: what happened and, where it failed, why. */
export function entryInWords({ kind, failureReason }: { kind: EntryKind; failureReason: string | null }): {
  what: string;
  why: string | null;
} {
  switch (kind) {
    case 'signup':
      return { what: 'Welcome to Echoes', why: null };
    case 'purchase':
      return { what: 'Credits bought', why: null };
    case 'referral':
      return { what: 'Somebody you invited has joined', why: null };
    case 'share':
      return { what: 'You shared a film', why: null };
    case 'generation':
      return { what: 'Brought to life', why: null };
    case 'refund':
      return failureReason === null
        ? { what: 'Stopped, credit returned', why: null }
        : { what: 'Did not work out, credit returned', why: whyItFailed(failureReason) };
    case 'clawback':
      return { what: 'Purchase taken back', why: null };
    case 'adjustment':
      return { what: 'Changed by Echoes', why: null };
  }
  return kind satisfies never;
}

function whyItFailed(reason: string): string | null {
  return Object.hasOwn(failureTexts, reason) ? failureTexts[reason as FailureReason].whatHappened : null;
}
