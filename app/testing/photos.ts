// Photos for tests, built byte by byte: complete in structure, tiny in data.
import { joined } from '../photos/jpeg';

const text = (value: string) => [...value].map((letter) => letter.charCodeAt(0));
const word = (value: number) => [(value >> 8) & 255, value & 255];

/** A JPEG segment with its marker and length. */
export function segment(marker: number, body: readonly number[]): Uint8Array {
  return new Uint8Array([0xff, marker, ...word(body.length + 2), ...body]);
}

/** EXIF (big-endian) with these fields: `gps` adds a position, `utc` is the satellites' time in ms since 1970. */
export function exifBody({
  orientation,
  taken,
  offset,
  offsetOfEdit,
  fraction,
  gps = false,
  utc,
}: {
  orientation?: number;
  taken?: string;
  offset?: string;
  offsetOfEdit?: string;
  fraction?: string;
  gps?: boolean;
  utc?: number;
}): number[] {
  const long = (value: number) => [...word(value >>> 16), ...word(value & 0xffff)];
  const values: number[] = [];
  type Entry = { tag: number; type: number; count: number; bytes: number[] };
  const ascii = (tag: number, value: string | undefined): Entry[] =>
    value === undefined ? [] : [{ tag, type: 2, count: value.length + 1, bytes: [...text(value), 0] }];
  const day = utc === undefined ? undefined : new Date(utc);
  const exif = [
    ...ascii(0x9003, taken),
    ...ascii(0x9010, offsetOfEdit),
    ...ascii(0x9011, offset),
    ...ascii(0x9291, fraction),
  ];
  const position: Entry[] = gps ? [{ tag: 1, type: 2, count: 2, bytes: [...text('N'), 0] }] : [];
  const time: Entry[] = day
    ? [
        {
          ...{ tag: 7, type: 5, count: 3 },
          bytes: [day.getUTCHours(), day.getUTCMinutes(), day.getUTCSeconds()].flatMap((part) => [
            ...long(part),
            ...long(1),
          ]),
        },
        ...ascii(29, day.toISOString().slice(0, 10).replaceAll('-', ':')),
      ]
    : [];
  const satellites = [...position, ...time];
  const firstCount = (orientation === undefined ? 0 : 1) + 1 + (satellites.length > 0 ? 1 : 0);
  const sizeOf = (count: number) => 2 + 12 * count + 4;
  const exifAt = 8 + sizeOf(firstCount);
  const gpsAt = exifAt + sizeOf(exif.length);
  const valuesAt = gpsAt + (satellites.length > 0 ? sizeOf(satellites.length) : 0);
  const number = (tag: number, type: number, value: number): Entry => ({
    ...{ tag, type, count: 1 },
    bytes: type === 3 ? [...word(value), 0, 0] : long(value),
  });
  const first = [
    ...(orientation === undefined ? [] : [number(0x0112, 3, orientation)]),
    number(0x8769, 4, exifAt),
    ...(satellites.length > 0 ? [number(0x8825, 4, gpsAt)] : []),
  ];
  const directory = (entries: readonly Entry[]) => [
    ...word(entries.length),
    ...entries.flatMap(({ tag, type, count, bytes }) => {
      const at = valuesAt + values.length;
      if (bytes.length > 4) values.push(...bytes);
      return [
        ...word(tag),
        ...word(type),
        ...long(count),
        ...(bytes.length > 4 ? long(at) : [...bytes, 0, 0, 0].slice(0, 4)),
      ];
    }),
    ...long(0),
  ];
  const body = [first, exif, ...(satellites.length > 0 ? [satellites] : [])].flatMap(directory);
  return [...text('Exif'), 0, 0, ...text('MM'), 0, 42, ...long(8), ...body, ...values];
}

/** A box of an ISO media file. */
const box = (type: string, body: readonly number[]): number[] => {
  const length = body.length + 8;
  return [...word(length >>> 16), ...word(length & 0xffff), ...text(type), ...body];
};

/** The structure of a HEIC or AVIF file with one picture of `dataBytes`; nothing in it can be decoded. */
export function heifOf({
  brand = 'heic',
  width = 4032,
  height = 3024,
  dataBytes = 500,
}: {
  brand?: string;
  width?: number;
  height?: number;
  dataBytes?: number;
} = {}): Uint8Array {
  const long = (value: number) => [...word(value >>> 16), ...word(value & 0xffff)];
  const ftyp = box('ftyp', [...text(brand), ...long(0), ...text('mif1')]);
  const ispe = box('ispe', [...long(0), ...long(width), ...long(height)]);
  // Version 1, offsets and lengths of four bytes, one item of one extent.
  const iloc = (at: number) =>
    box('iloc', [
      1,
      0,
      0,
      0,
      0x44,
      0x00,
      ...word(1),
      ...word(1),
      ...word(0),
      ...word(0),
      ...word(1),
      ...long(at),
      ...long(dataBytes),
    ]);
  const meta = (at: number) => box('meta', [...long(0), ...iloc(at), ...box('iprp', box('ipco', ispe))]);
  const dataAt = ftyp.length + meta(0).length + 8;
  return new Uint8Array([...ftyp, ...meta(dataAt), ...box('mdat', Array<number>(dataBytes).fill(7))]);
}

/**
 * A real grey JPEG of this stored size, which every decoder opens. `extra` segments come before the picture, `stray`
 * bytes before its scan, `after` behind its end. `rows` (0 to 1) is the part of the picture that is there, `detail` makes
 * it large (about 90 bytes a block), `restart` is the number of units between two restart markers.
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
  // A unit of 16 x 16 pixels has four blocks of luma and one for each chroma channel.
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

/** Repeats the bits of `unit`, stuffs a zero after each 255, adds restart markers and fills up with ones. */
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
