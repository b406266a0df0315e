import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMp4Walk } from './mp4-walk';

function box(type: string, size: number, { long = false, told = size }: { long?: boolean; told?: number } = {}) {
  const bytes = Buffer.alloc(size, 1);
  bytes.writeUInt32BE(long ? 1 : told, 0);
  bytes.write(type, 4, 'latin1');
  if (long) bytes.writeBigUInt64BE(BigInt(told), 8);
  return bytes;
}
const film = Buffer.concat([box('ftyp', 24), box('free', 8), box('mdat', 300, { long: true }), box('moov', 90)]);

function walked(bytes: Uint8Array, cuts: readonly number[] = []): string | null {
  const walk = createMp4Walk();
  const edges = [0, ...cuts.filter((cut) => cut < bytes.byteLength).sort((a, b) => a - b), bytes.byteLength];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const problem = walk.take(bytes.subarray(from, edges[index + 1]));
    if (problem) return problem;
  }
  return walk.end();
}

describe('the check of an MP4', () => {
  it('an MP4 is valid when its boxes reach its last byte, in pieces of any size', () => {
    expect(walked(film)).toBeNull();
    const cuts = fc.array(fc.integer({ min: 1, max: film.byteLength - 1 }), { maxLength: 20 });
    fc.assert(fc.property(cuts, (some) => walked(film, some) === null));
  });

  it('an MP4 that is cut short or has trailing bytes is invalid', () => {
    const lengths = fc.integer({ min: 0, max: film.byteLength - 1 });
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 1, max: 430 }),
        (length, cut) => walked(film.subarray(0, length), [cut]) !== null,
      ),
    );
    expect(walked(film.subarray(0, 400))).toBe('an MP4 that is cut short');
    expect(walked(Buffer.concat([film, Buffer.from('abc')]))).toBe('an MP4 that is cut short');
  });

  it('an MP4 may end with a box without a size', () => {
    expect(walked(Buffer.concat([box('ftyp', 24), box('moov', 90), box('mdat', 500, { told: 0 })]))).toBeNull();
  });

  it('bytes without ftyp, without a video or with impossible sizes are no MP4', () => {
    expect(walked(Buffer.from('<!doctype html><title>Just a moment</title>'))).toBe('not an MP4');
    expect(walked(new Uint8Array(2000))).toBe('not an MP4');
    expect(walked(new Uint8Array())).toBe('not an MP4: too short');
    expect(walked(box('ftyp', 24))).toBe('an MP4 without a picture');
    expect(walked(Buffer.concat([box('ftyp', 24), box('mdat', 24)]))).toBe('an MP4 without a picture');
    expect(walked(Buffer.concat([box('ftyp', 24), box('moov', 24, { told: 7 })]))).toBe('a broken MP4');
    expect(walked(Buffer.concat([box('ftyp', 24), box('moov', 24, { long: true, told: 15 })]))).toBe('a broken MP4');
  });

  it('the check never throws, whatever the bytes are', () => {
    const end = fc.uint8Array({ maxLength: 400 });
    fc.assert(fc.property(end, (bytes) => typeof (walked(Buffer.concat([box('ftyp', 24), bytes])) ?? '') === 'string'));
  });
});
