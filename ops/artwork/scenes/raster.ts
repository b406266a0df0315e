import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import encodeJpeg, { init } from '@jsquash/jpeg/encode.js';
import { Resvg } from '@resvg/resvg-js';
import { random } from './draw.ts';

/** RGBA pixels, four bytes each, rows from the top. */
export type Pixels = { data: Uint8Array; width: number; height: number };

/** The SVG drawn `width` pixels wide. */
export function rasterise(svg: string, width: number): Pixels {
  const image = new Resvg(svg, { fitTo: { mode: 'width', value: width }, font: { loadSystemFonts: false } }).render();
  return { data: new Uint8Array(image.pixels), width: image.width, height: image.height };
}

/** The SVG as a PNG file, its transparency kept. */
export function pngOf(svg: string, width: number): Uint8Array {
  return new Resvg(svg, { fitTo: { mode: 'width', value: width }, font: { loadSystemFonts: false } }).render().asPng();
}

/** A sheet of paper grain: for each pixel how much lighter or darker it is, about -1..1. */
export function grainOf(width: number, height: number, seed = 7): Float32Array {
  const next = random(seed);
  const fine = Float32Array.from({ length: width * height }, () => next() + next() - 1);
  const sheet = new Float32Array(width * height);
  for (let index = 0; index < sheet.length; index++) {
    const [left, above] = [fine[index - 1] ?? 0, fine[index - width] ?? 0];
    sheet[index] = 0.6 * (fine[index] ?? 0) + 0.35 * left + 0.35 * above;
  }
  return sheet;
}

/** Lays the grain over the picture, in place; `strength` is in steps of 0..255. */
export function grained(pixels: Pixels, grain: Float32Array, strength: number): Pixels {
  const { data } = pixels;
  for (let index = 0; index < grain.length; index++) {
    const change = (grain[index] ?? 0) * strength;
    for (let channel = 0; channel < 3; channel++) {
      const at = index * 4 + channel;
      data[at] = Math.max(0, Math.min(255, Math.round((data[at] ?? 0) + change)));
    }
  }
  return pixels;
}

/** The picture as a baseline JPEG file (mozjpeg), as the photo door takes it; quality 0..100. */
export async function jpegOf(pixels: Pixels, quality: number): Promise<Uint8Array> {
  const codec = fileURLToPath(import.meta.resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'));
  await init(await WebAssembly.compile(new Uint8Array(await readFile(codec))));
  const image = { data: new Uint8ClampedArray(pixels.data), width: pixels.width, height: pixels.height };
  return new Uint8Array(await encodeJpeg(image as ImageData, { quality, progressive: false, baseline: true }));
}
