import { findPack, packs } from '~/settings/packs';

/** How a try to buy ended without credits: the person is back where they were, with their choice kept. */
export type Ended = 'canceled' | 'failed' | 'expired' | 'unavailable' | 'not-on-sale';

/** What happened, that nothing was paid, and the one next step, which stands beside it as the button. */
export const endedWords: Readonly<Record<Ended, string>> = {
  canceled: 'Nothing was paid. Your choice is kept.',
  failed: 'The payment did not go through, and nothing was taken. You can try again, also with another card.',
  expired: 'The payment page had closed before it was used. Nothing was paid.',
  unavailable: 'Our payment service could not be reached just now. Nothing was paid. Try again in a moment.',
  'not-on-sale': 'That pack is no longer sold. Nothing was paid. Choose one of these.',
};

/** What a person hears who comes back with credits. */
export function boughtWords(credits: number): string {
  return credits === 0 ? 'Your credits are here.' : `${credits} credits are yours.`;
}

/** What the address says about buying: the sheet that is open, and what has just come of it. */
export interface ReturnUrl {
  /** The chosen pack, '' where none was chosen yet, null while nobody is buying. */
  buy: string | null;
  ended: Ended | null;
  /** Credits that were just bought; 0 where it does not say how many. */
  bought: number | null;
}

const names = ['buy', 'ended', 'bought'] as const;

/** Reads the address. It may say anything: what is no pack of ours, nobody claims to have bought. */
export function readReturnUrl(search: URLSearchParams): ReturnUrl {
  const [buy, ended, bought] = names.map((name) => search.get(name));
  return {
    buy: buy == null ? null : (findPack(buy)?.id ?? ''),
    ended: ended != null && Object.hasOwn(endedWords, ended) ? (ended as Ended) : null,
    bought: bought == null ? null : (packs.find(({ credits }) => String(credits) === bought)?.credits ?? 0),
  };
}

/** This path of ours with nothing about buying in it. */
export function withoutBuying(path: string): string {
  return withWords(path, {});
}

/** Back where they were, with credits. */
export function pathWhenBought(returnTo: string, { credits }: { credits: number }): string {
  return withWords(returnTo, { bought: String(credits) });
}

/** Back where they were, about to buy this pack; after something came in between, with what it was. */
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
