import { expect, it } from 'vitest';
import { createTapFilter } from './film-state';

it('the second tap of a double tap is recognized, a later tap and a key press are not', () => {
  const isSecondTap = createTapFilter(1000);
  const tapAt = (timeStamp: number) => isSecondTap({ detail: 1, timeStamp });
  expect(tapAt(1200)).toBe(true);
  expect(isSecondTap({ detail: 0, timeStamp: 1250 })).toBe(false);
  expect(tapAt(1500)).toBe(false);
  expect(tapAt(1600)).toBe(true);
  expect(tapAt(2000)).toBe(false);
  expect(createTapFilter()({ detail: 1, timeStamp: 0 })).toBe(false);
});
