// A HEIC as an iPhone keeps one: an HEVC picture stored on its side, a rotation, and EXIF as an item of its own.
import { Encoder } from 'node-av/api';
import { AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX265 } from 'node-av/constants';
import { Frame, Rational } from 'node-av/lib';

/** `planes` are 4:2:0; `quarterTurns` anticlockwise make the stored picture upright; `tiff` is its EXIF. */
export interface StoredPicture {
  planes: Buffer;
  width: number;
  height: number;
  quarterTurns: 0 | 1 | 2 | 3;
  tiff: Uint8Array;
}

export async function heicOf({ planes, width, height, quarterTurns, tiff }: StoredPicture): Promise<Uint8Array> {
  const units = await encoded({ planes, width, height });
  const kindOf = (unit: Uint8Array) => ((unit[0] ?? 0) >> 1) & 0x3f;
  const settings = units.filter((unit) => [32, 33, 34].includes(kindOf(unit)));
  const slices = units.filter((unit) => kindOf(unit) < 32);
  const picture = Buffer.concat(slices.flatMap((unit) => [uint32(unit.length), unit]));
  const exif = Buffer.concat([uint32(6), text('Exif\0\0'), tiff]);

  const head = box('ftyp', text('heic'), uint32(0), text('mif1heic'));
  const metaAt = (pictureAt: number) =>
    fullBox(
      'meta',
      fullBox('hdlr', uint32(0), text('pict'), new Uint8Array(13)),
      fullBox('pitm', uint16(1)),
      fullBox(
        'iloc',
        Uint8Array.of(0x44, 0x00),
        uint16(2),
        location(1, pictureAt, picture.length),
        location(2, pictureAt + picture.length, exif.length),
      ),
      fullBox('iinf', uint16(2), itemInfo(1, 'hvc1'), itemInfo(2, 'Exif')),
      fullBox('iref', box('cdsc', uint16(2), uint16(1), uint16(1))),
      box(
        'iprp',
        box(
          'ipco',
          box('hvcC', configuration(settings)),
          fullBox('ispe', uint32(width), uint32(height)),
          box('irot', Uint8Array.of(quarterTurns)),
        ),
        // The picture has all three properties; the decoder must know the first and the last.
        fullBox('ipma', uint32(1), uint16(1), Uint8Array.of(3, 0x81, 0x02, 0x83)),
      ),
    );
  const meta = metaAt(head.length + metaAt(0).length + 8);
  return Buffer.concat([head, meta, box('mdat', picture, exif)]);
}

/** The NAL units of one key frame. */
async function encoded({ planes, width, height }: { planes: Buffer; width: number; height: number }) {
  await using encoder = await Encoder.create(FF_ENCODER_LIBX265, {
    options: { crf: 34, preset: 'medium', 'x265-params': 'log-level=error:info=0:keyint=1' },
    context: { gopSize: 1, framerate: new Rational(1, 1) },
  });
  using frame = Frame.fromVideoBuffer(planes, {
    width,
    height,
    format: AV_PIX_FMT_YUV420P,
    timeBase: { num: 1, den: 1 },
  });
  frame.pts = 0n;
  const units: Uint8Array[] = [];
  const take = (data: Buffer | null) => units.push(...unitsIn(Buffer.from(data ?? [])));
  for (const packet of await encoder.encodeAll(frame)) take(packet.data);
  for await (const packet of encoder.flushPackets()) take(packet.data);
  return units;
}

/** Annex B: units between start codes of three or four bytes. */
function unitsIn(stream: Buffer): Uint8Array[] {
  const starts: number[] = [];
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; at = stream.indexOf('000001', at + 3, 'hex'))
    starts.push(at);
  return starts.map((at, index) => {
    let end = starts[index + 1] ?? stream.length;
    while (end > at && stream[end - 1] === 0) end -= 1;
    return stream.subarray(at + 3, end);
  });
}

/** hvcC: profile and level as the sequence's own settings say them, then the settings. */
function configuration(settings: readonly Uint8Array[]): Uint8Array {
  const kindOf = (unit: Uint8Array) => ((unit[0] ?? 0) >> 1) & 0x3f;
  const sequence = settings.find((unit) => kindOf(unit) === 33);
  if (!sequence) throw new Error('The encoder gave no sequence parameter set.');
  const profile = unescaped(sequence).subarray(3, 15);
  return Buffer.concat([
    Uint8Array.of(1),
    profile,
    // No spatial segmentation, parallelism unknown; 4:2:0 in 8 bits; one layer, lengths of four bytes.
    Uint8Array.of(0xf0, 0x00, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, settings.length),
    ...settings.flatMap((unit) => [Uint8Array.of(0x80 | kindOf(unit)), uint16(1), uint16(unit.length), unit]),
  ]);
}

/** The unit without its emulation prevention bytes. */
const unescaped = (unit: Uint8Array) =>
  unit.filter((byte, index) => !(byte === 3 && index >= 2 && unit[index - 1] === 0 && unit[index - 2] === 0));

const text = (value: string) => new TextEncoder().encode(value);
const uint16 = (value: number) => Uint8Array.of(value >> 8, value & 255);
const uint32 = (value: number) => Buffer.concat([uint16(value >>> 16), uint16(value & 0xffff)]);
const box = (kind: string, ...parts: Uint8Array[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([uint32(body.length + 8), text(kind), body]);
};
const fullBox = (kind: string, ...parts: Uint8Array[]) => box(kind, uint32(0), ...parts);
const location = (item: number, at: number, size: number) =>
  Buffer.concat([uint16(item), uint16(0), uint16(1), uint32(at), uint32(size)]);
const itemInfo = (item: number, kind: string) =>
  box('infe', uint32(2 << 24), uint16(item), uint16(0), text(kind), Uint8Array.of(0));
