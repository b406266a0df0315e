import { pictureKey } from '~/media/keys';
import type { MediaLinks } from '~/media/signed-url.server';
import type { Photos } from '~/photos/framed.server';
import type { ImageSources } from '~/providers/video-provider';
import type { PictureOutcome } from './effects';

/** Frames a photo for a provider, and lays it out where the provider may fetch it, or takes it along as bytes. */
export function createPictures({
  bucket,
  photos,
  links,
  appOrigin,
}: {
  bucket: R2Bucket;
  photos: Pick<Photos, 'framedJpeg'>;
  links: MediaLinks;
  appOrigin: string;
}) {
  return async function layOut({
    id,
    nonce,
    sources: { url, mostBytes },
    ...framing
  }: Parameters<Photos['framedJpeg']>[0] & {
    id: string;
    nonce: string;
    sources: ImageSources;
  }): Promise<PictureOutcome> {
    const framed = await photos.framedJpeg(framing);
    if (framed.outcome === 'refused') return { outcome: framed.reason === 'not-found' ? 'missing' : 'unreadable' };
    const contentType = 'image/jpeg';
    // A provider can only fetch from a public https address; elsewhere the bytes travel with the request, if they may.
    if (!url || (!appOrigin.startsWith('https://') && framed.bytes.byteLength <= mostBytes))
      return { outcome: 'ok', image: { kind: 'bytes', bytes: framed.bytes, contentType } };
    const { userId } = framing;
    const key = pictureKey({ userId, id });
    await bucket.put(key, framed.bytes, { httpMetadata: { contentType } });
    return {
      outcome: 'ok',
      image: { kind: 'url', url: `${appOrigin}${links.providerPath({ key, userId, attempt: nonce })}` },
    };
  };
}
