import { generateKeyBetween } from 'fractional-indexing';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz123456789';

/**
 * A position (text, compared byte by byte) after `left` and before `right`; null means the start or end of the project.
 * Ends in two random digits, so that two devices that insert clips into the same gap choose different positions.
 */
export function positionBetween(left: string | null, right: string | null): string {
  const middle = generateKeyBetween(left, right);
  const random = crypto.getRandomValues(new Uint8Array(2));
  const jittered = middle + [...random].map((byte) => digits[byte % digits.length]).join('');
  return right === null || jittered < right ? jittered : middle;
}
