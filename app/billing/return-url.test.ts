import { describe, expect, it } from 'vitest';
import { pathToBuy, pathWhenBought, readReturnUrl, withoutBuying } from './return-url';

const clip = '/projects/prj_1?clip=clp_1';
const read = (path: string) => readReturnUrl(new URL(path, 'https://echoes.test').searchParams);

describe('the return URL', () => {
  it('the return URL keeps the clip, with the credits or with the choice', () => {
    expect(pathWhenBought(clip, { credits: 15 })).toBe(`${clip}&flash=bought-15`);
    expect(pathToBuy(clip, { packId: 'film', ended: 'failed' })).toBe(`${clip}&buy=film&flash=failed`);
    expect(pathToBuy('/credits')).toBe('/credits?buy=');
  });

  it('the return URL holds only the last outcome', () => {
    const tried = pathToBuy(clip, { packId: 'film', ended: 'canceled' });
    expect(pathWhenBought(tried, { credits: 5 })).toBe(`${clip}&flash=bought-5`);
    expect(withoutBuying(tried)).toBe(clip);
    expect(withoutBuying('/credits?flash=bought-5')).toBe('/credits');
  });

  it('the return URL is read as it was written', () => {
    expect(read(pathToBuy(clip, { packId: 'film', ended: 'expired' }))).toEqual({
      buy: 'film',
      ended: 'expired',
      bought: null,
    });
    expect(read(pathWhenBought(clip, { credits: 40 }))).toEqual({ buy: null, ended: null, bought: 40 });
  });

  it('unknown values in a return URL are dropped', () => {
    expect(read('/credits?buy=castle&flash=toString')).toEqual({ buy: '', ended: null, bought: null });
    expect(read('/credits?flash=bought-999')).toEqual({ buy: null, ended: null, bought: 0 });
  });
});
