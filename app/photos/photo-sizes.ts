import { type SmallerSize, smallerSizes } from '~/media/keys';

interface Size {
  width: number;
  height: number;
}

/** The shorter side of the smaller sizes of a photo, in pixels, and the quality of their JPEGs, 0 to 1. */
export const smallerPhotos: Readonly<Record<SmallerSize, { shortSide: number; quality: number }>> = {
  medium: { shortSide: 960, quality: 0.76 },
  small: { shortSide: 320, quality: 0.72 },
};

/** The pixels of a smaller size of this photo; null where the photo itself is no larger. */
export function smallerOf({ width, height }: Size, size: SmallerSize): Size | null {
  const scale = smallerPhotos[size].shortSide / Math.min(width, height);
  return scale < 1 ? { width: Math.round(width * scale), height: Math.round(height * scale) } : null;
}

/** The address of a photo in a smaller size; a photo without that size answers with itself. Only signed URLs have sizes. */
export const sizedUrl = (url: string, size: SmallerSize) => (url.includes('?') ? `${url}&size=${size}` : url);

/** The sizes of a photo as the `srcset` of an image. */
export function photoSrcSet(url: string, photo: Size): string {
  const smaller = smallerSizes.flatMap((size) => {
    const pixels = smallerOf(photo, size);
    return pixels ? [`${sizedUrl(url, size)} ${pixels.width}w`] : [];
  });
  return [...smaller.reverse(), `${url} ${photo.width}w`].join(', ');
}

/** How many times as wide as its box a picture of this width, in percent, is. */
export const timesAsWide = ({ width }: { width: string }) => (Number.parseFloat(width) / 100).toFixed(3);

/** The `sizes` of a picture that is so many times as wide as `width`. Beyond two device pixels to a point nobody sees more. */
export const sizesOf = (width: string, times: number): string =>
  `(min-resolution: 2.5dppx) calc(${width} * ${(times * 0.66).toFixed(3)}), calc(${width} * ${times.toFixed(3)})`;
