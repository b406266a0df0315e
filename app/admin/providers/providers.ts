import type { AccountBalance } from '~/providers/balance';

/** The film services by their own names. */
export const serviceNames: Readonly<Record<string, string>> = {
  runway: 'Runway',
  luma: 'Luma',
  fal: 'fal',
  replicate: 'Replicate',
  veo: 'Veo',
};

/** How long an admin may let a provider rest, in hours; null until it is woken. */
export const restLengths = { 'until-woken': null, hour: 1, 'third-of-a-day': 8, day: 24 } as const;

export type RestLength = keyof typeof restLengths;

export const restLengthWords: Readonly<Record<RestLength, string>> = {
  'until-woken': 'Until it is woken',
  hour: 'One hour',
  'third-of-a-day': '8 hours',
  day: 'A day',
};

/** A provider as an admin sees it. Times in ms since 1970, amounts in US cents. */
export interface ProviderView {
  id: string;
  /** Its models among those that new generations use, in order; empty where it is not used. */
  inOrder: { place: number; model: string }[];
  /** Its rest; one whose time has passed lasts until a call shows that it works again. */
  rest: { reason: string; until: number; since: number } | null;
  /** True while it takes nothing new because of its rest. */
  isResting: boolean;
  balance: AccountBalance;
  /** Booked today (UTC), and the budget of the day; null without one. */
  spentCents: number;
  budgetCents: number | null;
  /** Open generations: those that wait for it, and those that it has. */
  waiting: number;
  atWork: number;
  /** Its calls of the breaker's window. */
  calls: number;
  badCalls: number;
}

/** The result of an admin's order about a rest; `already-so` changes nothing. */
export type RestOutcome = 'provider-rested' | 'provider-woken' | 'already-so' | 'not-found';
