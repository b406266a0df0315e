import type { FailureKind } from './video-provider';

/** Why a generation failed: a kind of provider failure, or a reason of Echoes itself. Stored in its row. */
export type FailureReason =
  | FailureKind
  | 'deadline'
  /** A budget of the day at film services was used up until the deadline. */
  | 'budget'
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
    whatHappened: 'The film service does not make a clip of this one.',
    nextStep:
      'An automatic check decides that, and it stops harmless family photos too. A closer frame or plainer words may pass. Or replace the photo, or leave it as a photo.',
    mayWorkAgain: false,
  },
  'invalid-input': {
    whatHappened: 'The film service could not work with this picture.',
    nextStep: 'Retry with a closer or wider frame, replace the photo, or leave it as a photo.',
    mayWorkAgain: false,
  },
  quota: {
    whatHappened: 'The film service takes no more films today.',
    nextStep: 'Retry tomorrow; your photo and your words are kept. Until then the film plays the photo.',
    mayWorkAgain: true,
  },
  'out-of-funds': {
    whatHappened: 'Our account at the film service is used up. That is our fault, not yours.',
    nextStep: 'Retry in an hour: we have been told and fill it up. Your photo and your words are kept.',
    mayWorkAgain: true,
  },
  auth: {
    whatHappened: 'Echoes could not reach its film service.',
    nextStep: 'Retry in an hour. We have been told and are looking into it.',
    mayWorkAgain: true,
  },
  'not-found': {
    whatHappened: 'The film service lost this one on the way.',
    nextStep: 'Retry: it usually works the second time.',
    mayWorkAgain: true,
  },
  retryable: {
    whatHappened: 'The film service had trouble, twice in a row.',
    nextStep: 'Retry in a few minutes, or leave it as a photo.',
    mayWorkAgain: true,
  },
  'bad-output': {
    whatHappened: 'What came back was not a film that can be played.',
    nextStep: 'Retry with “Gentle”, replace the photo by one without writing on it, or leave it as a photo.',
    mayWorkAgain: true,
  },
  unknown: {
    whatHappened: 'This one did not work out, and the film service does not say why.',
    nextStep: 'Retry, perhaps with “Gentle”, replace the photo, or leave it as a photo.',
    mayWorkAgain: true,
  },
  deadline: {
    whatHappened: 'It took too long, so we stopped waiting.',
    nextStep: 'Retry. When it is busy, an hour later is quicker.',
    mayWorkAgain: true,
  },
  budget: {
    whatHappened: 'We made as many clips today as we can pay for. That is our limit, not yours.',
    nextStep: 'Retry tomorrow; your photo and your words are kept. Until then the film plays the photo.',
    mayWorkAgain: true,
  },
  lost: {
    whatHappened: 'The film service did not answer, though we asked more than once.',
    nextStep: 'Retry in a few minutes, or leave it as a photo.',
    mayWorkAgain: true,
  },
  stopped: {
    whatHappened: 'We ended this one ourselves, for it did not come on.',
    nextStep: 'Retry. Your photo and your words are kept.',
    mayWorkAgain: true,
  },
  'photo-missing': {
    whatHappened: 'The photo is no longer there.',
    nextStep: 'Replace the photo, then bring it to life.',
    mayWorkAgain: false,
  },
  'photo-unreadable': {
    whatHappened: 'The photo could not be opened.',
    nextStep: 'Replace the photo by a JPEG of it.',
    mayWorkAgain: false,
  },
  'photo-kept-back': {
    whatHappened: 'The automatic check stopped several photos today, so this one was not sent at all.',
    nextStep: 'Retry tomorrow, or leave it as a photo.',
    mayWorkAgain: true,
  },
};

/** The text for a stored reason; a reason that the code no longer knows reads as `unknown`. */
export function failureText(reason: string): FailureText {
  return Object.hasOwn(failureTexts, reason) ? failureTexts[reason as FailureReason] : failureTexts.unknown;
}
