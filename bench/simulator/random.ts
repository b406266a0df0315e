/** The one source of chance in an episode: the same seed gives the same episode. */
export interface Random {
  /** 0..1 */
  (): number;
  /** True with this probability. */
  chance(share: number): boolean;
  between(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** Mulberry32: small, fast, and good enough to choose faults with. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return Object.assign(next, {
    chance: (share: number) => share > 0 && next() < share,
    between: (low: number, high: number) => low + next() * (high - low),
    pick: <Item>(items: readonly Item[]) => items[Math.floor(next() * items.length)] as Item,
  });
}
