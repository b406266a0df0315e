import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ExifReader from 'exifreader';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exifBody, jpegOf, segment } from '~/testing/photos';
import { findExif, takenAtOf } from './exif';
import { joined, readJpeg, stripJpeg } from './jpeg';

const text = (value: string) => [...value].map((letter) => letter.charCodeAt(0));
const latin = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

function clean(bytes: Uint8Array) {
  const result = stripJpeg(bytes);
  if (result.outcome !== 'clean') throw new Error(result.reason);
  return result;
}

describe('the facts of a JPEG', () => {
  it('the facts of a JPEG are its upright size, orientation and date', () => {
    const extra = [segment(0xe1, exifBody({ orientation: 6, taken: '2020:05:01 12:00:00', offset: '+02:00' }))];
    const read = readJpeg(jpegOf({ width: 200, height: 100, extra }));
    if (read.outcome !== 'whole') throw new Error(read.reason);
    expect(read.facts).toMatchObject({ width: 100, height: 200, orientation: 6 });
    expect(read.facts.taken && takenAtOf(read.facts.taken)).toBe(Date.UTC(2020, 4, 1, 10));
  });

  it('the date of a JPEG without a zone is read in the given zone, and an invalid date is null', () => {
    const taken = (value: string) => clean(jpegOf({ extra: [segment(0xe1, exifBody({ taken: value }))] })).takenAt;
    expect(taken('2020:05:01 12:00:00')).toBe(Date.UTC(2020, 4, 1, 12));
    expect(takenAtOf({ localMs: 0, offsetMinutes: null }, () => 60)).toBe(-3_600_000);
    for (const value of ['0000:00:00 00:00:00', '2020:13:01 12:00:00', 'yesterday', '    :  :     :  :  '])
      expect(taken(value)).toBeNull();
  });

  it('impossible sizes and other files are refused', () => {
    const reasons = [
      jpegOf({ width: 63 }),
      jpegOf({ width: 24_001, height: 64, rows: 0 }),
      jpegOf({ width: 10_000, height: 10_001, rows: 0 }),
      jpegOf({ width: 0 }),
      new Uint8Array(text('GIF89a')),
      new Uint8Array(),
    ].map((bytes) => readJpeg(bytes));
    expect(reasons.map((read) => read.outcome === 'refused' && read.reason)).toEqual([
      ...['too-small', 'too-large', 'too-large', 'damaged', 'not-a-photo', 'not-a-photo'],
    ]);
  });

  it('the facts of a JPEG are read from any bytes without an exception', () => {
    const start = fc.uint8Array({ maxLength: 400 }).map((tail) => new Uint8Array([0xff, 0xd8, 0xff, ...tail]));
    fc.assert(fc.property(start, (bytes) => ['whole', 'refused'].includes(readJpeg(bytes).outcome)));
    const broken = fc.tuple(fc.nat(400), fc.nat(255)).map(([at, value]) => {
      const bytes = jpegOf({ extra: [segment(0xe1, exifBody({ orientation: 3, taken: '2020:05:01 12:00:00' }))] });
      bytes[at % bytes.length] = value;
      return bytes;
    });
    fc.assert(fc.property(broken, (bytes) => ['clean', 'refused'].includes(stripJpeg(bytes).outcome)));
  });
});

describe('the picture in a JPEG', () => {
  const kinds = [
    {},
    { detail: true },
    { detail: true, restart: 3 },
    { progressive: true },
    { progressive: true, restart: 7 },
    { width: 83, height: 65, detail: true },
  ];
  const read = (bytes: Uint8Array) => {
    const result = readJpeg(bytes);
    return result.outcome === 'whole' ? 'whole' : result.reason;
  };

  it('a picture is whole without an end marker, with bytes behind it, and with stray bytes between segments', () => {
    for (const kind of kinds) {
      expect(read(jpegOf(kind))).toBe('whole');
      const open = jpegOf({ ...kind, end: false });
      expect(readJpeg(open)).toMatchObject({ outcome: 'whole', facts: { missingEnd: open.length } });
      expect(readJpeg(jpegOf(kind))).toMatchObject({ facts: { missingEnd: null } });
      expect(read(jpegOf({ ...kind, end: false, after: [0, 1, 2, 0xff, 0] }))).toBe('whole');
      expect(read(jpegOf({ ...kind, after: text('a maker’s own data') }))).toBe('whole');
      expect(read(jpegOf({ ...kind, stray: [0, 7, 0xff, 0, 9, 0xff, 0xff, 0xd3, 1] }))).toBe('whole');
    }
  });

  it('a picture with missing rows is damaged, with or without an end marker', () => {
    for (const kind of kinds)
      for (const rows of [0, 0.5, 0.84])
        for (const end of [true, false]) expect(read(jpegOf({ ...kind, rows, end }))).toBe('damaged');
  });

  it('a picture cut off at any byte is not accepted', () => {
    for (const kind of kinds) {
      const whole = jpegOf({ ...kind, end: false });
      fc.assert(
        fc.property(fc.nat(whole.length - 2), (length) => {
          const result = read(whole.subarray(0, length));
          return result === 'damaged' || result === 'not-a-photo';
        }),
      );
    }
  });

  it('a picture with bytes missing in the middle is not accepted', () => {
    const whole = jpegOf({ detail: true, width: 320, height: 200 });
    const start = whole.length - 20_000;
    fc.assert(
      fc.property(fc.nat(15_000), fc.integer({ min: 200, max: 4000 }), (at, lost) => {
        const torn = joined([whole.subarray(0, start + at), whole.subarray(start + at + lost)]);
        return read(torn) === 'damaged';
      }),
    );
  });

  it('any picture is read in bounded time', () => {
    const empty = segment(0xe5, []);
    expect(read(jpegOf({ extra: Array(2001).fill(empty) }))).toBe('unsupported');
    const scan = segment(0xda, [1, 1, 0, 1, 63, 0x10]);
    const bytes = jpegOf({ progressive: true, end: false, width: 8000, height: 8000 });
    expect(read(joined([bytes, ...Array<Uint8Array>(101).fill(scan)]))).toBe('unsupported');
    const tables = segment(0xc4, Array<number>(17 * 3800).fill(0));
    expect(read(jpegOf({ extra: Array(510).fill(tables) }))).toBe('unsupported');
  });

  it('the uploads’ door accepts only sequential JPEG with few segments', () => {
    const door = (bytes: Uint8Array) => {
      const result = stripJpeg(bytes);
      return result.outcome === 'clean' ? 'clean' : result.reason;
    };
    expect(door(jpegOf({ detail: true, restart: 3, end: false }))).toBe('clean');
    expect(door(jpegOf({ progressive: true }))).toBe('unsupported');
    expect(door(jpegOf({ extra: Array(201).fill(segment(0xe5, [])) }))).toBe('unsupported');
    expect(door(jpegOf({ extra: Array(31).fill(segment(0xe5, Array(65_000).fill(0))) }))).toBe('unsupported');
    expect(door(jpegOf({ width: 3001, height: 2000, rows: 0 }))).toBe('too-many-pixels');
    expect(door(jpegOf({ width: 12_001, height: 64, rows: 0 }))).toBe('too-large');
  });

  it('the uploads’ door accepts each of the product’s own pictures', () => {
    const folder = resolve(import.meta.dirname, '../../public/scenes');
    const refused = readdirSync(folder).filter(
      (name) => stripJpeg(readFileSync(join(folder, name))).outcome !== 'clean',
    );
    expect(readdirSync(folder)).toHaveLength(12);
    expect(refused).toEqual([]);
  });
});

describe('a stripped JPEG', () => {
  it('a stripped JPEG has the picture, the colour profile and the orientation, and nothing else', () => {
    const extra = [
      segment(0xe0, text('JFXX\0thumbnail')),
      segment(0xe1, exifBody({ orientation: 8, taken: '2020:05:01 12:00:00', gps: true })),
      segment(0xe1, text('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>home</x:xmpmeta>')),
      segment(0xe2, text('ICC_PROFILE\0\x01\x01colours')),
      segment(0xe2, text('MPF\0second picture')),
      segment(0xed, text('Photoshop 3.0\0caption')),
      segment(0xee, text('Adobe\0\x64\0\0\0\0\x01 and more')),
      segment(0xfe, text('a comment')),
    ];
    const { bytes, orientation } = clean(jpegOf({ extra, after: text('PK\x03\x04archive') }));
    const kept = latin(bytes);
    expect(orientation).toBe(8);
    for (const gone of ['JFXX', '2020:05', 'xmpmeta', 'MPF', 'Photoshop', 'and more', 'comment', 'PK\x03\x04'])
      expect(kept).not.toContain(gone);
    for (const there of ['JFIF', 'ICC_PROFILE', 'colours', 'Adobe']) expect(kept).toContain(there);
    expect(readJpeg(bytes)).toMatchObject({ outcome: 'whole', facts: { orientation: 8, taken: null } });
  });

  it('stripping a stripped JPEG changes nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.tuple(fc.integer({ min: 0xe0, max: 0xef }), fc.uint8Array({ maxLength: 60 })), { maxLength: 5 }),
        fc.array(fc.integer({ min: 0, max: 254 }), { maxLength: 50 }),
        (orientation, segments, after) => {
          const extra = [
            segment(0xe1, exifBody({ orientation })),
            ...segments.map(([marker, body]) => segment(marker, [...body])),
          ];
          const once = clean(jpegOf({ extra, after }));
          expect(once.orientation).toBe(orientation);
          expect(clean(once.bytes).bytes).toEqual(once.bytes);
        },
      ),
    );
  });
});

const photos = resolve(import.meta.dirname, '../../journeys/photos');
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(photos, name)));

/** What each of the cameras' files must come to: upright size, orientation, date. */
const expected: [string, number, number, number, string | null][] = [
  ['upright-wide.jpg', 1800, 1200, 1, null],
  ['turned-wide.jpg', 1800, 1200, 6, null],
  ['upright-tall.jpg', 1200, 1800, 1, null],
  ['turned-tall.jpg', 1200, 1800, 6, null],
  ['phone.jpg', 3264, 2448, 1, '2015-04-10T18:12:23.000Z'],
  ['very-wide.jpg', 4608, 1976, 1, '2022-08-14T11:12:31.000Z'],
  ['old-camera.jpg', 640, 480, 1, '2008-10-22T16:28:39.000Z'],
];

describe('a photo as a camera keeps it', () => {
  const privateTags = (bytes: Uint8Array) =>
    Object.keys(ExifReader.load(bytes.buffer as ArrayBuffer)).filter((tag) =>
      /gps|make|model|date|software|serial|owner|comment/i.test(tag),
    );

  it.each(expected)(
    'a camera’s photo has its size, orientation and date: %s',
    (name, width, height, orientation, taken) => {
      const read = readJpeg(bytesOf(name));
      if (read.outcome !== 'whole') throw new Error(read.reason);
      expect(read.facts).toMatchObject({ width, height, orientation });
      expect(read.facts.taken && takenAtOf(read.facts.taken)).toBe(taken && Date.parse(taken));
    },
  );

  it.each([
    ['old-camera.jpg', 1],
    ['turned-wide.jpg', 6],
    ['turned-tall.jpg', 6],
  ])('a stripped photo of a camera has no metadata: %s', (name, orientation) => {
    const original = bytesOf(name);
    expect(privateTags(original)).toEqual(expect.arrayContaining(['Make', 'Model', 'MakerNote', 'BodySerialNumber']));
    const { bytes } = clean(original);
    expect(privateTags(bytes)).toEqual([]);
    expect(latin(bytes)).not.toMatch(/Pocket phone|Box camera|xmpmeta/);
    expect(ExifReader.load(bytes.buffer as ArrayBuffer).Orientation?.value ?? 1).toBe(orientation);
  });

  it('a phone’s photo has a position, which does not leave the device', () => {
    const original = bytesOf('turned-tall.jpg');
    expect(Number(ExifReader.load(original.buffer as ArrayBuffer).GPSLatitude?.description)).toBeCloseTo(48.2083, 3);
    expect(ExifReader.load(clean(original).bytes.buffer as ArrayBuffer).GPSLatitude).toBeUndefined();
  });

  it('a photo that arrived by half is refused as damaged', () => {
    expect(readJpeg(bytesOf('torn.jpg'))).toEqual({ outcome: 'refused', reason: 'damaged' });
  });

  it('a HEIC has its date too', () => {
    const heic = findExif(bytesOf('iphone.heic'));
    expect(heic?.taken && new Date(takenAtOf(heic.taken)).toISOString()).toBe('2022-02-16T11:55:41.000Z');
  });
});
