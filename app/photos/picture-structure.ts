import type { PictureKind } from './picture-kind';

/** What the container of a picture says, without decoding it. */
export interface PictureStructure {
  /** True when parts that the container announces are not in the file: a decoder would leave them green, grey or empty. */
  isCutOff: boolean;
  /** True when the picture moves; only its first frame is used. */
  isAnimated: boolean;
  /** In pixels, before any turning; null where the container does not tell. */
  size: { width: number; height: number } | null;
}

/** Reads the structure of any picture but a JPEG. Never throws; nonsense counts as cut off. */
export function structureOf(kind: PictureKind, bytes: Uint8Array): PictureStructure {
  switch (kind) {
    case 'png':
      return pngStructure(bytes);
    case 'webp':
      return webpStructure(bytes);
    case 'gif':
      return gifStructure(bytes);
    case 'heic':
    case 'avif':
      return heifStructure(bytes);
    case 'jpeg':
    case 'jxl':
      return { isCutOff: false, isAnimated: false, size: null };
  }
}

/** A big-endian number of up to eight bytes; bytes beyond the end count as zero. */
function big(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = 0; index < size; index++) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

function little(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

const name = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Chunks up to `IEND`; an animation says so (`acTL`) before its picture. */
function pngStructure(bytes: Uint8Array): PictureStructure {
  const size = { width: big(bytes, 16, 4), height: big(bytes, 20, 4) };
  let isAnimated = false;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + big(bytes, at, 4)) {
    const type = name(bytes, at + 4);
    if (type === 'acTL') isAnimated = true;
    if (type === 'IEND') return { isCutOff: false, isAnimated, size };
  }
  return { isCutOff: true, isAnimated, size };
}

function webpStructure(bytes: Uint8Array): PictureStructure {
  const isCutOff = bytes.length < 30 || little(bytes, 4, 4) + 8 > bytes.length + 1;
  const [isExtended, isLossless] = ['VP8X', 'VP8L'].map((type) => name(bytes, 12) === type);
  if (isExtended) {
    const size = { width: little(bytes, 24, 3) + 1, height: little(bytes, 27, 3) + 1 };
    return { isCutOff, isAnimated: ((bytes[20] ?? 0) & 2) !== 0, size };
  }
  const bits = little(bytes, 21, 4);
  const size = isLossless
    ? { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    : { width: little(bytes, 26, 2) & 0x3fff, height: little(bytes, 28, 2) & 0x3fff };
  return { isCutOff, isAnimated: false, size };
}

/** Blocks up to the end of the first picture, and whether a second one begins. */
function gifStructure(bytes: Uint8Array): PictureStructure {
  const size = { width: little(bytes, 6, 2), height: little(bytes, 8, 2) };
  const tableBytes = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  const afterBlocks = (from: number) => {
    let at = from;
    while ((bytes[at] ?? 0) > 0) at += 1 + (bytes[at] ?? 0);
    return at + 1;
  };
  let pictures = 0;
  for (let at = 13 + tableBytes(bytes[10] ?? 0); at < bytes.length; ) {
    if (bytes[at] === 0x21) at = afterBlocks(at + 2);
    else if (bytes[at] === 0x2c) {
      if (pictures === 1) return { isCutOff: false, isAnimated: true, size };
      at = afterBlocks(at + 11 + tableBytes(bytes[at + 9] ?? 0));
      if (at <= bytes.length) pictures++;
    } else break;
  }
  return { isCutOff: pictures === 0, isAnimated: false, size };
}

interface Box {
  type: string;
  start: number;
  end: number;
}

/** Boxes between two places. The last one may reach beyond `to`, and then `end` says so. */
function* boxesOf(bytes: Uint8Array, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    const short = big(bytes, at, 4);
    const length = short === 1 ? big(bytes, at + 8, 8) : short === 0 ? to - at : short;
    if (length < 8) return;
    yield { type: name(bytes, at + 4), start: at + (short === 1 ? 16 : 8), end: at + length };
    at += length;
  }
}

/** HEIC and AVIF: every part that the location box (`iloc`) points at must be inside the file. */
function heifStructure(bytes: Uint8Array): PictureStructure {
  const isAnimated = ['avis', 'msf1', 'hevc'].includes(name(bytes, 8));
  let size: PictureStructure['size'] = null;
  let isCutOff = true;
  for (const box of boxesOf(bytes, 0, bytes.length)) {
    if (box.end > bytes.length) return { isCutOff: true, isAnimated, size };
    if (box.type === 'moov') isCutOff = false;
    if (box.type !== 'meta') continue;
    for (const inner of boxesOf(bytes, box.start + 4, box.end)) {
      if (inner.type === 'iloc') isCutOff = reachesBeyond(bytes, inner);
      if (inner.type !== 'iprp') continue;
      for (const container of boxesOf(bytes, inner.start, inner.end))
        if (container.type === 'ipco') size = largestSize(bytes, container);
    }
    if (isCutOff) return { isCutOff, isAnimated, size };
  }
  return { isCutOff, isAnimated, size };
}

function largestSize(bytes: Uint8Array, { start, end }: Box): PictureStructure['size'] {
  let largest: PictureStructure['size'] = null;
  for (const box of boxesOf(bytes, start, end)) {
    if (box.type !== 'ispe') continue;
    const size = { width: big(bytes, box.start + 4, 4), height: big(bytes, box.start + 8, 4) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

/** Reads the location box in its three versions; true when it is broken or points beyond the file. */
function reachesBeyond(bytes: Uint8Array, { start, end }: Box): boolean {
  const version = bytes[start] ?? 0;
  const [offsetSize, lengthSize] = [(bytes[start + 4] ?? 0) >> 4, (bytes[start + 4] ?? 0) & 15];
  const [baseSize, indexSize] = [(bytes[start + 5] ?? 0) >> 4, version > 0 ? (bytes[start + 5] ?? 0) & 15 : 0];
  const idSize = version < 2 ? 2 : 4;
  const count = big(bytes, start + 6, idSize);
  let at = start + 6 + idSize;
  for (let item = 0; item < count; item++) {
    // 0: in the file itself; 1 and 2 point into other boxes.
    const method = version > 0 ? big(bytes, at + idSize, 2) & 15 : 0;
    at += idSize + (version > 0 ? 2 : 0) + 2;
    const base = big(bytes, at, baseSize);
    const extents = big(bytes, at + baseSize, 2);
    at += baseSize + 2;
    for (let extent = 0; extent < extents && at < end; extent++) {
      const from = base + big(bytes, at + indexSize, offsetSize);
      const length = big(bytes, at + indexSize + offsetSize, lengthSize);
      at += indexSize + offsetSize + lengthSize;
      if (method === 0 && from + length > bytes.length) return true;
    }
    if (at > end) return true;
  }
  return false;
}
