import { drawJpeg, NoCanvas, type SurfaceOf } from './draw-jpeg.client';
import { type ExifDate, findExif } from './exif';
import { type JpegFacts, photoLimits, readJpeg } from './jpeg';
import { type OpenedPicture, openPicture } from './open-picture.client';
import { fileKind } from './picture-kind';
import { structureOf } from './picture-structure';
import type { UploadReason } from './upload-reasons';

/** A photo ready to travel: an upright JPEG that carries nothing but the picture, and the date read from its file. */
export type Prepared =
  | {
      outcome: 'ready';
      bytes: ArrayBuffer;
      thumbnail: ArrayBuffer | null;
      width: number;
      height: number;
      taken: ExifDate | null;
      /** SHA-256 of the file, as hex: the same photo picked again has the same. Null where the browser cannot tell. */
      contentHash: string | null;
    }
  | { outcome: 'refused'; reason: UploadReason };

/** `unknown-heic`: a photo that this browser cannot open by itself. */
export type TriedToPrepare = Prepared | { outcome: 'unknown-heic'; taken: ExifDate | null };

/** Originals above this are not read on a phone, in bytes. */
const largestOriginal = 80_000_000;

/** Without a decoder that scales, the browser holds all pixels of a picture at once: 280 MB for so many. */
const pixelsHeldWhole = 70_000_000;

/** Looks at a file, reads its date, and draws it as it travels. The same code runs in a worker and, without one, on the page. */
export async function preparePhoto({ file, surfaceOf }: { file: Blob; surfaceOf: SurfaceOf }): Promise<TriedToPrepare> {
  if (file.size > largestOriginal) return refused('too-many-bytes');
  const bytes = await readFile(file);
  if (bytes === null) return refused('not-given');
  if (bytes.length === 0) return refused('empty');
  const kind = fileKind(bytes);
  if (kind === null) return refused('not-a-photo');
  if (kind === 'tiff-or-raw' || kind === 'video' || kind === 'pdf') return refused(kind);

  // Browsers open a part of a photo without a word; its structure tells. A kind of JPEG that the door would not take
  // may still be one that the browser opens.
  const read = kind === 'jpeg' ? readJpeg(bytes) : null;
  if (read?.outcome === 'refused' && read.reason !== 'unsupported') return refused(read.reason);
  const { isCutOff, isAnimated, size } = structureOf(kind, bytes);
  if (isCutOff) return refused('damaged');
  const facts = read?.outcome === 'whole' ? read.facts : null;
  const pixels = facts ?? size;
  if (pixels && pixels.width * pixels.height > mostPixels(kind)) return refused('too-large');
  const taken = facts ? facts.taken : (findExif(bytes)?.taken ?? null);

  let picture: OpenedPicture;
  try {
    picture = await openPicture({ blob: withEnd(file, facts), facts, isJpeg: kind === 'jpeg' });
  } catch (error) {
    if (kind === 'heic') return { outcome: 'unknown-heic', taken };
    return refused(isOutOfMemory(error) ? 'too-heavy' : 'unreadable');
  }
  return drawPhoto({ picture, taken, isAnimated, surfaceOf, file: bytes });
}

/** Draws an opened picture as it travels. */
export async function drawPhoto({
  picture,
  taken,
  isAnimated,
  surfaceOf,
  file,
}: {
  picture: OpenedPicture;
  taken: ExifDate | null;
  isAnimated: boolean;
  surfaceOf: SurfaceOf;
  /** The bytes of the file that was picked. */
  file: Uint8Array<ArrayBuffer>;
}): Promise<Prepared> {
  try {
    const { isBlack, ...drawn } = await drawJpeg({ picture, surfaceOf });
    if (Math.min(drawn.width, drawn.height) < photoLimits.shortSide) return refused('too-small');
    if (isAnimated && isBlack) return refused('black-frame');
    return { outcome: 'ready', ...drawn, taken, contentHash: await hashOf(file) };
  } catch (error) {
    return refused(isOutOfMemory(error) ? 'too-heavy' : 'unexpected');
  }
}

/** The file, or a copy of its picture with the end marker that is missing. */
function withEnd(file: Blob, facts: JpegFacts | null): Blob {
  if (facts === null || facts.missingEnd === null) return file;
  return new Blob([file.slice(0, facts.missingEnd), new Uint8Array([0xff, 0xd9])], { type: 'image/jpeg' });
}

const refused = (reason: UploadReason) => ({ outcome: 'refused', reason }) as const;

function mostPixels(kind: string): number {
  return kind === 'jpeg' && typeof ImageDecoder !== 'undefined' ? photoLimits.pixels : pixelsHeldWhole;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof NoCanvas || error instanceof RangeError;
}

/** Half a millisecond for a photo. A page that does not come over https has no `crypto.subtle`. */
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  const digest = await globalThis.crypto.subtle?.digest('SHA-256', bytes).catch(() => null);
  if (!digest) return null;
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Null when the device no longer hands the file over: changed, deleted, or only in a cloud. */
function readFile(file: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
  return file.arrayBuffer().then(
    (buffer) => new Uint8Array(buffer),
    () => null,
  );
}
