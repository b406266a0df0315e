/**
 * A pack of credits. `amount` is in the currency's smallest unit. A clip of five seconds costs Echoes about 25 US cents; the
 * rest of a credit's price pays for failed generations, card fees and the work.
 */
export interface Pack {
  id: string;
  name: string;
  credits: number;
  amount: number;
  currency: 'eur';
  /** How many per cent a credit costs less than in the smallest pack; null where it costs the same. */
  saves: number | null;
}

const sold = [
  { id: 'moment', name: 'A moment', credits: 5, amount: 490, currency: 'eur' },
  { id: 'film', name: 'A film', credits: 15, amount: 1190, currency: 'eur' },
  { id: 'album', name: 'An album', credits: 40, amount: 2490, currency: 'eur' },
] as const;

/** The price of a credit in the smallest pack. */
const dearest = sold[0].amount / sold[0].credits;

/** The packs, smallest first; the only place with prices. */
export const packs: readonly Pack[] = sold.map((pack) => {
  const saves = Math.floor((1 - pack.amount / pack.credits / dearest) * 100);
  return { ...pack, saves: saves > 0 ? saves : null };
});

/** The credits of the largest pack. */
export const mostCredits = Math.max(...sold.map(({ credits }) => credits));

/** The pack with this id, or null. */
export function findPack(packId: unknown): Pack | null {
  return packs.find(({ id }) => id === packId) ?? null;
}

/** The packs on sale, smallest first; all of them if none of these ids is known. */
export function packsOffered(onSale: readonly string[]): readonly Pack[] {
  const offered = packs.filter(({ id }) => onSale.includes(id));
  return offered.length > 0 ? offered : packs;
}

/** The smallest pack on sale. */
export function smallestPack(onSale: readonly string[]): Pack {
  return packFor(1, packsOffered(onSale));
}

/** The smallest pack on offer with enough credits, or the largest if none has enough. */
export function packFor(creditsNeeded: number, offered: readonly Pack[] = packs): Pack {
  return offered.find(({ credits }) => credits >= creditsNeeded) ?? (offered.at(-1) as Pack);
}

/** A price in the smallest unit of its currency, with that currency: `€11.90`, `¥490`. */
export function priceInWords({ amount, currency }: { amount: number; currency: string }): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
