/** Letters that nobody mixes up when they read them aloud or copy them by hand. */
export const codeLetters = 'abcdefghjkmnpqrstuvwxyz23456789';
const codeLength = 8;

/** The code of an invitation as it is stored, from what a link or a cookie says; null when it cannot be one. */
export function readCode(text: string | null | undefined): string | null {
  const code = text?.toLowerCase() ?? '';
  return code.length === codeLength && [...code].every((letter) => codeLetters.includes(letter)) ? code : null;
}

/** A code nobody can guess: about 850 thousand million are possible. `randomBytes` gives as many as it is asked for. */
export function newCode(randomBytes: (count: number) => Uint8Array): string {
  const fair = 256 - (256 % codeLetters.length);
  let code = '';
  while (code.length < codeLength)
    for (const byte of randomBytes(2 * codeLength))
      if (byte < fair && code.length < codeLength) code += codeLetters[byte % codeLetters.length];
  return code;
}

/** The path of an invitation. */
export const invitationPath = (code: string) => `/r/${code}`;

/** What a friend does before both are rewarded, as part of a sentence that begins with credits. */
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
