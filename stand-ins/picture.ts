import { Decoder, Demuxer, FilterAPI } from 'node-av/api';
import type { Pose } from './camera.ts';
import type { Light } from './light.ts';

type Plane = { bytes: Uint8Array; width: number; height: number };

/** A still picture in the encoder's form: luma in full size, colour in half size, video range. */
export type Picture = { luma: Plane; blue: Plane; red: Plane };

/**
 * Decodes a JPEG, PNG or WebP, scales it to cover `width` x `height`, and crops it around its centre. Orientation tags are
 * ignored, so that a photo that was not sent upright is visibly turned.
 */
export async function pictureFrom(image: Uint8Array, width: number, height: number): Promise<Picture> {
  const bytes = await decodedTo(Buffer.from(image), coverFilter(width, height));
  const lumaSize = width * height;
  const colourSize = lumaSize / 4;
  const half = { width: width / 2, height: height / 2 };
  return {
    luma: { bytes: bytes.subarray(0, lumaSize), width, height },
    blue: { bytes: bytes.subarray(lumaSize, lumaSize + colourSize), ...half },
    red: { bytes: bytes.subarray(lumaSize + colourSize, lumaSize + 2 * colourSize), ...half },
  };
}

function coverFilter(width: number, height: number): string {
  return [
    `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=lanczos+accurate_rnd:out_color_matrix=bt709:out_range=tv`,
    `crop=${width}:${height}`,
    'format=yuv420p',
  ].join(',');
}

async function decodedTo(image: Buffer, filters: string): Promise<Uint8Array> {
  await using input = await Demuxer.open(image);
  const stream = input.video();
  if (!stream) throw new Error('The file holds no picture');
  using decoder = await Decoder.create(stream);
  using filter = FilterAPI.create(filters);
  for await (using frame of filter.frames(decoder.frames(input.packets(stream.index)))) {
    if (frame) return new Uint8Array(frame.toBuffer());
  }
  throw new Error('The picture cannot be decoded');
}

type Shot = { source: Picture; pixels: Uint8Array; width: number; height: number; pose: Pose; light: Light };

/**
 * Renders one frame of the film into `pixels` (planar 4:2:0). The crop moves by fractions of a pixel: with whole steps a
 * slow move trembles.
 */
export function shoot({ source, pixels, width, height, pose, light }: Shot): void {
  const lumaSize = width * height;
  const colourSize = lumaSize / 4;
  const half = { width: width / 2, height: height / 2, pose };
  resample(source.luma, pixels.subarray(0, lumaSize), { width, height, pose, floor: 16, gains: light.gains, shift: 0 });
  const blue = pixels.subarray(lumaSize, lumaSize + colourSize);
  const red = pixels.subarray(lumaSize + colourSize, lumaSize + 2 * colourSize);
  resample(source.blue, blue, { ...half, floor: 0, gains: undefined, shift: -light.warmth });
  resample(source.red, red, { ...half, floor: 0, gains: undefined, shift: light.warmth });
}

type Window = {
  width: number;
  height: number;
  pose: Pose;
  floor: number;
  gains: Float32Array | undefined;
  shift: number;
};

/** Bilinear resampling, in two passes for each row: vertical, then horizontal. */
function resample(plane: Plane, to: Uint8Array, { width, height, pose, floor, gains, shift }: Window): void {
  const across = samples(plane.width, width, pose.zoom, pose.x);
  const down = samples(plane.height, height, pose.zoom, pose.y);
  const { bytes, width: stride } = plane;
  const row = new Float32Array(stride + 1);
  const from = across.first[0] as number;
  const until = Math.min((across.first[width - 1] as number) + 2, stride);
  for (let y = 0; y < height; y += 1) {
    const upper = (down.first[y] as number) * stride;
    const lower = Math.min(upper + stride, (plane.height - 1) * stride);
    const share = down.share[y] as number;
    for (let x = from; x < until; x += 1) {
      const above = bytes[upper + x] as number;
      row[x] = above + ((bytes[lower + x] as number) - above) * share;
    }
    row[until] = row[until - 1] as number;
    const start = y * width;
    for (let x = 0; x < width; x += 1) {
      const left = across.first[x] as number;
      const before = row[left] as number;
      const level = before + ((row[left + 1] as number) - before) * (across.share[x] as number);
      const lit = gains ? floor + (level - floor) * (gains[x] as number) : level + shift;
      to[start + x] = lit < 16 ? 16 : lit > 235 ? 235 : lit + 0.5;
    }
  }
}

/** For each pixel along one axis: the index of the source pixel before it, and the weight of the one after it. */
function samples(
  sourceLength: number,
  length: number,
  zoom: number,
  at: number,
): { first: Int32Array; share: Float32Array } {
  const seen = sourceLength / zoom;
  const start = (sourceLength - seen) * at;
  const step = seen / length;
  const first = new Int32Array(length);
  const share = new Float32Array(length);
  for (let index = 0; index < length; index += 1) {
    const center = Math.min(Math.max(start + (index + 0.5) * step - 0.5, 0), sourceLength - 1);
    const before = Math.floor(center);
    first[index] = before;
    share[index] = center - before;
  }
  return { first, share };
}
