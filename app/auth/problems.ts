/** Why a sign-in was refused: the `problem` in the landing page's address, with its sentence for the person. */
const signInProblems = {
  'sign-in-canceled': 'You stopped before Google was done. Nothing was kept. Continue whenever you like.',
  'sign-in-expired': 'This sign-in was too old, or began in another browser. Please begin again here.',
  'sign-in-email-unverified':
    'Google has not yet confirmed the e-mail address of this account. Confirm it with Google, or choose another account.',
  'sign-in-refused': 'What Google answered could not be confirmed, so nobody was signed in. Please try again.',
  'account-suspended':
    'This account has been suspended. Nothing of it was deleted. If you think this is a mistake, write to us.',
  'sign-in-unreachable': 'Google did not answer just now. Please try again in a minute.',
} as const;

export type SignInProblem = keyof typeof signInProblems;

/** The sentence for the `problem` of an address; null for an unknown one. */
export function signInSentence(problem: string | null): string | null {
  return problem !== null && Object.hasOwn(signInProblems, problem) ? signInProblems[problem as SignInProblem] : null;
}
