// The home of every sentence for an outcome or a `reason`, but those of admins (app/admin/outcome-messages.ts) and of HTTP
// statuses (app/problem.ts).

/** The sentences for refused requests, by the `outcome` that routes answer. */
export const outcomeMessages = {
  'no-credit': 'You do not have enough credits for this. Nothing was started.',
  'already-open': 'This photo is already being brought to life.',
  'too-many-open': 'Many clips are on their way already. Bring this one to life when some of them are ready.',
  unavailable: 'Clips of this length cannot be made just now. Choose the other length, or try again later.',
  paused:
    'Our film service is resting and takes nothing new for now. Nothing was charged; your photo and your words are kept. Try again in a few minutes.',
  maintenance:
    'Echoes begins nothing new while we work on it. Nothing was charged; your photos and your words are kept. Try again a little later.',
  'too-many-refused':
    'The automatic check of the film services stopped several photos today, as it does with harmless ones too. No more are sent for now, and nothing was charged.',
  'too-late': 'This one was quicker: it is finished already.',
  'cannot-be-stopped':
    'This one can no longer be stopped: the film service cannot stop what it has begun. Its clip comes when it is ready.',
  'too-many-stops':
    'This one can no longer be stopped: you have stopped several at the film service today. Its clip comes when it is ready.',
  'no-answer':
    'The film service did not say whether this one can still be stopped, so it goes on. Try again in a moment, or let it come.',
  'not-ready': 'This try is not ready yet.',
  stale: 'The order changed on another device. Here is the newest one.',
  empty: 'There is nothing to show yet. Add a photo first.',
  'film-full': 'This film is full: it holds 100 photos. Take one out, then put this one back.',
  'too-many-projects': 'You can have 1,000 films. Delete one you no longer need, then put this one back.',
  'not-found': 'This is not here any more. It may have been removed on another device.',
} as const;

export type Outcome = keyof typeof outcomeMessages;

/** True for an outcome that has a sentence; `value` may be anything that came over the wire. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'string' && Object.hasOwn(outcomeMessages, value);
}

/** The sentence for an outcome; `until` (ms since 1970) is when the request may be sent again. */
export function outcomeMessage(outcome: Outcome, until?: number): string {
  if (until === undefined) return outcomeMessages[outcome];
  const at = new Date(until).toLocaleString([], { weekday: 'long', hour: '2-digit', minute: '2-digit' });
  if (outcome === 'paused')
    return `Our film service is resting and takes nothing new until ${at}. Nothing was charged; your photo and your words are kept.`;
  if (outcome === 'too-many-refused')
    return `The automatic check of the film services stopped several photos today, as it does with harmless ones too. No more are sent until ${at}, and nothing was charged.`;
  return outcomeMessages[outcome];
}

/** The flash messages of the landing page: why a sign-in was refused, and the end of an account. */
export const landingMessages = {
  'sign-in-canceled': 'You stopped before Google was done. Nothing was kept. Continue whenever you like.',
  'sign-in-expired': 'This sign-in was too old, or began in another browser. Please begin again here.',
  'sign-in-email-unverified':
    'Google has not yet confirmed the e-mail address of this account. Confirm it with Google, or choose another account.',
  'sign-in-refused': 'What Google answered could not be confirmed, so nobody was signed in. Please try again.',
  'account-suspended':
    'This account has been suspended. Nothing of it was deleted. If you think this is a mistake, write to us.',
  'sign-in-unreachable': 'Google did not answer just now. Please try again in a minute.',
  'account-leaving':
    'Your account is being deleted, and nothing of it is shown any more. Sign in within 7 days to take it back.',
  'account-deleted': 'Your account and your films are deleted. You are welcome back at any time.',
} as const;

/** Why a fresh sign-in was refused, on the page that asked for it: nothing was done. */
export const freshMessages = {
  'sign-in-canceled': 'You stopped before Google was done. Nothing was changed.',
  'sign-in-other-account': 'That was another Google account than the one you are signed in with. Nothing was changed.',
  'sign-in-not-fresh':
    'Google did not ask who you are just now. Sign out of Google in this browser, then try again. Nothing was changed.',
  'sign-in-email-unverified': 'Google has not confirmed the e-mail address of that account. Nothing was changed.',
  'sign-in-refused': 'What Google answered could not be confirmed. Nothing was changed. Please try again.',
  'sign-in-unreachable': 'Google did not answer just now. Nothing was changed. Please try again in a minute.',
  'sign-in-needed': 'Your sign-in was too old for this. Nothing was changed. Please sign in again first.',
} as const;

/** The flash messages of the account page. */
export const accountMessages = {
  'deletion-taken-back': 'Your account is not deleted. Everything is as it was before.',
  erasing: 'What you deleted is being erased. Its room is free in a few minutes.',
  'nothing-to-erase': 'Nothing of yours waits to be erased.',
  'device-signed-out': 'That device is signed out.',
  'devices-signed-out': 'Every other device is signed out.',
} as const;

/** Why a sign-in was refused. */
export type SignInProblem =
  | Exclude<keyof typeof landingMessages, 'account-leaving' | 'account-deleted'>
  | 'sign-in-other-account'
  | 'sign-in-not-fresh';

/** How a purchase ended without credits: what happened, that nothing was paid, and the next step. */
export const buyingMessages = {
  canceled: 'Nothing was paid. Your choice is kept.',
  failed: 'The payment did not go through, and nothing was taken. You can try again, also with another card.',
  expired: 'The payment page had closed before it was used. Nothing was paid.',
  unavailable: 'Our payment service could not be reached just now. Nothing was paid. Try again in a moment.',
  maintenance:
    'Echoes sells nothing while we work on it. Nothing was paid. Your choice is kept; come back a little later.',
  'not-on-sale': 'That pack is no longer sold. Nothing was paid. Choose one of these.',
} as const;

export type BuyingOutcome = keyof typeof buyingMessages;

/** The sentence for bought credits; 0 where their number is not known. */
export function boughtMessage(credits: number): string {
  return credits === 0 ? 'Your credits are here.' : `${credits} credits are yours.`;
}
