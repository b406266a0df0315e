import { type ExifFacts, readExif } from './exif';
import { type Component, type HuffmanSource, type JpegFrame, nextMarker, readScan, type ScanHeader } from './jpeg-scan';

/** Why bytes are not taken as a photo. `not-a-photo`: no JPEG at all; `unsupported`: a kind of JPEG that is not taken. */
export type JpegFault = 'not-a-photo' | 'unsupported' | 'damaged' | 'too-large' | 'too-many-pixels' | 'too-small';

/** What a walk may cost. Every bound holds before the bytes behind it are looked at. */
export interface JpegBounds {
  /** Width times height; `overPixels` is the reason for more. */
  pixels: number;
  overPixels: JpegFault;
  longSide: number;
  shortSide: number;
  /** Header segments, and their bytes. */
  segments: number;
  headerBytes: number;
  scans: number;
  progressive: boolean;
}

/** A part of the file, from the first byte of its marker on; a scan's segment includes its picture data. */
export interface Segment {
  marker: number;
  start: number;
  end: number;
}

export type Walk =
  | {
      outcome: 'whole';
      frame: JpegFrame;
      exif: ExifFacts;
      segments: readonly Segment[];
      /** Where the end marker belongs if the file has none; null if it has one. */
      missingEnd: number | null;
      /** The index after the picture's last byte, its end marker included. */
      end: number;
    }
  | { outcome: 'refused'; reason: JpegFault };

export const startOfScan = 0xda;
const endOfImage = 0xd9;
const startOfImage = 0xd8;

export const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const isExif = (bytes: Uint8Array, { marker, start, end }: Segment) =>
  marker === 0xe1 && end - start > 10 && startsWith(bytes, start + 4, 'Exif\0');

export function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

const word = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/**
 * Walks a JPEG until its picture is complete. Stray bytes between segments, a missing end marker and anything behind the
 * picture do not matter; a missing block of the picture does (`damaged`). Never throws; time is linear in the bytes.
 */
export function walkJpeg(bytes: Uint8Array, bounds: JpegBounds): Walk {
  if (bytes[0] !== 0xff || bytes[1] !== startOfImage || bytes[2] !== 0xff) return refused('not-a-photo');
  const segments: Segment[] = [];
  const tables = new Map<number, HuffmanSource>();
  const seen = new Map<Component, Uint8Array>();
  let frame: JpegFrame | null = null;
  let exif: ExifFacts = { orientation: 1, taken: null };
  let restartInterval = 0;
  let headerBytes = 0;
  let scans = 0;
  let isEnded = false;
  let pictureEnd = 0;
  let end = 0;

  for (let at = nextMarker(bytes, 2); at + 2 <= bytes.length; at = nextMarker(bytes, at)) {
    const marker = bytes[at + 1] ?? 0;
    isEnded = marker === endOfImage;
    end = at + 2;
    if (isEnded || marker === startOfImage) break;
    if (marker < 0xc0) {
      at += 2;
      continue;
    }
    const header: Segment = { marker, start: at, end: at + 2 + word(bytes, at + 2) };
    headerBytes += header.end - at;
    if (header.end < at + 4 || header.end > bytes.length) break;
    if (segments.length >= bounds.segments || headerBytes > bounds.headerBytes) return refused('unsupported');

    if (isFrame(marker)) {
      if (frame) return refused('damaged');
      const read = readFrame(bytes, header, bounds);
      if (typeof read === 'string') return refused(read);
      frame = read;
      for (const component of frame.components) seen.set(component, new Uint8Array(64));
    } else if (marker === 0xc4) {
      if (!readTables(bytes, header, tables)) return refused('damaged');
    } else if (marker === 0xdd) restartInterval = word(bytes, at + 4);
    else if (scans === 0 && isExif(bytes, header)) exif = readExif(bytes.subarray(at + 10, header.end));

    if (marker === startOfScan) {
      if (!frame || ++scans > bounds.scans) return refused(frame ? 'unsupported' : 'damaged');
      const scan = readScanHeader({ bytes, header, frame, tables });
      if (!scan) return refused('damaged');
      const read = readScan({ bytes, from: header.end, frame, scan, restartInterval });
      if (read.outcome !== 'complete') return refused(read.outcome === 'short' ? 'damaged' : 'unsupported');
      header.end = pictureEnd = read.end;
      for (const { component } of scan.parts)
        seen.get(component)?.fill(1, scan.first, frame.progressive ? scan.last + 1 : 64);
    }
    segments.push(header);
    at = header.end;
    // The scans of a progressive picture go on until its end; otherwise the last component ends the picture.
    if (frame && !frame.progressive && [...seen.values()].every(([dc]) => dc === 1)) {
      end = nextMarker(bytes, at) + 2;
      isEnded = bytes[end - 1] === endOfImage;
      break;
    }
  }

  // Without an end marker, scans that would sharpen the picture may be missing.
  const isWhole = [...seen.values()].every((got) => (isEnded ? got[0] === 1 : got.every((each) => each === 1)));
  if (!frame || !isWhole) return refused('damaged');
  return {
    outcome: 'whole',
    frame,
    exif,
    segments,
    missingEnd: isEnded ? null : pictureEnd,
    end: isEnded ? end : pictureEnd,
  };
}

const refused = (reason: JpegFault): Walk => ({ outcome: 'refused', reason });

function readFrame(bytes: Uint8Array, { marker, start, end }: Segment, bounds: JpegBounds): JpegFrame | JpegFault {
  const count = bytes[start + 9] ?? 0;
  if (end - start < 10) return 'damaged';
  const isKnown = marker <= (bounds.progressive ? 0xc2 : 0xc1) && bytes[start + 4] === 8 && count >= 1 && count <= 4;
  if (!isKnown || count === 2) return 'unsupported';
  const height = word(bytes, start + 5);
  const width = word(bytes, start + 7);
  if (end - start !== 10 + count * 3 || width === 0 || height === 0) return 'damaged';
  if (width * height > bounds.pixels) return bounds.overPixels;
  if (Math.max(width, height) > bounds.longSide) return 'too-large';
  if (Math.min(width, height) < bounds.shortSide) return 'too-small';
  const components: Component[] = [];
  for (let at = start + 10; at < end; at += 3) {
    const sampling = bytes[at + 1] ?? 0;
    const component = { id: bytes[at] ?? 0, across: sampling >> 4, down: sampling & 15 };
    const isSane = component.across >= 1 && component.across <= 4 && component.down >= 1 && component.down <= 4;
    if (!isSane || components.some(({ id }) => id === component.id)) return 'damaged';
    components.push(component);
  }
  return { progressive: marker === 0xc2, width, height, components };
}

/** Keeps the Huffman tables of one segment by class and number; false where they do not add up. */
function readTables(bytes: Uint8Array, { start, end }: Segment, tables: Map<number, HuffmanSource>): boolean {
  for (let at = start + 4; at < end; ) {
    const counts = bytes.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (at + 17 + total > end || total > 256) return false;
    // More codes of a length than that length has would read beyond every table.
    let free = 1;
    for (const count of counts) {
      free = free * 2 - count;
      if (free < 0) return false;
    }
    tables.set(bytes[at] ?? 0, { counts, symbols: bytes.subarray(at + 17, at + 17 + total) });
    at += 17 + total;
  }
  return true;
}

function readScanHeader({
  bytes,
  header: { start, end },
  frame,
  tables,
}: {
  bytes: Uint8Array;
  header: Segment;
  frame: JpegFrame;
  tables: ReadonlyMap<number, HuffmanSource>;
}): ScanHeader | null {
  const count = bytes[start + 4] ?? 0;
  if (count < 1 || count > 4 || end - start !== 8 + count * 2) return null;
  const parts: ScanHeader['parts'][number][] = [];
  for (let index = 0; index < count; index++) {
    const at = start + 5 + index * 2;
    const component = frame.components.find(({ id }) => id === bytes[at]);
    if (!component || parts.some((part) => part.component === component)) return null;
    const choice = bytes[at + 1] ?? 0;
    parts.push({ component, dc: tables.get(choice >> 4), ac: tables.get(0x10 | (choice & 15)) });
  }
  const [first = 0, last = 0, precision = 0] = bytes.subarray(end - 3, end);
  if (!frame.progressive) return { parts, first: 0, last: 63, refines: false };
  const isSane = first <= last && last <= 63 && (first === 0 ? last === 0 : count === 1);
  return isSane ? { parts, first, last, refines: precision >> 4 > 0 } : null;
}
