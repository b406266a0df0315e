/** Longest side of what travels, in pixels, and how large it may be before its quality is lowered, in bytes. */
export const travelSize = { longSide: 2048, bytes: 1_000_000 } as const;

/** A picture in memory, ready to be drawn. Width and height are those of the upright original, which may be larger. */
export interface OpenedPicture {
  source: ImageBitmap | VideoFrame;
  width: number;
  height: number;
  /** How it still has to be turned, 1 to 8 as in EXIF. */
  turn: number;
  close(): void;
}

/** Facts of the upright picture, from the file's header. */
export interface HeaderFacts {
  width: number;
  height: number;
  orientation: number;
}

/** Above this many pixels a JPEG is scaled while it is decoded, where the browser can: a quarter of the memory or less. */
const decodedScaled = 20_000_000;

/**
 * Opens a picture upright and, where its header tells its size, no larger than it travels. Throws what the browser threw
 * where no way works. Browsers that do not know an option of `createImageBitmap` throw a TypeError; they are asked again
 * without it.
 */
export async function openPicture({
  blob,
  facts,
  isJpeg = false,
}: {
  blob: Blob;
  facts: HeaderFacts | null;
  isJpeg?: boolean;
}): Promise<OpenedPicture> {
  if (isJpeg && facts && facts.width * facts.height > decodedScaled) {
    const scaled = await decodeScaled(blob, facts).catch(() => null);
    if (scaled) return scaled;
  }
  const size = facts && travelling(facts);
  const isSmaller = facts !== null && size !== null && (size.width < facts.width || size.height < facts.height);
  const resize = isSmaller ? sizeOption(size) : null;
  const upright: ImageBitmapOptions = { imageOrientation: 'from-image' };
  const ways: (ImageBitmapOptions | undefined)[] = [...(resize ? [{ ...upright, ...resize }] : []), upright, undefined];
  let fault: unknown;
  for (const options of ways) {
    try {
      const source = options ? await createImageBitmap(blob, options) : await createImageBitmap(blob);
      if (options?.resizeQuality && size && !isNear(source, size)) {
        // A browser that scales before it turns gives other proportions than the upright picture has.
        source.close();
        continue;
      }
      const isTurned = options !== undefined || facts === null || facts.orientation === 1 || (await turnsByItself());
      return opened({ source, facts, turn: isTurned ? 1 : (facts?.orientation ?? 1) });
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

const sizeOption = ({ width, height }: { width: number; height: number }): ImageBitmapOptions => ({
  ...(width >= height ? { resizeWidth: width } : { resizeHeight: height }),
  resizeQuality: 'high',
});

const isNear = (one: { width: number; height: number }, other: { width: number; height: number }) =>
  Math.abs(one.width - other.width) <= 1 && Math.abs(one.height - other.height) <= 1;

/** Where the header tells the size it is taken from there: a browser that scales may round it by a pixel. */
function opened({
  source,
  facts,
  turn,
}: {
  source: ImageBitmap;
  facts: HeaderFacts | null;
  turn: number;
}): OpenedPicture {
  const { width, height } = facts ?? source;
  return { source, width, height, turn, close: () => source.close() };
}

/** Null where the browser has no decoder, or gives a picture of another form than the header tells. */
async function decodeScaled(blob: Blob, facts: HeaderFacts): Promise<OpenedPicture | null> {
  if (typeof ImageDecoder === 'undefined') return null;
  const isStoredTurned = facts.orientation >= 5;
  const { width, height } = travelling(facts);
  // The decoder picks an eighth of the size that may be below the wish, so half as much again is asked for.
  const decoder = new ImageDecoder({
    data: await blob.arrayBuffer(),
    type: 'image/jpeg',
    desiredWidth: Math.round((isStoredTurned ? height : width) * 1.5),
    desiredHeight: Math.round((isStoredTurned ? width : height) * 1.5),
  });
  try {
    const { image } = await decoder.decode();
    const [across, down] = [image.displayWidth, image.displayHeight];
    const isSame = Math.abs(across / down / (facts.width / facts.height) - 1) < 0.01;
    if (isSame && Math.max(across, down) >= Math.max(width, height) * 0.9)
      return { source: image, width: facts.width, height: facts.height, turn: 1, close: () => image.close() };
    image.close();
    return null;
  } finally {
    decoder.close();
  }
}

let turns: Promise<boolean> | null = null;

/** Whether this browser turns a picture upright without being told: it opens one that is stored lying on its side. */
function turnsByItself(): Promise<boolean> {
  turns ??= (async () => {
    const bytes = Uint8Array.from(atob(sideways), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    const isTurned = picture.height > picture.width;
    picture.close();
    return isTurned;
  })();
  return turns;
}

/** A grey JPEG of 16 x 8 pixels with orientation 6. */
const sideways =
  '/9j/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/wAALCAAIABABAREA/8QAJgABAAAAAAAAAAAAAAAAAAAAABABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAAPwAP/9k=';

/** The size at which a picture travels, in pixels. */
export function travelling({ width, height }: { width: number; height: number }) {
  const scale = Math.min(1, travelSize.longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
