/** Where Stripe's books and ours were not the same, and whether they are by now. */
export interface Difference {
  what:
    | 'paid-without-purchase'
    | 'granted-late'
    | 'not-granted'
    | 'granted-unpaid'
    | 'reversed-late'
    | 'not-checked'
    | 'too-many-sessions';
  sessionId: string | null;
  purchaseId: string | null;
  detail: string;
  isMended: boolean;
}
