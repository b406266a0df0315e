import { findPack, packs } from '~/settings/packs';

/** Why a purchase ended without credits. The person returns to the page they came from, with their choice kept. */
export type Ended = 'canceled' | 'failed' | 'expired' | 'unavailable' | 'not-on-sale';

/** Each says what happened and that nothing was paid; the button beside it is the next step. */
export const endedWords: Readonly<Record<Ended, string>> = {
  canceled: 'Nothing was paid. Your choice is kept.',
  failed: 'The payment did not go through, and nothing was taken. You can try again, also with another card.',
  expired: 'The payment page had closed before it was used. Nothing was paid.',
  unavailable: 'Our payment service could not be reached just now. Nothing was paid. Try again in a moment.',
  'not-on-sale': 'That pack is no longer sold. Nothing was paid. Choose one of these.',
};

/** The message after returning with credits. */
export function boughtWords(credits: number): string {
  return credits === 0 ? 'Your credits are here.' : `${credits} credits are yours.`;
}

/** What the address says about buying: the open sheet and the outcome of the last purchase. */
export interface ReturnUrl {
  /** The chosen pack; '' if none is chosen; null while the sheet is closed. */
  buy: string | null;
  ended: Ended | null;
  /** Credits that were just bought; 0 if their number is unknown. */
  bought: number | null;
}

const names = ['buy', 'ended', 'bought'] as const;

/** Reads the address. Values that are no pack and no known outcome are dropped. */
export function readReturnUrl(search: URLSearchParams): ReturnUrl {
  const [buy, ended, bought] = names.map((name) => search.get(name));
  return {
    buy: buy == null ? null : (findPack(buy)?.id ?? ''),
    ended: ended != null && Object.hasOwn(endedWords, ended) ? (ended as Ended) : null,
    bought: bought == null ? null : (packs.find(({ credits }) => String(credits) === bought)?.credits ?? 0),
  };
}

/** The path without the parts about buying. */
export function withoutBuying(path: string): string {
  return withWords(path, {});
}

/** The return URL after a purchase. */
export function pathWhenBought(returnTo: string, { credits }: { credits: number }): string {
  return withWords(returnTo, { bought: String(credits) });
}

/** The return URL with the buying sheet open, the pack chosen and, after a purchase without credits, the reason. */
export function pathToBuy(returnTo: string, { packId = '', ended }: { packId?: string; ended?: Ended } = {}): string {
  return withWords(returnTo, { buy: packId, ...(ended && { ended }) });
}

function withWords(path: string, words: Partial<Record<(typeof names)[number], string>>): string {
  const [pathname = '/', search = ''] = path.split('?', 2);
  const query = new URLSearchParams(search);
  for (const name of names) query.delete(name);
  for (const [name, value] of Object.entries(words)) query.set(name, value);
  // `query.size` is newer than Safari 16.4.
  const text = query.toString();
  return text ? `${pathname}?${text}` : pathname;
}
