import { describe, expect, it } from 'vitest';
import { findPack, packFor, packs, priceInWords } from './packs';

/** What a clip of five seconds costs the house, in cents; and what a card payment costs at most. */
const clipCents = 25;
const cardCents = (amount: number) => 30 + amount * 0.035;

describe('the packs', () => {
  it('a larger pack costs less per credit, and says how much less', () => {
    const each = packs.map(({ amount, credits }) => amount / credits);
    expect(each).toEqual([...each].sort((a, b) => b - a));
    expect(packs.map(({ saves }) => saves)).toEqual([null, 19, 36]);
  });

  it('the price of a pack covers two generations a clip and the card’s fee', () => {
    for (const { amount, credits } of packs)
      expect(amount).toBeGreaterThan(credits * clipCents * 2 + cardCents(amount));
  });

  it('the fitting pack is the smallest that is enough, else the largest', () => {
    expect([1, 5, 6, 15, 16, 40, 41, 1000].map((needed) => packFor(needed).credits)).toEqual([
      5, 5, 15, 15, 40, 40, 40, 40,
    ]);
  });

  it('a pack is found by its name alone', () => {
    expect(findPack('film')?.credits).toBe(15);
    for (const odd of ['FILM', '', 'toString', null, 3, ['film']]) expect(findPack(odd)).toBeNull();
  });

  it('the price of a pack is written in words', () => {
    expect(packs.map(priceInWords)).toEqual(['€4.90', '€11.90', '€24.90']);
    expect(priceInWords({ amount: 490, currency: 'jpy' })).toBe('¥490');
    expect(priceInWords({ amount: 37.5, currency: 'usd' })).toBe('$0.38');
  });
});
