import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileKind } from './picture-kind';
import { placeByDate } from './place-by-date';
import { statusOf } from './tus';
import { photosAtOnce, roomInWords } from './upload-limits';
import { readUploadMetadata } from './upload-metadata';
import { isUploadReason, uploadReasons } from './upload-reasons';

const base64 = (value: string) => Buffer.from(value).toString('base64');
const header = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${base64(value)}`)
    .join(',');
const whole = { projectId: 'prj_1', requestKey: '0123456789' };

describe('the metadata of an upload', () => {
  it('the metadata of an upload has project, request key, name and date', () => {
    const contentHash = 'f0'.repeat(32);
    const said = { ...whole, fileName: 'Oma & Opa.jpg', takenAt: '1600000000000', contentHash, keepsBoth: 'true' };
    const read = { ...whole, fileName: 'Oma & Opa.jpg', takenAt: 1_600_000_000_000, contentHash, keepsBoth: true };
    expect(readUploadMetadata(header(said))).toEqual(read);
  });

  it('the metadata of an upload may lack name and date, and invalid ones are dropped', () => {
    const without = { fileName: 'photo', takenAt: null, contentHash: null, keepsBoth: false };
    expect(readUploadMetadata(header(whole))).toEqual({ ...whole, ...without });
    expect(readUploadMetadata(header({ ...whole, contentHash: 'F0', keepsBoth: '1' }))).toEqual({
      ...whole,
      ...without,
    });
    expect(readUploadMetadata(header({ ...whole, takenAt: '9e99' }))?.takenAt).toBeNull();
    expect(readUploadMetadata(header({ ...whole, fileName: '\0/..\\' }))?.fileName).toBe('..');
    expect(readUploadMetadata(header({ ...whole, fileName: '/' }))?.fileName).toBe('photo');
  });

  it('metadata without project or request key, or malformed, is refused', () => {
    for (const said of [
      undefined,
      '',
      'x',
      'projectId @@@',
      header({ projectId: 'p' }),
      header({ ...whole, requestKey: 'a b c d e' }),
    ])
      expect(readUploadMetadata(said)).toBeNull();
    fc.assert(fc.property(fc.string(), (said) => readUploadMetadata(said) === null));
  });
});

describe('the position of a new photo', () => {
  it('a new photo comes after all older ones, in any order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20)), { maxLength: 12 }), (dates) => {
        const film: { position: string; takenAt: number | null }[] = [];
        for (const takenAt of dates) {
          film.push({ position: placeByDate({ clips: film, takenAt }), takenAt });
          film.sort((a, b) => (a.position < b.position ? -1 : 1));
        }
        const dated = film.flatMap((clip) => clip.takenAt ?? []);
        expect(dated).toEqual([...dated].sort((a, b) => a - b));
      }),
    );
  });

  it('a new photo keeps an order that was made by hand', () => {
    const film = [
      { position: 'a1', takenAt: 30 },
      { position: 'a2', takenAt: 10 },
      { position: 'a3', takenAt: 20 },
    ];
    const position = placeByDate({ clips: film, takenAt: 15 });
    expect(position > 'a2' && position < 'a3').toBe(true);
    expect(placeByDate({ clips: film, takenAt: null }) > 'a3').toBe(true);
  });
});

describe('an upload reason', () => {
  it('each upload reason has a text and a status', () => {
    for (const [reason, { text }] of Object.entries(uploadReasons)) {
      expect(isUploadReason(reason)).toBe(true);
      expect(statusOf).toHaveProperty(reason);
      expect(text).toMatch(/^[A-Z][^!]+\.$/);
    }
    for (const other of ['', 'toString', null, 'wrong-offset']) expect(isUploadReason(other)).toBe(false);
  });
});

describe('the kind of a file', () => {
  it('the kind of a file follows from its first bytes', () => {
    const bytes = (value: string) => Uint8Array.from(value, (letter) => letter.charCodeAt(0));
    const box = (brands: string) => bytes(`\0\0\0${String.fromCharCode(8 + brands.length)}ftyp${brands}`);
    expect(fileKind(bytes('\xff\xd8\xff\xe0'))).toBe('jpeg');
    expect(fileKind(bytes('\x89PNG\r\n\x1a\n'))).toBe('png');
    expect(fileKind(bytes('RIFF\0\0\0\0WEBPVP8 '))).toBe('webp');
    expect(fileKind(box('heic\0\0\0\0mif1heic'))).toBe('heic');
    expect(fileKind(box('mif1\0\0\0\0mif1avif'))).toBe('avif');
    expect(fileKind(bytes('GIF89a'))).toBe('gif');
    for (const jxl of ['\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n']) expect(fileKind(bytes(jxl))).toBe('jxl');
    for (const raw of ['II*\0', 'MM\0*', 'IIRO', 'IIU\0', 'FUJIFILMCCD-RAW 0201'])
      expect(fileKind(bytes(raw))).toBe('tiff-or-raw');
    expect(fileKind(box('crx \0\0\0\x01crx isom'))).toBe('tiff-or-raw');
    for (const video of ['isom\0\0\0\0mp42', 'qt  \0\0\0\0', '3gp4\0\0\0\0isom'])
      expect(fileKind(box(video))).toBe('video');
    for (const video of ['\x1aE\xdf\xa3', 'RIFF\0\0\0\0AVI LIST']) expect(fileKind(bytes(video))).toBe('video');
    expect(fileKind(bytes('%PDF-1.7'))).toBe('pdf');
    for (const other of ['<svg', '<html>', '', 'RIFF\0\0\0\0WAVE', 'PK\x03\x04'])
      expect(fileKind(bytes(other))).toBeNull();
  });
});

describe('the number of photos prepared at once', () => {
  it('one photo at a time is prepared with little memory, and on touch screens of unknown memory', () => {
    expect(photosAtOnce({ deviceMemory: 8, maxTouchPoints: 5 })).toBe(2);
    expect(photosAtOnce({ deviceMemory: 2, maxTouchPoints: 0 })).toBe(1);
    expect(photosAtOnce({ maxTouchPoints: 5 })).toBe(1);
    expect(photosAtOnce({ maxTouchPoints: 0 })).toBe(2);
  });
});

describe('the room for photos and clips', () => {
  it('the room is told in megabytes and gigabytes, rounded up', () => {
    expect(roomInWords(0, 2e9)).toBe('0 MB of 2 GB used.');
    expect(roomInWords(411_200_000, 2e9)).toBe('412 MB of 2 GB used.');
    expect(roomInWords(1_910_000_000, 2e9)).toBe('2 GB of 2 GB used.');
    expect(roomInWords(1, 100e6)).toBe('1 MB of 100 MB used.');
  });
});
