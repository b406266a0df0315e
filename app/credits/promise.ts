import { creditsInWords } from '~/components/balance';
import { rewardMoment } from './invitation';

/** The rewards of both people, and the friend's action that earns them. */
export interface RewardTerms {
  referrerCredits: number;
  referredCredits: number;
  referralRewardFor: 'film' | 'purchase' | 'either';
}

/** What a new person gets, as the settings have it: "Your first clip is free"; null for nothing. */
export function giftToNewcomer({ signupCredits, creditsPerClip }: { signupCredits: number; creditsPerClip: number }) {
  const clips = Math.floor(signupCredits / creditsPerClip);
  if (clips === 0) return null;
  return clips === 1 ? 'Your first clip is free' : `Your first ${clips} clips are free`;
}

/** The promise as the friend reads it. */
export function promiseToFriend({ referrerCredits, referredCredits, referralRewardFor }: RewardTerms): string {
  const moment = rewardMoment(referralRewardFor, 'your');
  if (referrerCredits === referredCredits) return `You both get ${creditsInWords(referredCredits)} ${moment}.`;
  const theirs = referrerCredits > 0 ? `, and your friend ${creditsInWords(referrerCredits)},` : '';
  return `You get ${creditsInWords(referredCredits)}${theirs} ${moment}.`;
}

/** The promise as the person who invites reads it. */
export function promiseToHost({ referrerCredits, referredCredits, referralRewardFor }: RewardTerms): string {
  const moment = rewardMoment(referralRewardFor, 'their');
  if (referrerCredits === referredCredits)
    return `You and each friend who joins by your link get ${creditsInWords(referrerCredits)} ${moment}.`;
  if (referrerCredits === 0)
    return `Each friend who joins by your link gets ${creditsInWords(referredCredits)} ${moment}.`;
  const theirs = referredCredits > 0 ? `, and they get ${creditsInWords(referredCredits)},` : '';
  return `For each friend who joins by your link you get ${creditsInWords(referrerCredits)}${theirs} ${moment}.`;
}
