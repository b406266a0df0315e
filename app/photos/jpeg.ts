/**
 * JPEG as bytes: what is known of a photo before anything decodes it. The door accepts JPEG only, because the page
 * turns everything else (PNG, WebP, AVIF, HEIC) into an upright JPEG on the phone before it travels: one format to check,
 * to strip, to serve and to send to a provider.
 */
import { type ExifDate, takenAtOf } from './exif';
import { isFrame, type JpegBounds, type JpegFault, type Segment, startOfScan, startsWith, walkJpeg } from './jpeg-walk';

/** Bounds of a photo. All hold before any decoding: a header can claim a picture that fills the memory. */
export const photoLimits = {
  /** Of an upload. */
  bytes: 25_000_000,
  /** In pixels, of a file that a page may open and draw smaller; `pixels` is width times height. */
  pixels: 100_000_000,
  longSide: 24_000,
  shortSide: 64,
  /**
   * Pixels the door keeps: the worker that frames a photo needs eight bytes for each, in an isolate of 128 MB. The page
   * sends at most 2048 x 2048.
   */
  keptPixels: 6_000_000,
} as const;

/** A camera's own file, on the device: thumbnails, depth maps and sound may stand before the picture. */
const cameraBounds: JpegBounds = {
  pixels: photoLimits.pixels,
  overPixels: 'too-large',
  longSide: photoLimits.longSide,
  shortSide: photoLimits.shortSide,
  segments: 2000,
  headerBytes: 32_000_000,
  scans: 100,
  progressive: true,
};

/**
 * What the door takes. A canvas always writes sequential JPEG, in one scan; 300 progressive scans in 17 kB would hold the
 * worker for seconds each time the photo is decoded.
 */
const doorBounds: JpegBounds = {
  pixels: photoLimits.keptPixels,
  overPixels: 'too-many-pixels',
  longSide: 12_000,
  shortSide: photoLimits.shortSide,
  segments: 200,
  headerBytes: 2_000_000,
  scans: 3,
  progressive: false,
};

export interface JpegFacts {
  /** Of the upright picture, in pixels. */
  width: number;
  height: number;
  /** How the stored picture has to be turned to stand upright, 1 to 8 as in EXIF. */
  orientation: number;
  taken: ExifDate | null;
  /** Where the end marker belongs if the file has none: Chromium opens no JPEG without it. Null if it has one. */
  missingEnd: number | null;
}

/** Facts of a camera's file whose picture is all there, or the reason why it is no photo to bring. */
export function readJpeg(
  bytes: Uint8Array,
): { outcome: 'whole'; facts: JpegFacts } | { outcome: 'refused'; reason: JpegFault } {
  const walk = walkJpeg(bytes, cameraBounds);
  if (walk.outcome === 'refused') return walk;
  const { width, height } = walk.frame;
  const upright = walk.exif.orientation >= 5 ? { width: height, height: width } : { width, height };
  return { outcome: 'whole', facts: { ...upright, ...walk.exif, missingEnd: walk.missingEnd } };
}

/**
 * For the door: a copy with the picture and nothing else: no position, device, thumbnails, texts, second pictures, nor
 * bytes that are not picture data. The colour profile stays, and where the picture is stored turned, an EXIF block that
 * says only that. Width and height are those of the upright picture.
 */
export function stripJpeg(bytes: Uint8Array):
  | {
      outcome: 'clean';
      bytes: Uint8Array;
      width: number;
      height: number;
      orientation: number;
      takenAt: number | null;
      /** The index in the given bytes after the picture. */
      end: number;
    }
  | { outcome: 'refused'; reason: JpegFault } {
  const walk = walkJpeg(bytes, doorBounds);
  if (walk.outcome === 'refused') return walk;
  const { orientation, taken } = walk.exif;
  const pieces = [new Uint8Array([0xff, 0xd8]), orientation === 1 ? new Uint8Array() : orientationBlock(orientation)];
  for (const segment of walk.segments) pieces.push(keptOf(bytes, segment));
  pieces.push(new Uint8Array([0xff, 0xd9]));
  const { width, height } = walk.frame;
  const upright = orientation >= 5 ? { width: height, height: width } : { width, height };
  const { end } = walk;
  return { outcome: 'clean', bytes: joined(pieces), ...upright, orientation, takenAt: taken && takenAtOf(taken), end };
}

/** One array out of many. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** What of a segment may stay: picture data, tables, and three harmless headers in their shortest form. */
function keptOf(bytes: Uint8Array, { marker, start, end }: Segment): Uint8Array {
  const all = bytes.subarray(start, end);
  const isPicture = marker === startOfScan || marker === 0xc4 || isFrame(marker) || (marker >= 0xdb && marker <= 0xdd);
  if (isPicture) return all;
  // Without the thumbnail that may follow: it would still show what was cropped away.
  if (marker === 0xe0 && startsWith(bytes, start + 4, 'JFIF\0') && all.length >= 18)
    return joined([new Uint8Array([0xff, 0xe0, 0, 16]), all.subarray(4, 16), new Uint8Array(2)]);
  if (marker === 0xe2 && startsWith(bytes, start + 4, 'ICC_PROFILE\0')) return all;
  if (marker === 0xee && startsWith(bytes, start + 4, 'Adobe') && all.length >= 16)
    return joined([new Uint8Array([0xff, 0xee, 0, 14]), all.subarray(4, 16)]);
  return new Uint8Array();
}

/** EXIF that says how the picture is turned and nothing more: browsers and decoders then show it upright. */
function orientationBlock(orientation: number): Uint8Array {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0];
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const body = [...exif, ...tiff];
  return new Uint8Array([0xff, 0xe1, 0, body.length + 2, ...body]);
}
