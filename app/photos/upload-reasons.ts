/** Why a photo did not become a clip: the same words on the wire, in the row, and behind the text a person reads. */
export type UploadReason =
  | 'not-a-photo'
  | 'tiff-or-raw'
  | 'video'
  | 'pdf'
  | 'unsupported'
  | 'unreadable'
  | 'damaged'
  | 'black-frame'
  | 'too-large'
  | 'too-small'
  | 'too-heavy'
  | 'too-many-bytes'
  | 'too-many-pixels'
  | 'empty'
  | 'not-given'
  | 'already-here'
  | 'film-full'
  | 'day-full'
  | 'storage-full'
  | 'maintenance'
  | 'not-found'
  | 'expired'
  | 'canceled'
  | 'signed-out'
  | 'connection'
  | 'unexpected';

/** What happened and the one next step, in plain words; `retry` when the same photo may be sent again as it is. */
export const uploadReasons: Readonly<Record<UploadReason, { text: string; retry: boolean }>> = {
  'not-a-photo': { text: 'This file is not a photo. Choose a JPEG, PNG, WebP, AVIF or HEIC picture.', retry: false },
  'tiff-or-raw': { text: 'Browsers cannot open TIFF and RAW files. Save it as a JPEG and add that.', retry: false },
  video: { text: 'This is a video. Take a still picture of it and add that.', retry: false },
  pdf: { text: 'This is a PDF. Save the photo in it as a JPEG and add that.', retry: false },
  unsupported: { text: 'This kind of picture cannot be used. Save it as a normal JPEG and add that.', retry: false },
  unreadable: { text: 'This browser cannot open this picture. Save it as a JPEG and add that.', retry: false },
  damaged: { text: 'This photo is damaged: a part of its file is missing. Try another copy of it.', retry: false },
  'black-frame': { text: 'This animation begins with a black picture. Save a still of it and add that.', retry: false },
  'too-large': {
    text: 'This picture is too large for this browser. Save it with fewer pixels and add that.',
    retry: false,
  },
  'too-small': { text: 'This picture is too small: at least 64 pixels a side.', retry: false },
  'too-heavy': {
    text: 'This device could not open so large a picture. Close other pages and try again, or save it smaller.',
    retry: true,
  },
  'too-many-bytes': { text: 'This file is too large. Save it as a normal JPEG and add that.', retry: false },
  'too-many-pixels': {
    text: 'This photo has more than 6 megapixels. Add it on the page of your film, which makes it smaller by itself.',
    retry: false,
  },
  empty: { text: 'This file is empty. Try another copy of the photo.', retry: false },
  'not-given': {
    text: 'This device no longer hands over this photo: it was moved, changed, or is only in a cloud. Choose it again.',
    retry: true,
  },
  'already-here': { text: 'This photo is already in this film.', retry: true },
  'film-full': { text: 'This film is full: it holds 100 photos. Remove one, or begin another film.', retry: true },
  'day-full': { text: 'That was a lot for one day. Add the rest tomorrow.', retry: true },
  'storage-full': {
    text: 'Your photos and clips fill all the room you have here. Delete films you no longer need and erase them on your account page, then try again.',
    retry: true,
  },
  maintenance: {
    text: 'Echoes takes no new photos while we work on it. This one is kept on this device; try again a little later.',
    retry: true,
  },
  'not-found': { text: 'This film is no longer here.', retry: false },
  expired: { text: 'This photo was on its way for more than a day. Send it again.', retry: true },
  canceled: { text: 'You stopped this photo.', retry: true },
  'signed-out': { text: 'You are signed out. Sign in again, and the photo goes on.', retry: true },
  connection: { text: 'The connection was lost. The photo is kept here; try again.', retry: true },
  unexpected: { text: 'This photo did not arrive, and the fault is ours. Try again.', retry: true },
};

/** True for a word of the union: what comes over the wire may be anything. */
export function isUploadReason(value: unknown): value is UploadReason {
  return typeof value === 'string' && Object.hasOwn(uploadReasons, value);
}
