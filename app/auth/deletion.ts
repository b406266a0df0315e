import { retention } from '~/media/retention';

/** The page on which the deletion of an account is asked for, taken back or made final. */
export const deletionPath = '/account/deletion';

/** A purchase that was paid: what is left of its credits after refunds, and its price in the currency's smallest unit. */
export interface BoughtPack {
  credits: number;
  kept: number;
  amount: number;
  currency: string;
}

/** What goes with an account, for the page that names it. */
export interface WhatGoes {
  films: number;
  photos: number;
  clips: number;
  /** Open links to films. */
  shares: number;
  purchases: number;
  balance: number;
  /** What the credits that are left were bought for; null where they were free. */
  paid: { amount: number; currency: string } | null;
}

/** When an account is closed whose deletion was asked for at `deletedAt`, and until when it can be taken back (ms). */
export const closesAt = (deletedAt: number): number => deletedAt + retention.takeBack;

/** A day in words, the same on the server and in the browser: `7 December 2026`. */
export function dayInWords(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

/**
 * What so many credits were bought for, if those that came first were spent first: the newest purchases count. Null where no
 * purchase is behind them. `bought` newest first; purchases in another currency than the newest are left out.
 */
export function costOfCredits(balance: number, bought: readonly BoughtPack[]): WhatGoes['paid'] {
  const [newest] = bought;
  if (!newest) return null;
  let left = balance;
  let amount = 0;
  for (const pack of bought) {
    if (pack.currency !== newest.currency) continue;
    const counted = Math.min(left, pack.kept);
    amount += (counted * pack.amount) / pack.credits;
    left -= counted;
  }
  const whole = Math.round(amount);
  return whole > 0 ? { amount: whole, currency: newest.currency } : null;
}
