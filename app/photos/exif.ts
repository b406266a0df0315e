/** What is read from a photo's EXIF data. Nothing else of it is ever kept. */
export interface ExifFacts {
  /** How the stored picture has to be turned or mirrored to stand upright: 1 (not at all) to 8. */
  orientation: number;
  /** When the picture was taken; null when the file does not say. */
  taken: ExifDate | null;
}

/** The camera's own clock in ms since 1970 read as if it were UTC, and how far that clock was ahead of UTC, if known. */
export interface ExifDate {
  localMs: number;
  offsetMinutes: number | null;
}

const nothing: ExifFacts = { orientation: 1, taken: null };
const tag = {
  orientation: 0x0112,
  exif: 0x8769,
  gps: 0x8825,
  original: 0x9003,
  digitized: 0x9004,
  // 0x9010 belongs to the last edit, which may have happened in another zone.
  offsetOriginal: 0x9011,
  offsetDigitized: 0x9012,
  fractionOriginal: 0x9291,
  fractionDigitized: 0x9292,
  gpsTime: 7,
  gpsDate: 29,
} as const;

/**
 * Reads a TIFF block (what follows `Exif\0\0`). Never throws: what is missing or broken counts as not said.
 */
export function readExif(tiff: Uint8Array): ExifFacts {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 14) return nothing;
  const mark = view.getUint16(0);
  if (mark !== 0x4949 && mark !== 0x4d4d) return nothing;
  const little = mark === 0x4949;
  if (view.getUint16(2, little) !== 42) return nothing;
  const first = readDirectory({ view, little, at: view.getUint32(4, little) });
  const exif = readDirectory({ view, little, at: first.get(tag.exif)?.number ?? 0 });
  const gps = readDirectory({ view, little, at: first.get(tag.gps)?.number ?? 0 });
  const orientation = first.get(tag.orientation)?.number ?? 1;
  return {
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    taken: readTaken({ exif, utcMs: readGpsTime(gps) }),
  };
}

/**
 * The camera's own date with its fraction of a second. Its zone is the one it wrote down, or what its clock differs from
 * the satellites' by, in steps of 15 minutes; a difference that no zone has says that one of the two is wrong.
 */
function readTaken({ exif, utcMs }: { exif: Directory; utcMs: number | null }): ExifDate | null {
  const text = (key: number) => exif.get(key)?.text ?? '';
  const date =
    readDate(text(tag.original), text(tag.fractionOriginal)) ??
    readDate(text(tag.digitized), text(tag.fractionDigitized));
  if (date === null) return utcMs === null ? null : { localMs: utcMs, offsetMinutes: 0 };
  const written = readOffset(text(tag.offsetOriginal)) ?? readOffset(text(tag.offsetDigitized));
  const measured = utcMs === null ? null : Math.round((date - utcMs) / 900_000) * 15;
  const isZone = measured !== null && Math.abs(measured) <= 14 * 60;
  return { localMs: date, offsetMinutes: written ?? (isZone ? measured : null) };
}

/**
 * The EXIF block of a file that is not a JPEG (HEIC, AVIF, WebP) found by its mark, without walking the container.
 * Good enough for a date; null when there is none.
 */
export function findExif(bytes: Uint8Array): ExifFacts | null {
  for (let at = bytes.indexOf(0x45); at >= 0; at = bytes.indexOf(0x45, at + 1)) {
    const isMark = bytes[at + 1] === 0x78 && bytes[at + 2] === 0x69 && bytes[at + 3] === 0x66 && bytes[at + 4] === 0;
    const order = bytes[at + 6];
    if (isMark && (order === 0x49 || order === 0x4d) && bytes[at + 7] === order)
      return readExif(bytes.subarray(at + 6));
  }
  return null;
}

/** The moment a picture was taken in ms since 1970. Where the camera did not say its zone, `zoneOf` does (default UTC). */
export function takenAtOf({ localMs, offsetMinutes }: ExifDate, zoneOf: (localMs: number) => number = () => 0): number {
  return localMs - (offsetMinutes ?? zoneOf(localMs)) * 60_000;
}

type Entry = { number: number | undefined; text: string; rationals: readonly number[] };
type Directory = ReadonlyMap<number, Entry>;
type Place = { view: DataView; little: boolean };

function readDirectory({ view, little, at }: Place & { at: number }): Directory {
  const entries = new Map<number, Entry>();
  if (at < 8 || at + 2 > view.byteLength) return entries;
  const count = view.getUint16(at, little);
  for (let index = 0; index < count; index++) {
    const entry = at + 2 + index * 12;
    if (entry + 12 > view.byteLength) break;
    const type = view.getUint16(entry + 2, little);
    const length = view.getUint32(entry + 4, little);
    const isNumber = length === 1 && (type === 3 || type === 4);
    const number = isNumber
      ? type === 3
        ? view.getUint16(entry + 8, little)
        : view.getUint32(entry + 8, little)
      : undefined;
    entries.set(view.getUint16(entry, little), {
      number,
      text: type === 2 ? readText({ view, little, entry, length }) : '',
      rationals:
        type === 5 && length === 3 ? readRationals({ view, little, at: view.getUint32(entry + 8, little) }) : [],
    });
  }
  return entries;
}

function readText({ view, little, entry, length }: Place & { entry: number; length: number }) {
  const at = length <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
  const size = Math.min(length, 32);
  if (at + size > view.byteLength) return '';
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, size)).replace(/\0[\s\S]*$/, '');
}

/** Three fractions, as GPS writes hours, minutes and seconds. */
function readRationals({ view, little, at }: Place & { at: number }): number[] {
  if (at + 24 > view.byteLength) return [];
  return [0, 8, 16].map((step) => view.getUint32(at + step, little) / view.getUint32(at + step + 4, little));
}

/** In ms since 1970; null when the satellites' date or time is missing. */
function readGpsTime(gps: Directory): number | null {
  const [hours = Number.NaN, minutes = Number.NaN, seconds = Number.NaN] = gps.get(tag.gpsTime)?.rationals ?? [];
  const day = readDate(`${gps.get(tag.gpsDate)?.text ?? ''} 00:00:00`, '');
  const time = day === null ? Number.NaN : day + Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
  return Number.isFinite(time) && hours < 24 && minutes < 60 && seconds < 61 ? time : null;
}

/** In ms, read as if the zone were UTC; `fraction` holds the digits behind the second. */
function readDate(text: string, fraction: string): number | null {
  const found = /^(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text);
  if (!found) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  // Cameras that never had their clock set write zeros; before 1900 there is no EXIF.
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return null;
  const digits = /^\d+/.exec(fraction)?.[0] ?? '0';
  return Date.UTC(year, month - 1, day, hour, minute, second) + Math.floor(Number(`0.${digits}`) * 1000);
}

function readOffset(text: string): number | null {
  const zone = /^([+-])(\d\d):(\d\d)/.exec(text);
  return zone ? (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === '-' ? -1 : 1) : null;
}
