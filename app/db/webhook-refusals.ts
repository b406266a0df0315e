/** Refused webhooks of one sender for one reason on one day. Times in ms since 1970. */
export interface WebhookRefusal {
  /** `stripe`, a provider, or `unknown` for an address that is no provider's. */
  sender: string;
  reason: string;
  count: number;
  firstAt: number;
  lastAt: number;
}

/**
 * Reasons that a genuine sender gives none of: a forged or old signature, another mode's keys, or a secret that is not set.
 * One is an alert. The others are mostly strangers, who try every address: they are counted and shown.
 */
export const refusalReasons: Readonly<Record<string, string>> = {
  forged: 'with a wrong signature',
  stale: 'with a signature that is too old',
  'wrong-mode': 'from the other mode, test or live',
  'no-secret': 'while no secret is set',
  'no-key': 'while no secret is set',
};
