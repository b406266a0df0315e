import wasmAddress from 'libheif-js/libheif-wasm/libheif.wasm?url';
import type { SurfaceOf } from './draw-jpeg.client';
import { findExif } from './exif';
import { drawPhoto, type Prepared } from './prepare-photo.client';

/** Pixels that are opened: four bytes each, beside what the decoder holds. A 48 megapixel photo takes about 350 MB. */
const mostPixels = 50_000_000;

/** `not-loaded`: the decoder itself could not be fetched. */
export type HeicResult = Prepared | { outcome: 'not-loaded' };

/** Opens a HEIC photo with libheif, for browsers that cannot. Takes 1 to 5 s for 12 megapixels. */
export async function prepareHeic({ file, surfaceOf }: { file: Blob; surfaceOf: SurfaceOf }): Promise<HeicResult> {
  let decoder: Awaited<ReturnType<typeof loadDecoder>>;
  try {
    decoder = await loadDecoder();
  } catch {
    return { outcome: 'not-loaded' };
  }
  const bytes = await file.arrayBuffer().then(
    (buffer) => new Uint8Array(buffer),
    () => null,
  );
  if (bytes === null) return { outcome: 'refused', reason: 'not-given' };
  const images = new decoder.HeifDecoder().decode(bytes);
  const image = images.find((one) => one.is_primary()) ?? images[0];
  if (!image) return { outcome: 'refused', reason: 'unreadable' };
  const width = image.get_width();
  const height = image.get_height();
  if (width * height > mostPixels) return { outcome: 'refused', reason: 'too-large' };
  const pixels = await new Promise<ImageData | null>((resolve) => image.display(new ImageData(width, height), resolve));
  for (const one of images) one.free();
  if (!pixels) return { outcome: 'refused', reason: 'unreadable' };
  const source = await createImageBitmap(pixels);
  const picture = { source, width, height, turn: 1, close: () => source.close() };
  return drawPhoto({ picture, taken: findExif(bytes)?.taken ?? null, isAnimated: false, surfaceOf, file: bytes });
}

/** 500 kB, fetched only where a browser does not know HEIC. Its script and its program come apart, so both are cached. */
async function loadDecoder() {
  const [{ default: libheif }, response] = await Promise.all([
    import('libheif-js/libheif-wasm/libheif.js'),
    fetch(wasmAddress),
  ]);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return libheif({ wasmBinary: await response.arrayBuffer() });
}
