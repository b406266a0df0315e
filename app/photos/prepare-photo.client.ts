import { drawJpeg, openPicture, type Surface } from './draw-jpeg.client';
import { findExif, takenAtOf } from './exif';
import { photoLimits, readJpeg } from './jpeg';
import { pictureKind } from './picture-kind';
import type { UploadReason } from './upload-reasons';

/** A photo ready to travel: an upright JPEG that carries nothing but the picture, and its date read before. */
export type Prepared =
  | { outcome: 'ready'; bytes: ArrayBuffer; width: number; height: number; takenAt: number | null }
  | { outcome: 'refused'; reason: UploadReason };

/** `unknown-heic`: a photo that this browser cannot open by itself. */
export type TriedToPrepare = Prepared | { outcome: 'unknown-heic'; takenAt: number | null };

type SurfaceOf = (size: { width: number; height: number }) => Surface;

/** Originals above this are not opened on a phone, in bytes. */
const largestOriginal = 80_000_000;

/** Looks at a file, reads its date, and draws it as it travels. The same code runs in a worker and, without one, on the page. */
export async function preparePhoto({ file, surfaceOf }: { file: File; surfaceOf: SurfaceOf }): Promise<TriedToPrepare> {
  if (file.size === 0) return { outcome: 'refused', reason: 'empty' };
  if (file.size > largestOriginal) return { outcome: 'refused', reason: 'too-many-bytes' };
  const bytes = await readFile(file);
  if (bytes === null) return { outcome: 'refused', reason: 'unreadable' };
  const kind = pictureKind(bytes);
  if (kind === null) return { outcome: 'refused', reason: 'not-a-photo' };
  const read = kind === 'jpeg' ? readJpeg(bytes) : null;
  // Browsers open half a photo without a word; its structure tells. What the door would not take, a browser may open.
  if (read?.outcome === 'refused' && read.reason !== 'unsupported')
    return { outcome: 'refused', reason: read.reason === 'damaged' ? 'unreadable' : read.reason };
  const facts = read?.outcome === 'whole' ? read.facts : null;
  const taken = facts ? facts.taken : (findExif(bytes)?.taken ?? null);
  const takenAt = taken ? takenAtOf(taken, zoneOf) : file.lastModified || null;
  try {
    return await drawPhoto({ picture: await openPicture(file, facts), takenAt, surfaceOf });
  } catch {
    return kind === 'heic' ? { outcome: 'unknown-heic', takenAt } : { outcome: 'refused', reason: 'unreadable' };
  }
}

/** Draws an opened picture as it travels. */
export async function drawPhoto({
  picture,
  takenAt,
  surfaceOf,
}: {
  picture: ImageBitmap;
  takenAt: number | null;
  surfaceOf: SurfaceOf;
}): Promise<Prepared> {
  const jpeg = await drawJpeg({ picture, surfaceOf });
  if (Math.min(jpeg.width, jpeg.height) < photoLimits.shortSide) return { outcome: 'refused', reason: 'too-small' };
  return { outcome: 'ready', ...jpeg, takenAt };
}

/** Null when the file was moved meanwhile, or lies on a drive that has gone. */
function readFile(file: File): Promise<Uint8Array | null> {
  return file.arrayBuffer().then(
    (buffer) => new Uint8Array(buffer),
    () => null,
  );
}

/** Minutes this device's clock was ahead of UTC at that local time: the best guess for a camera that did not say. */
const zoneOf = (localMs: number) => -new Date(localMs).getTimezoneOffset();
