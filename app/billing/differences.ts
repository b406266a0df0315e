/** A difference between Stripe and our purchases. `isMended`: the comparison has removed it. */
export interface Difference {
  what:
    | 'paid-without-purchase'
    | 'granted-late'
    | 'granted-again'
    | 'not-granted'
    | 'granted-unpaid'
    | 'paid-after-leaving'
    | 'reversed-late'
    | 'refund-unanswered'
    | 'not-checked'
    | 'too-many-sessions';
  sessionId: string | null;
  purchaseId: string | null;
  detail: string;
  isMended: boolean;
}

const words: Readonly<Record<Difference['what'], string>> = {
  'paid-without-purchase': 'Paid at Stripe, and no purchase here belongs to it',
  'granted-late': 'Paid at Stripe, and the credits had not been given yet',
  'granted-again': 'Paid at Stripe, and our record of it was lost: the database had been set back',
  'not-granted': 'Paid at Stripe, and the credits could not be given',
  'granted-unpaid': 'Credits were given, and Stripe does not call it paid',
  'paid-after-leaving': 'Paid at Stripe after the account was deleted, and not refunded yet',
  'reversed-late': 'Money went back at Stripe, or returned, and the credits had not followed yet',
  'refund-unanswered': 'Stripe had not answered for a refund that an admin asked for',
  'not-checked': 'Could not be looked at',
  'too-many-sessions': 'More purchases than one comparison looks at',
};

/** A difference as a sentence. */
export function differenceInWords({ what, isMended }: Pick<Difference, 'what' | 'isMended'>): string {
  return `${words[what]}. ${isMended ? 'Mended.' : 'Somebody has to look at it.'}`;
}
