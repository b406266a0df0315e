import { generateKeyBetween } from 'fractional-indexing';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz123456789';

/**
 * A position (text, compared byte by byte) after `left` and before `right`; null means the film's start or end.
 * Two random digits at the end keep two devices that put different clips into one gap from choosing the same one.
 */
export function positionBetween(left: string | null, right: string | null): string {
  const middle = generateKeyBetween(left, right);
  const random = crypto.getRandomValues(new Uint8Array(2));
  const jittered = middle + [...random].map((byte) => digits[byte % digits.length]).join('');
  return right === null || jittered < right ? jittered : middle;
}
