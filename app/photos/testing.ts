// Photos for tests, made byte by byte: whole in structure, tiny in data.
import { joined } from './jpeg';

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

/** A structurally whole JPEG of this stored size; `extra` segments stand before the picture, `data` is its scan. */
export function jpegOf({
  width = 120,
  height = 90,
  extra = [],
  data = [1, 2, 3, 0xff, 0, 4, 0xff, 0xd0, 5],
  after = [],
}: {
  width?: number;
  height?: number;
  extra?: readonly Uint8Array[];
  data?: readonly number[];
  after?: readonly number[];
} = {}): Uint8Array {
  const frame = [8, ...word(height), ...word(width), 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
  return joined([
    new Uint8Array([0xff, 0xd8]),
    segment(0xe0, [...text('JFIF'), 0, 1, 1, 0, ...word(1), ...word(1), 0, 0]),
    ...extra,
    segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    segment(0xc0, frame),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    new Uint8Array([...data, 0xff, 0xd9, ...after]),
  ]);
}
