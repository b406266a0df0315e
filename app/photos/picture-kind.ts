/** What a file is by its first bytes; its name and its declared type say nothing. */
export type PictureKind = 'jpeg' | 'png' | 'webp' | 'avif' | 'heic';

/** The kind of picture, or null for anything that is not taken. Sixty-four bytes are enough. */
export function pictureKind(bytes: Uint8Array): PictureKind | null {
  const text = String.fromCharCode(...bytes.subarray(0, 64));
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.slice(4, 8) !== 'ftyp') return null;
  // The main brand may be the general one; the compatible brands then tell which codec is meant.
  const length = Math.min(64, (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0));
  const brands = [text.slice(8, 12), ...(text.slice(16, length).match(/.{4}/gs) ?? [])];
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  return brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) ? 'heic' : null;
}
