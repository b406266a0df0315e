import type { FailureKind } from './video-provider';

/** Why a generation failed: a kind of provider failure, or a reason of Echoes itself. Stored in its row. */
export type FailureReason =
  | FailureKind
  | 'deadline'
  | 'lost'
  | 'stopped'
  | 'photo-missing'
  | 'photo-unreadable'
  | 'photo-kept-back';

/** What a person reads of a failure. The page shows the returned credit beside it. */
export interface FailureText {
  whatHappened: string;
  nextStep: string;
  /** Whether the same photo with the same words may succeed the next time. */
  mayWorkAgain: boolean;
}

/** The text for each reason; the type makes it complete. */
export const failureTexts: Readonly<Record<FailureReason, FailureText>> = {
  moderated: {
    whatHappened: 'The film service declined this picture or these words.',
    nextStep: 'Choose another photo, or describe the movement more simply. Dressed people and calm scenes pass best.',
    mayWorkAgain: false,
  },
  'invalid-input': {
    whatHappened: 'The film service could not work with this picture.',
    nextStep: 'Try a closer or wider frame, or bring the photo again.',
    mayWorkAgain: false,
  },
  quota: {
    whatHappened: 'The film service takes no more films today.',
    nextStep: 'Try again tomorrow. Your photo and your words are kept.',
    mayWorkAgain: true,
  },
  auth: {
    whatHappened: 'Echoes could not reach its film service.',
    nextStep: 'Try again in an hour. We have been told and are looking into it.',
    mayWorkAgain: true,
  },
  'not-found': {
    whatHappened: 'The film service lost this one on the way.',
    nextStep: 'Try again. It usually works the second time.',
    mayWorkAgain: true,
  },
  retryable: {
    whatHappened: 'The film service had trouble, twice in a row.',
    nextStep: 'Try again in a few minutes.',
    mayWorkAgain: true,
  },
  'bad-output': {
    whatHappened: 'What came back was not a film that can be played.',
    nextStep: 'Try “Gentle”, or a photo without writing on it.',
    mayWorkAgain: true,
  },
  unknown: {
    whatHappened: 'This one did not work out, and the film service does not say why.',
    nextStep: 'Try again, or try “Gentle”.',
    mayWorkAgain: true,
  },
  deadline: {
    whatHappened: 'It took too long, so we stopped waiting.',
    nextStep: 'Try again. When it is busy, an hour later is quicker.',
    mayWorkAgain: true,
  },
  lost: {
    whatHappened: 'The film service did not answer, though we asked more than once.',
    nextStep: 'Try again in a few minutes.',
    mayWorkAgain: true,
  },
  stopped: {
    whatHappened: 'We ended this one ourselves, for it did not come on.',
    nextStep: 'Try again. Your photo and your words are kept.',
    mayWorkAgain: true,
  },
  'photo-missing': {
    whatHappened: 'The photo is no longer there.',
    nextStep: 'Bring the photo again, then bring it to life.',
    mayWorkAgain: false,
  },
  'photo-unreadable': {
    whatHappened: 'The photo could not be opened.',
    nextStep: 'Save the photo as a JPEG and bring it again.',
    mayWorkAgain: false,
  },
  'photo-kept-back': {
    whatHappened: 'Film services declined several of your photos today, so this one was not sent to any.',
    nextStep: 'Try it again tomorrow. Dressed people and calm scenes pass best.',
    mayWorkAgain: true,
  },
};

/** The text for a stored reason; a reason that the code no longer knows reads as `unknown`. */
export function failureText(reason: string): FailureText {
  return Object.hasOwn(failureTexts, reason) ? failureTexts[reason as FailureReason] : failureTexts.unknown;
}
