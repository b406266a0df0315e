import type { SurfaceOf } from '../draw-jpeg.client';
import type { Pixels } from '../resample';
import { readFaceNet, runFaceNet } from './face-net';
import { type Face, readFaces } from './faces';
import { fingerprintOf } from './fingerprint';
import type { LookResult } from './look';
import { findPaper } from './paper';
import { measureQuality } from './quality';
import netUrl from './tiny-face-detector.bin?url';

/** Sides of the squares that the net sees, in pixels: the small one is quick, the large one finds small faces. */
const netSides = { quick: 416, thorough: 608 } as const;
/** So many faces in the quick look may be more in the thorough one. */
const manyFaces = 3;
const sides = { quality: 512, paper: 256 } as const;

let net: ReturnType<typeof readFaceNet> | null = null;

/** Looks at a stored photo: its faces, its sharpness and light, and the print it may show. */
export async function lookAt({ file, surfaceOf }: { file: Blob; surfaceOf: SurfaceOf }): Promise<LookResult> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return { outcome: 'unreadable' };
  try {
    const weights = await loadNet();
    if (!weights) return { outcome: 'not-loaded' };
    const facesAt = (side: number): Face[] => {
      const { pixels, filled } = drawn(picture, side, surfaceOf, true);
      return readFaces(runFaceNet(weights, pixels), filled);
    };
    const quick = facesAt(netSides.quick);
    const faces = quick.length === 0 || quick.length >= manyFaces ? facesAt(netSides.thorough) : quick;
    const look = {
      faces: faces.length >= quick.length ? faces : quick,
      quality: measureQuality(drawn(picture, sides.quality, surfaceOf).pixels),
      paper: findPaper(drawn(picture, sides.paper, surfaceOf).pixels),
    };
    return { outcome: 'seen', look };
  } finally {
    picture.close();
  }
}

/** Tells what a stored photo looks like, from its small size. */
export async function takeFingerprint({ file, surfaceOf }: { file: Blob; surfaceOf: SurfaceOf }): Promise<LookResult> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return { outcome: 'unreadable' };
  try {
    return { outcome: 'known', fingerprint: fingerprintOf(drawn(picture, sides.quality, surfaceOf).pixels) };
  } finally {
    picture.close();
  }
}

/** The detector's file; null while it does not come, and then it is requested again with the next photo. */
async function loadNet(): Promise<typeof net> {
  net ??= await fetch(netUrl)
    .then(async (answer) => (answer.ok ? readFaceNet(await answer.arrayBuffer()) : null))
    .catch(() => null);
  return net;
}

/** A picture scaled to fit a square, in its upper left if `isSquare`, and the parts of the square that it fills. */
function drawn(
  picture: ImageBitmap,
  side: number,
  surfaceOf: SurfaceOf,
  isSquare = false,
): { pixels: Pixels; filled: { across: number; down: number } } {
  const scale = side / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const size = isSquare ? { width: side, height: side } : { width, height };
  const { canvas } = surfaceOf(size);
  const options = { alpha: false, willReadFrequently: true };
  const context = canvas.getContext('2d', options) as CanvasRenderingContext2D | null;
  if (!context) throw new Error('no canvas');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, size.width, size.height);
  canvas.width = 0;
  return { pixels, filled: { across: width / side, down: height / side } };
}
