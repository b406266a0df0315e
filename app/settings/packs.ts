/**
 * Credits as they are sold. `amount` is in the currency's smallest unit. A credit makes a clip, and a clip of five
 * seconds costs the house about 25 cents; the rest pays for tries that fail, the card's fee and the work.
 */
export interface Pack {
  id: string;
  name: string;
  credits: number;
  amount: number;
  currency: 'eur';
  /** Whole percent that a credit costs less here than in the smallest pack; null where it costs the same. */
  saves: number | null;
}

const sold = [
  { id: 'moment', name: 'A moment', credits: 5, amount: 490, currency: 'eur' },
  { id: 'film', name: 'A film', credits: 15, amount: 1190, currency: 'eur' },
  { id: 'album', name: 'An album', credits: 40, amount: 2490, currency: 'eur' },
] as const;

/** What one credit of the smallest pack costs. */
const dearest = sold[0].amount / sold[0].credits;

/** The packs, smallest first: the only place that knows what a credit costs. */
export const packs: readonly Pack[] = sold.map((pack) => {
  const saves = Math.floor((1 - pack.amount / pack.credits / dearest) * 100);
  return { ...pack, saves: saves > 0 ? saves : null };
});

/** The most credits that a pack has. */
export const mostCredits = Math.max(...sold.map(({ credits }) => credits));

/** The pack of this name, or null: what is asked for may be anything. */
export function findPack(packId: unknown): Pack | null {
  return packs.find(({ id }) => id === packId) ?? null;
}

/** The packs that are offered, smallest first: those the owner has on sale, of which there is always one. */
export function packsOffered(onSale: readonly string[]): readonly Pack[] {
  const offered = packs.filter(({ id }) => onSale.includes(id));
  return offered.length > 0 ? offered : packs;
}

/** The smallest of these packs with at least so many credits; the largest where none has as many. */
export function packFor(creditsNeeded: number, offered: readonly Pack[] = packs): Pack {
  return offered.find(({ credits }) => credits >= creditsNeeded) ?? (offered.at(-1) as Pack);
}

/** A price as people write it: `€11.90`. */
export function priceInWords({ amount, currency }: { amount: number; currency: string }): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 100);
}
