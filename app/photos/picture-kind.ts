/** What a file is by its first bytes; its name and its declared type are not trusted. */
export type PictureKind = 'jpeg' | 'png' | 'webp' | 'avif' | 'heic' | 'gif' | 'jxl';

/** Files that people mistake for photos, each with a next step of its own. */
export type OtherKind = 'tiff-or-raw' | 'video' | 'pdf';

/** The kind of file, or null for anything else. Sixty-four bytes are enough. */
export function fileKind(bytes: Uint8Array): PictureKind | OtherKind | null {
  const text = String.fromCharCode(...bytes.subarray(0, 64));
  for (const [start, kind] of starts) if (text.startsWith(start)) return kind;
  if (text.startsWith('RIFF')) return ({ WEBP: 'webp', 'AVI ': 'video' } as const)[text.slice(8, 12)] ?? null;
  return text.slice(4, 8) === 'ftyp' ? kindByBrand(text, (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0)) : null;
}

const starts: readonly (readonly [string, PictureKind | OtherKind])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['\xff\x0a', 'jxl'],
  ['\0\0\0\x0cJXL ', 'jxl'],
  // Most cameras' raw files are TIFF files; some have a first word of their own.
  ['II*\0', 'tiff-or-raw'],
  ['MM\0*', 'tiff-or-raw'],
  ['IIRO', 'tiff-or-raw'],
  ['IIU\0', 'tiff-or-raw'],
  ['FUJIFILMCCD-RAW', 'tiff-or-raw'],
  ['\x1aE\xdf\xa3', 'video'],
  ['%PDF-', 'pdf'],
];

/** The main brand may be a general one; the compatible brands then tell which codec is meant. */
function kindByBrand(text: string, boxBytes: number): PictureKind | OtherKind | null {
  const brands = [text.slice(8, 12), ...(text.slice(16, Math.min(64, boxBytes)).match(/.{4}/gs) ?? [])];
  const has = (known: RegExp) => brands.some((brand) => known.test(brand));
  if (has(/^avi[fs]$/)) return 'avif';
  if (has(/^(hei[cxms]|hev[cxms]|mif1|msf1)$/)) return 'heic';
  if (has(/^crx $/)) return 'tiff-or-raw';
  return has(/^(isom|iso\d|mp4[12]|avc1|qt {2}|M4V.|3g.{2}|dash|MSNV)$/) ? 'video' : null;
}
