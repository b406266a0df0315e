// EXIF as cameras write it: directories that point at each other, little-endian or big-endian.

/** One entry of a directory: its tag, its type and its value. */
type Entry =
  | { tag: number; ascii: string }
  | { tag: number; short: number }
  | { tag: number; long: number }
  | { tag: number; rationals: readonly (readonly [number, number])[] }
  | { tag: number; bytes: Uint8Array };

/** What a camera's file says of itself. `position` in degrees north and east. */
export interface CameraFacts {
  littleEndian: boolean;
  orientation: number;
  make: string;
  model: string;
  /** `YYYY:MM:DD HH:MM:SS` by the camera's own clock. */
  taken?: string;
  /** `+02:00` */
  offset?: string;
  position?: { north: number; east: number };
  /** A small JPEG. */
  thumbnail?: Uint8Array;
}

const ascii = (value: string) => new TextEncoder().encode(`${value}\0`);

/** A TIFF block with everything that must not leave a person's phone: position, device, serial number, thumbnail. */
export function tiffOf(facts: CameraFacts): Uint8Array {
  const { littleEndian, orientation, make, model, taken, offset, position, thumbnail } = facts;
  const date = (tag: number): Entry[] => (taken ? [{ tag, ascii: taken }] : []);
  const first: Entry[] = [
    { tag: 0x010f, ascii: make },
    { tag: 0x0110, ascii: model },
    { tag: 0x0112, short: orientation },
    { tag: 0x0131, ascii: 'Camera software 1.0' },
    ...date(0x0132),
  ];
  const exif: Entry[] = [
    ...date(0x9003),
    ...date(0x9004),
    ...(offset ? [{ tag: 0x9011, ascii: offset }] : []),
    { tag: 0x927c, bytes: Uint8Array.from({ length: 1200 }, (_, index) => (index * 37) % 251) },
    { tag: 0x9286, bytes: new TextEncoder().encode('ASCII\0\0\0Comment of the owner') },
    { tag: 0xa430, ascii: 'Owner of the camera' },
    { tag: 0xa431, ascii: 'Serial number 0123456789' },
  ];
  const gps: Entry[] = position
    ? [
        { tag: 1, ascii: position.north < 0 ? 'S' : 'N' },
        { tag: 2, rationals: sexagesimal(position.north) },
        { tag: 3, ascii: position.east < 0 ? 'W' : 'E' },
        { tag: 4, rationals: sexagesimal(position.east) },
      ]
    : [];

  const head = 8;
  const pointers = (exifAt: number, gpsAt: number): Entry[] => [
    ...first,
    { tag: 0x8769, long: exifAt },
    ...(position ? [{ tag: 0x8825, long: gpsAt }] : []),
  ];
  const small = (at: number): Entry[] =>
    thumbnail
      ? [
          { tag: 0x0103, short: 6 },
          { tag: 0x0201, long: at },
          { tag: 0x0202, long: thumbnail.length },
        ]
      : [];
  const sizeOf = (entries: readonly Entry[]) => directory({ entries, at: 0, next: 0, littleEndian }).length;
  const exifAt = head + sizeOf(pointers(0, 0));
  const gpsAt = exifAt + sizeOf(exif);
  const smallAt = gpsAt + (position ? sizeOf(gps) : 0);
  const thumbnailAt = smallAt + sizeOf(small(0));
  const mark = littleEndian ? [0x49, 0x49, 42, 0, head, 0, 0, 0] : [0x4d, 0x4d, 0, 42, 0, 0, 0, head];
  return Buffer.concat([
    Uint8Array.from(mark),
    directory({ entries: pointers(exifAt, gpsAt), at: head, next: thumbnail ? smallAt : 0, littleEndian }),
    directory({ entries: exif, at: exifAt, next: 0, littleEndian }),
    ...(position ? [directory({ entries: gps, at: gpsAt, next: 0, littleEndian })] : []),
    ...(thumbnail ? [directory({ entries: small(thumbnailAt), at: smallAt, next: 0, littleEndian }), thumbnail] : []),
  ]);
}

function sexagesimal(degrees: number): [number, number][] {
  const seconds = Math.round(Math.abs(degrees) * 360_000);
  return [
    [Math.floor(seconds / 360_000), 1],
    [Math.floor(seconds / 6000) % 60, 1],
    [seconds % 6000, 100],
  ];
}

/** One directory at the offset `at`, its long values behind it; `next` is the offset of the directory that follows. */
function directory({
  entries,
  at,
  next,
  littleEndian,
}: {
  entries: readonly Entry[];
  at: number;
  next: number;
  littleEndian: boolean;
}): Uint8Array {
  const values: Uint8Array[] = [];
  let valueAt = at + 2 + entries.length * 12 + 4;
  const table = new DataView(new ArrayBuffer(2 + entries.length * 12 + 4));
  table.setUint16(0, entries.length, littleEndian);
  for (const [index, entry] of entries.toSorted((one, other) => one.tag - other.tag).entries()) {
    const { type, count, bytes } = encodedValue(entry, littleEndian);
    const from = 2 + index * 12;
    table.setUint16(from, entry.tag, littleEndian);
    table.setUint16(from + 2, type, littleEndian);
    table.setUint32(from + 4, count, littleEndian);
    if (bytes.length <= 4) {
      for (const [offset, byte] of bytes.entries()) table.setUint8(from + 8 + offset, byte);
      continue;
    }
    table.setUint32(from + 8, valueAt, littleEndian);
    const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Uint8Array.of(0)]);
    values.push(padded);
    valueAt += padded.length;
  }
  table.setUint32(2 + entries.length * 12, next, littleEndian);
  return Buffer.concat([new Uint8Array(table.buffer), ...values]);
}

function encodedValue(entry: Entry, littleEndian: boolean): { type: number; count: number; bytes: Uint8Array } {
  const numbers = (size: 2 | 4, values: readonly number[]) => {
    const view = new DataView(new ArrayBuffer(size * values.length));
    for (const [index, value] of values.entries())
      if (size === 2) view.setUint16(index * 2, value, littleEndian);
      else view.setUint32(index * 4, value, littleEndian);
    return new Uint8Array(view.buffer);
  };
  if ('ascii' in entry) {
    const bytes = ascii(entry.ascii);
    return { type: 2, count: bytes.length, bytes };
  }
  if ('short' in entry) return { type: 3, count: 1, bytes: numbers(2, [entry.short]) };
  if ('long' in entry) return { type: 4, count: 1, bytes: numbers(4, [entry.long]) };
  if ('rationals' in entry)
    return { type: 5, count: entry.rationals.length, bytes: numbers(4, entry.rationals.flat()) };
  return { type: 7, count: entry.bytes.length, bytes: entry.bytes };
}
