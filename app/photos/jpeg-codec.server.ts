import decoderWasm from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
import encoderWasm from '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm';
import decode, { init as initDecoder } from '@jsquash/jpeg/decode.js';
import encode, { init as initEncoder } from '@jsquash/jpeg/encode.js';
import type { Pixels } from './resample';

// Loaded once per isolate; the codecs keep no pixels between two calls.
const ready = Promise.all([initDecoder(decoderWasm), initEncoder(encoderWasm)]);

/** Pixels as they are stored (not turned), or null where the bytes cannot be decoded. */
export async function decodeJpeg(bytes: Uint8Array): Promise<Pixels | null> {
  await ready;
  try {
    return await decode(bytes as unknown as ArrayBuffer);
  } catch {
    return null;
  }
}

/** A baseline JPEG with half the colour resolution, like the photos that phones send; `quality` 0 to 100. */
export async function encodeJpeg({ pixels, quality }: { pixels: Pixels; quality: number }): Promise<Uint8Array> {
  await ready;
  const colour = { auto_subsample: false, chroma_subsample: 2 };
  const options = { quality, progressive: false, baseline: true, optimize_coding: true, ...colour };
  return new Uint8Array(await encode(pixels as unknown as ImageData, options));
}
