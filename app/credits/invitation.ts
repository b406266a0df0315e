/** Letters and digits of a code, without the ones that look alike (i, l, o, 0, 1). */
export const codeLetters = 'abcdefghjkmnpqrstuvwxyz23456789';
const codeLength = 8;

/** The code in a link or cookie, in its stored spelling; null if it cannot be a code. */
export function readCode(text: string | null | undefined): string | null {
  const code = text?.toLowerCase() ?? '';
  return code.length === codeLength && [...code].every((letter) => codeLetters.includes(letter)) ? code : null;
}

/** A random code, one of about 850 thousand million. `randomBytes` returns `count` bytes. */
export function newCode(randomBytes: (count: number) => Uint8Array): string {
  // Bytes above the last multiple of the alphabet's length would make some letters likelier than others.
  const fair = 256 - (256 % codeLetters.length);
  let code = '';
  while (code.length < codeLength)
    for (const byte of randomBytes(2 * codeLength))
      if (byte < fair && code.length < codeLength) code += codeLetters[byte % codeLetters.length];
  return code;
}

/** The path of an invitation. */
export const invitationPath = (code: string) => `/r/${code}`;

/** When both people are rewarded, as the end of a sentence about credits. */
export function rewardMoment(rewardFor: 'film' | 'purchase' | 'either', whose: 'your' | 'their'): string {
  switch (rewardFor) {
    case 'film':
      return `when ${whose} first film is finished`;
    case 'purchase':
      return `when ${whose} first credits are bought`;
    case 'either':
      return `when ${whose} first film is finished or ${whose} first credits are bought`;
    default:
      return rewardFor satisfies never;
  }
}
