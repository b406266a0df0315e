// Photos for tests, made byte by byte: whole in structure, tiny in data.
import { joined } from '~/photos/jpeg';

const text = (value: string) => [...value].map((letter) => letter.charCodeAt(0));
const word = (value: number) => [(value >> 8) & 255, value & 255];

/** A JPEG segment with its marker and length. */
export function segment(marker: number, body: readonly number[]): Uint8Array {
  return new Uint8Array([0xff, marker, ...word(body.length + 2), ...body]);
}

/** EXIF (big-endian) with an orientation, a date, a zone and a GPS block where given. */
export function exifBody({
  orientation,
  taken,
  offset,
  gps = false,
}: {
  orientation?: number;
  taken?: string;
  offset?: string;
  gps?: boolean;
}): number[] {
  const long = (value: number) => [...word(value >>> 16), ...word(value & 0xffff)];
  const first: number[][] = [];
  if (orientation !== undefined) first.push([...word(0x0112), ...word(3), ...long(1), ...word(orientation), 0, 0]);
  const exifAt = 8 + 2 + 12 * ((orientation === undefined ? 0 : 1) + 1 + (gps ? 1 : 0)) + 4;
  first.push([...word(0x8769), ...word(4), ...long(1), ...long(exifAt)]);
  const values: number[] = [];
  const entries: number[][] = [];
  const count = (taken === undefined ? 0 : 1) + (offset === undefined ? 0 : 1);
  const valuesAt = exifAt + 2 + 12 * count + 4;
  const ascii = (tag: number, value: string) => {
    entries.push([...word(tag), ...word(2), ...long(value.length + 1), ...long(valuesAt + values.length)]);
    values.push(...text(value), 0);
  };
  if (taken !== undefined) ascii(0x9003, taken);
  if (offset !== undefined) ascii(0x9011, offset);
  const gpsAt = valuesAt + values.length;
  if (gps) first.push([...word(0x8825), ...word(4), ...long(1), ...long(gpsAt)]);
  const gpsBlock = gps ? [...word(1), ...word(1), ...word(2), ...long(2), ...text('N'), 0, 0, 0, ...long(0)] : [];
  const directory = (list: number[][]) => [...word(list.length), ...list.flat(), ...long(0)];
  return [
    ...text('Exif'),
    0,
    0,
    ...text('MM'),
    0,
    42,
    ...long(8),
    ...directory(first),
    ...directory(entries),
    ...values,
    ...gpsBlock,
  ];
}

/**
 * A real grey JPEG of this stored size, which every decoder opens. `extra` segments stand before the picture and `stray`
 * bytes before its scan, `after` stands behind its end. `rows` (0 to 1) leaves out the rest of the picture, `detail`
 * makes it large: about 90 bytes a block. With `restart`, a marker stands after each so many units.
 */
export function jpegOf({
  width = 120,
  height = 90,
  extra = [],
  stray = [],
  after = [],
  end = true,
  progressive = false,
  detail = false,
  rows = 1,
  restart = 0,
}: {
  width?: number;
  height?: number;
  extra?: readonly Uint8Array[];
  stray?: readonly number[];
  after?: readonly number[];
  end?: boolean;
  progressive?: boolean;
  detail?: boolean;
  rows?: number;
  restart?: number;
} = {}): Uint8Array {
  // Brightness in 2 x 2 blocks of a unit, two colours in one each.
  const unitColumns = Math.ceil(width / 16);
  const units = unitColumns * Math.round(Math.ceil(height / 16) * rows);
  const frame = [8, ...word(height), ...word(width), 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
  const none = Array<number>(16).fill(0);
  // One code of one bit for "no change", and for AC one of two bits for a coefficient of ten bits.
  const dcTable = [0x00, ...none.with(0, 1), 0];
  const acTable = [0x10, ...none.with(0, 1).with(1, 1), 0x00, 0x0a];
  const block = detail ? `0${'101000000001'.repeat(63)}` : '00';
  const scan = (header: number[], each: string, count: number) =>
    joined([segment(0xda, header), entropy({ unit: each, count, restart })]);
  const columns = Math.ceil(width / 8);
  const luma = Math.ceil(height / 8) * columns;
  const chroma = unitColumns * Math.ceil(height / 16);
  const scans = progressive
    ? [
        scan([3, 1, 0, 2, 0, 3, 0, 0, 0, 0], '0'.repeat(6), units),
        scan([1, 1, 0, 1, 63, 0], '0', Math.round(luma * rows)),
        scan([1, 2, 0, 1, 63, 0], '0', Math.round(chroma * rows)),
        scan([1, 3, 0, 1, 63, 0], '0', Math.round(chroma * rows)),
      ]
    : [scan([3, 1, 0, 2, 0, 3, 0, 0, 63, 0], block.repeat(6), units)];
  return joined([
    new Uint8Array([0xff, 0xd8]),
    segment(0xe0, [...text('JFIF'), 0, 1, 1, 0, ...word(1), ...word(1), 0, 0]),
    ...extra,
    segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    segment(progressive ? 0xc2 : 0xc0, frame),
    segment(0xc4, [...dcTable, ...acTable]),
    ...(restart > 0 ? [segment(0xdd, word(restart))] : []),
    new Uint8Array(stray),
    ...scans,
    new Uint8Array([...(end ? [0xff, 0xd9] : []), ...after]),
  ]);
}

/** The bits of `unit` so many times, filled up with ones, zeros stuffed behind each 255, restart markers in between. */
function entropy({ unit, count, restart }: { unit: string; count: number; restart: number }): Uint8Array {
  const bytes: number[] = [];
  let bits = '';
  const flush = (size: number) => {
    for (; bits.length >= size; bits = bits.slice(8)) {
      const byte = Number.parseInt(bits.slice(0, 8).padEnd(8, '1'), 2);
      bytes.push(byte, ...(byte === 255 ? [0] : []));
    }
  };
  for (let index = 0; index < count; index++) {
    if (restart > 0 && index > 0 && index % restart === 0) {
      flush(1);
      bytes.push(0xff, 0xd0 + ((index / restart - 1) % 8));
    }
    bits += unit;
    flush(8);
  }
  flush(1);
  return new Uint8Array(bytes);
}
