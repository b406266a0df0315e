import { type SmallerSize, smallerSizes } from '~/media/keys';
import { stripJpeg } from './jpeg';
import { decodeJpeg } from './jpeg-codec.server';
import type { JpegFault } from './jpeg-walk';
import { meanColour } from './mean-colour';
import { smallerOf } from './photo-sizes';

/** The smaller sizes of a photo as they are stored, and the mean of its colours (`#rrggbb`). */
export interface SmallerPhotos {
  copies: readonly { size: SmallerSize; bytes: Uint8Array }[];
  colour: string | null;
}

/** A photo as the door keeps it. `smaller` is null where the upload does not bring them; the sweep then makes them. */
export type Brought =
  | (Omit<Extract<ReturnType<typeof stripJpeg>, { outcome: 'clean' }>, 'end'> & { smaller: SmallerPhotos | null })
  | { outcome: 'refused'; reason: JpegFault };

/**
 * Reads what a page sends: the photo, and right behind it its smaller sizes, largest first. Each is checked and stripped
 * like the photo; they count only if all are there, upright, in the pixels that they have to have.
 */
export async function readBrought(bytes: Uint8Array): Promise<Brought> {
  const photo = stripJpeg(bytes);
  if (photo.outcome === 'refused') return photo;
  const { end, ...kept } = photo;
  return { ...kept, smaller: await readSmaller(bytes.subarray(end), kept) };
}

async function readSmaller(
  bytes: Uint8Array,
  photo: { bytes: Uint8Array; width: number; height: number },
): Promise<SmallerPhotos | null> {
  const copies: { size: SmallerSize; bytes: Uint8Array }[] = [];
  let at = 0;
  for (const size of smallerSizes) {
    const pixels = smallerOf(photo, size);
    if (!pixels) continue;
    const copy = stripJpeg(bytes.subarray(at));
    if (copy.outcome === 'refused' || copy.orientation !== 1) return null;
    if (copy.width !== pixels.width || copy.height !== pixels.height) return null;
    copies.push({ size, bytes: copy.bytes });
    at += copy.end;
  }
  const decoded = await decodeJpeg(copies.at(-1)?.bytes ?? photo.bytes);
  return decoded && { copies, colour: meanColour(decoded) };
}
