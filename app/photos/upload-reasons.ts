/** Why a photo did not become a clip: the same words on the wire, in the row, and behind the text a person reads. */
export type UploadReason =
  | 'not-a-photo'
  | 'unsupported'
  | 'unreadable'
  | 'damaged'
  | 'too-large'
  | 'too-small'
  | 'too-many-bytes'
  | 'too-many-pixels'
  | 'empty'
  | 'film-full'
  | 'day-full'
  | 'not-found'
  | 'expired'
  | 'canceled'
  | 'signed-out'
  | 'connection'
  | 'unexpected';

/** What happened and the one next step, in plain words; `retry` when the same photo may be sent again as it is. */
export const uploadReasons: Readonly<Record<UploadReason, { text: string; retry: boolean }>> = {
  'not-a-photo': { text: 'This file is not a photo. Choose a JPEG, PNG, WebP, AVIF or HEIC picture.', retry: false },
  unsupported: { text: 'This kind of picture cannot be used. Save it as a normal JPEG and add that.', retry: false },
  unreadable: { text: 'This photo cannot be opened. The file may be damaged; try another copy of it.', retry: false },
  damaged: { text: 'This photo is damaged and cannot be used. Try another copy of it.', retry: false },
  'too-large': { text: 'This picture is too large: at most 100 megapixels, 24,000 pixels a side.', retry: false },
  'too-small': { text: 'This picture is too small: at least 64 pixels a side.', retry: false },
  'too-many-bytes': { text: 'This file is too large. Save it as a normal JPEG and add that.', retry: false },
  'too-many-pixels': {
    text: 'This photo has more than 6 megapixels. Add it on the page of your film, which makes it smaller by itself.',
    retry: false,
  },
  empty: { text: 'This file is empty. Try another copy of the photo.', retry: false },
  'film-full': { text: 'This film is full: it holds 100 photos. Remove one, or begin another film.', retry: true },
  'day-full': { text: 'That was a lot for one day. Add the rest tomorrow.', retry: true },
  'not-found': { text: 'This film is no longer here.', retry: false },
  expired: { text: 'This photo was on its way for more than a day. Send it again.', retry: true },
  canceled: { text: 'You stopped this photo.', retry: true },
  'signed-out': { text: 'You are signed out. Sign in again, and the photo goes on.', retry: true },
  connection: { text: 'The connection was lost. Nothing is lost with it; try again.', retry: true },
  unexpected: { text: 'This photo did not arrive, and the fault is ours. Try again.', retry: true },
};

/** True for a word of the union: what comes over the wire may be anything. */
export function isUploadReason(value: unknown): value is UploadReason {
  return typeof value === 'string' && Object.hasOwn(uploadReasons, value);
}
