import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heifOf } from '~/testing/photos';
import { structureOf } from './picture-structure';

const text = (value: string) => [...value].map((letter) => letter.charCodeAt(0));
const little = (value: number, size: number) =>
  Array.from({ length: size }, (_, index) => (value >> (8 * index)) & 255);
const big = (value: number) => little(value, 4).reverse();

const chunk = (type: string, body: number[]) => [...big(body.length), ...text(type), ...body, 0, 0, 0, 0];
const png = (...middle: number[][]) =>
  new Uint8Array([
    ...[0x89, ...text('PNG\r\n\x1a\n')],
    ...chunk('IHDR', [...big(300), ...big(200), 8, 2, 0, 0, 0]),
    ...middle.flat(),
    ...chunk('IDAT', Array<number>(100).fill(1)),
    ...chunk('IEND', []),
  ]);

const webp = (type: string, body: number[]) => {
  const inner = [...text('WEBP'), ...text(type), ...little(body.length, 4), ...body];
  return new Uint8Array([...text('RIFF'), ...little(inner.length, 4), ...inner]);
};

const gif = (pictures: number) =>
  new Uint8Array([
    ...text('GIF89a'),
    ...[...little(300, 2), ...little(200, 2), 0x80, 0, 0],
    ...[0, 0, 0, 255, 255, 255],
    ...[0x21, 0xf9, 4, 0, 0, 0, 0, 0],
    ...Array.from({ length: pictures }, () => [0x2c, ...Array<number>(8).fill(0), 0, 2, 3, 1, 2, 3, 0]).flat(),
    0x3b,
  ]);

const whole = {
  png: png(),
  webp: webp('VP8X', [2, 0, 0, 0, ...little(299, 3), ...little(199, 3), ...Array<number>(40).fill(0)]),
  gif: gif(1),
  heic: heifOf({ width: 300, height: 200 }),
  avif: heifOf({ brand: 'avif', width: 300, height: 200 }),
} as const;
const kinds = Object.keys(whole) as (keyof typeof whole)[];

describe('the structure of a picture', () => {
  it.each(kinds)('the structure of a whole %s gives its size', (kind) => {
    expect(structureOf(kind, whole[kind])).toMatchObject({ isCutOff: false, size: { width: 300, height: 200 } });
  });

  it.each(kinds)('the structure of a %s shows that its picture is cut off, at any byte', (kind) => {
    const bytes = whole[kind];
    // The last byte of a GIF is its trailer, and RIFF may have a byte of padding.
    fc.assert(fc.property(fc.nat(bytes.length - 3), (length) => structureOf(kind, bytes.subarray(0, length)).isCutOff));
  });

  it('the structure distinguishes animated from still pictures', () => {
    expect(structureOf('png', whole.png).isAnimated).toBe(false);
    expect(structureOf('png', png(chunk('acTL', [...big(2), ...big(0)]))).isAnimated).toBe(true);
    expect(structureOf('webp', whole.webp).isAnimated).toBe(true);
    expect(structureOf('gif', whole.gif).isAnimated).toBe(false);
    expect(structureOf('gif', gif(2)).isAnimated).toBe(true);
    expect(structureOf('avif', heifOf({ brand: 'avis' })).isAnimated).toBe(true);
  });

  it('the structure of any bytes is read without an exception and in bounded time', () => {
    const anyKind = fc.constantFrom(...kinds);
    fc.assert(fc.property(anyKind, fc.uint8Array({ maxLength: 300 }), (kind, bytes) => !!structureOf(kind, bytes)));
    const broken = fc.tuple(anyKind, fc.nat(400), fc.nat(255));
    fc.assert(
      fc.property(broken, ([kind, at, value]) => {
        const bytes = whole[kind].slice();
        bytes[at % bytes.length] = value;
        return !!structureOf(kind, bytes);
      }),
    );
  });
});
