// The names of objects in the bucket. Everything private of a person lies below `u/<user>/`, and each kind of object has
// one key for ever, so that a repeated write lands on itself.

/** The prefix of all objects of all people. */
export const peoplePrefix = 'u/';

/** The prefix of all objects of one person. */
export const userPrefix = (userId: string) => `${peoplePrefix}${userId}/`;

/** A photo: whole, upright, stripped. */
export const photoKey = ({ userId, id }: { userId: string; id: string }) => `${userPrefix(userId)}p/${id}.jpg`;

/** The smaller sizes in which a photo is kept beside the photo itself. */
export const smallerSizes = ['medium', 'small'] as const;
export type SmallerSize = (typeof smallerSizes)[number];

/** A smaller size of the photo with this key. */
export const smallerKey = (photo: string, size: SmallerSize) => photo.replace(/\.jpg$/, `-${size}.jpg`);

/** Every object that a photo can have, from the key of the photo itself. */
export const keysOfPhoto = (photo: string) => [photo, ...smallerSizes.map((size) => smallerKey(photo, size))];

/** The photo of which this object is a smaller size, or null for any other object. */
export function photoOfSmaller(key: string): string | null {
  return /^u\/[^/]+\/p\/(pho_[0-9A-Z]+)-(?:medium|small)\.jpg$/.exec(key)?.[1] ?? null;
}

/** The video of a generation. */
export const videoKey = ({ userId, id }: { userId: string; id: string }) => `${userPrefix(userId)}g/${id}.mp4`;

/** The framed picture of a generation, kept while its provider may fetch it. */
export const pictureKey = ({ userId, id }: { userId: string; id: string }) => `${userPrefix(userId)}f/${id}.jpg`;

/** The small picture of a clip that previews of a share link show. */
export const previewKey = ({ userId, clipId }: { userId: string; clipId: string }) =>
  `${userPrefix(userId)}v/${clipId}.jpg`;

/** The generation whose video or framed picture has this key, or null for any other object. */
export function generationOf(key: string): string | null {
  return /^u\/[^/]+\/[fg]\/(gen_[0-9A-Z]+)\.(?:mp4|jpg)$/.exec(key)?.[1] ?? null;
}

const kinds = { p: 'photo', g: 'video', f: 'picture', v: 'preview' } as const;

/** Whose an object is, and of what: of a photo, of a generation (its video or framed picture), or of a clip. */
export interface MediaSubject {
  userId: string;
  kind: (typeof kinds)[keyof typeof kinds];
  id: string;
}

/** What a key names, in whichever size; null for anything that is no private media. */
export function subjectOf(key: string): MediaSubject | null {
  const [, userId = '', letter = '', id = ''] = /^u\/([^/]+)\/([pgfv])\/([a-z]{3}_[0-9A-Z]+)[^/]*$/.exec(key) ?? [];
  return id === '' ? null : { userId, kind: kinds[letter as keyof typeof kinds], id };
}

/** The prefix of all parts of all uploads. */
export const allParts = 'parts/';

/** The prefix of the parts of one upload, also of one whose row was never written. */
export const partPrefix = (uploadId: string) => `${allParts}${uploadId}/`;
