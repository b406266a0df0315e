/** What Echoes reads from a photo's EXIF data. Everything else in there is never kept. */
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
const tag = { orientation: 0x0112, exif: 0x8769, original: 0x9003, digitized: 0x9004, offset: 0x9011 };

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
  const orientation = first.get(tag.orientation)?.number ?? 1;
  const text = exif.get(tag.original)?.text ?? exif.get(tag.digitized)?.text ?? '';
  return {
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    taken: readDate(text, exif.get(tag.offset)?.text ?? ''),
  };
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

type Entry = { number: number | undefined; text: string };

function readDirectory({ view, little, at }: { view: DataView; little: boolean; at: number }): Map<number, Entry> {
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
    });
  }
  return entries;
}

function readText({ view, little, entry, length }: { view: DataView; little: boolean; entry: number; length: number }) {
  const at = length <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
  const size = Math.min(length, 32);
  if (at + size > view.byteLength) return '';
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, size)).replace(/\0[\s\S]*$/, '');
}

function readDate(text: string, offset: string): ExifDate | null {
  const found = /^(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text);
  if (!found) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  // Cameras that never had their clock set write zeros; before 1900 there is no EXIF, whatever the file says.
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return null;
  const zone = /^([+-])(\d\d):(\d\d)/.exec(offset);
  const minutes = zone ? (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === '-' ? -1 : 1) : null;
  return { localMs: Date.UTC(year, month - 1, day, hour, minute, second), offsetMinutes: minutes };
}
