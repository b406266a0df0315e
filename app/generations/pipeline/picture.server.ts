import { pictureKey } from '~/media/keys';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Photos } from '~/photos/photos.server';
import type { ImageSources } from '~/providers/video-provider';
import type { PictureOutcome } from './effects';

/** What makes a picture of a photo, and the address at which a provider fetches it. */
export interface PictureSource {
  photos: Pick<Photos, 'framedJpeg'>;
  links: MediaLinks;
  appOrigin: string;
}

/**
 * Frames a generation's photo for its provider: as a signed URL of a picture in R2, or as bytes for the request. `nonce`
 * is the attempt that the URL belongs to.
 */
export async function framePicture(
  { bucket, photos, links, appOrigin }: PictureSource & { bucket: R2Bucket },
  {
    id,
    nonce,
    sources: { url, mostBytes },
    ...framing
  }: Parameters<Photos['framedJpeg']>[0] & { id: string; nonce: string; sources: ImageSources },
): Promise<PictureOutcome> {
  const framed = await photos.framedJpeg(framing);
  if (framed.outcome === 'refused') return { outcome: framed.reason === 'not-found' ? 'missing' : 'unreadable' };
  const contentType = 'image/jpeg';
  // Providers fetch from public https addresses only; elsewhere the bytes go into the request if they are few enough.
  if (!url || (!appOrigin.startsWith('https://') && framed.bytes.byteLength <= mostBytes))
    return { outcome: 'ok', image: { kind: 'bytes', bytes: framed.bytes, contentType } };
  const { userId } = framing;
  const key = pictureKey({ userId, id });
  await bucket.put(key, framed.bytes, { httpMetadata: { contentType } });
  return {
    outcome: 'ok',
    image: { kind: 'url', url: `${appOrigin}${links.providerPath({ key, userId, attempt: nonce })}` },
  };
}
