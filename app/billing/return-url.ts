import { flash, readFlash, withoutFlash, withQuery } from '~/flash';
import { type BuyingOutcome, buyingMessages } from '~/outcome-messages';
import { findPack, packs } from '~/settings/packs';

/** What an address says about buying: the chosen pack, and the flash message of the last purchase. */
interface ReturnUrl {
  /** The chosen pack, '' if none is chosen yet, null while the sheet is closed. */
  buy: string | null;
  /** How a purchase ended without credits. */
  ended: BuyingOutcome | null;
  /** Credits that were just bought; 0 for a number that no pack has. */
  bought: number | null;
}

const buyKey = 'buy';
/** The code of the flash message is `bought-15` for 15 credits. */
const boughtPrefix = 'bought-';

/** Reads the address, which may hold any text: unknown packs, outcomes and numbers are never shown. */
export function readReturnUrl(search: URLSearchParams): ReturnUrl {
  const [buy, code] = [search.get(buyKey), readFlash(search) ?? ''];
  return {
    buy: buy === null ? null : (findPack(buy)?.id ?? ''),
    ended: Object.hasOwn(buyingMessages, code) ? (code as BuyingOutcome) : null,
    bought: code.startsWith(boughtPrefix)
      ? (packs.find(({ credits }) => `${boughtPrefix}${credits}` === code)?.credits ?? 0)
      : null,
  };
}

/** The path without chosen pack and flash message. */
export function withoutBuying(path: string): string {
  return withQuery(withoutFlash(path), (query) => query.delete(buyKey));
}

/** The path from which the person came, with a flash message of the bought credits. */
export function pathWhenBought(returnTo: string, { credits }: { credits: number }): string {
  return flash(withoutBuying(returnTo), `${boughtPrefix}${credits}`);
}

/** The path from which the person came, with this pack chosen; `ended`: how a purchase ended without credits. */
export function pathToBuy(
  returnTo: string,
  { packId = '', ended }: { packId?: string; ended?: BuyingOutcome } = {},
): string {
  const path = withQuery(withoutBuying(returnTo), (query) => query.set(buyKey, packId));
  return ended ? flash(path, ended) : path;
}
