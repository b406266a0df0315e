/**
 * The entropy-coded part of a JPEG, read without decoding a pixel: it finds out whether every block of the picture is there.
 * Decoders paint missing rows grey and report nothing, so this is the only way to know before a credit is offered.
 */

/** Of one colour component: its id in the file and its sampling factors. */
export interface Component {
  id: number;
  across: number;
  down: number;
}

export interface JpegFrame {
  progressive: boolean;
  /** In pixels, as stored. */
  width: number;
  height: number;
  components: readonly Component[];
}

/** A Huffman table of the file: the number of codes of each length (1 to 16 bits), and their symbols. */
export interface HuffmanSource {
  counts: Uint8Array;
  symbols: Uint8Array;
}

/** What a scan header says: its components with their tables, and which coefficients it brings. */
export interface ScanHeader {
  parts: readonly { component: Component; dc: HuffmanSource | undefined; ac: HuffmanSource | undefined }[];
  first: number;
  last: number;
  /** True when the scan adds one bit to coefficients that an earlier scan brought (progressive pictures only). */
  refines: boolean;
}

/** `end`: the index after the last byte that belongs to the picture. `unsupported`: a table is not in the file. */
export type ScanRead = { outcome: 'complete'; end: number } | { outcome: 'short' } | { outcome: 'unsupported' };

/**
 * Reads one scan from index `from` on. `short` when data ends, or stops making sense, before the last block. Linear in
 * the bytes read and bounded by the number of blocks the frame has.
 */
export function readScan({
  bytes,
  from,
  frame,
  scan,
  restartInterval,
}: {
  bytes: Uint8Array;
  from: number;
  frame: JpegFrame;
  scan: ScanHeader;
  /** In MCUs; 0 for none. */
  restartInterval: number;
}): ScanRead {
  // Which bits a refining AC scan holds depends on every coefficient before it; its end is found by its marker.
  if (scan.refines && scan.first > 0) return { outcome: 'complete', end: nextMarker(bytes, from) };
  const isFirstOfDc = scan.first === 0 && !scan.refines;
  const needsAc = !frame.progressive || scan.first > 0;
  const plan: { dc: Lookup | null; ac: Lookup | null }[] = [];
  for (const part of scan.parts) {
    const dc = isFirstOfDc ? lookupOf(part.dc) : null;
    const ac = needsAc ? lookupOf(part.ac) : null;
    if ((isFirstOfDc && !dc) || (needsAc && !ac)) return { outcome: 'unsupported' };
    // One component alone is stored block by block, several together in units (MCUs) that hold some blocks of each.
    const blocks = scan.parts.length === 1 ? 1 : part.component.across * part.component.down;
    for (let block = 0; block < blocks; block++) plan.push({ dc, ac });
  }
  const reader = new BitReader(bytes, from);
  const total = mcusOf({ frame, scan });
  const first = frame.progressive ? Math.max(1, scan.first) : 1;
  const last = frame.progressive ? scan.last : 63;
  let done = 0;
  while (done < total) {
    const end = restartInterval > 0 ? Math.min(total, done + restartInterval) : total;
    // Blocks that a progressive scan says are empty, without a bit of their own.
    let emptyBlocks = 0;
    while (done < end) {
      if (emptyBlocks > 0) {
        const skipped = Math.min(emptyBlocks, end - done);
        emptyBlocks -= skipped;
        done += skipped;
        continue;
      }
      for (const { dc, ac } of plan) {
        if (dc) {
          const size = reader.symbol(dc);
          if (size < 0 || size > 16) return { outcome: 'short' };
          reader.skip(size);
        } else if (!ac) reader.skip(1);
        if (!ac) continue;
        for (let at = first; at <= last; ) {
          const symbol = reader.symbol(ac);
          if (symbol < 0) return { outcome: 'short' };
          const run = symbol >> 4;
          const size = symbol & 15;
          if (size > 0) {
            at += run + 1;
            if (at > last + 1) return { outcome: 'short' };
            reader.skip(size);
          } else if (run === 15) at += 16;
          else {
            if (frame.progressive) emptyBlocks = (1 << run) - 1 + reader.read(run);
            break;
          }
        }
      }
      if (reader.isBeyondEnd()) return { outcome: 'short' };
      done++;
    }
    if (done < total && !reader.restart()) return { outcome: 'short' };
  }
  return { outcome: 'complete', end: reader.end() };
}

/** The index of the next marker that is neither a stuffed zero nor a restart, or the length. */
export function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  return bytes.length;
}

const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

function mcusOf({ frame, scan }: { frame: JpegFrame; scan: ScanHeader }): number {
  const mostAcross = Math.max(...frame.components.map((component) => component.across));
  const mostDown = Math.max(...frame.components.map((component) => component.down));
  const only = scan.parts.length === 1 ? scan.parts[0]?.component : undefined;
  if (!only) return Math.ceil(frame.width / (8 * mostAcross)) * Math.ceil(frame.height / (8 * mostDown));
  const columns = Math.ceil(Math.ceil((frame.width * only.across) / mostAcross) / 8);
  const rows = Math.ceil(Math.ceil((frame.height * only.down) / mostDown) / 8);
  return columns * rows;
}

/** Codes of up to ten bits are looked up at once (`length << 8 | symbol`); longer ones are found by their length. */
interface Lookup {
  short: Uint16Array;
  /** By length: the first number above all codes of that length, and what to subtract from a code to get its symbol. */
  above: Int32Array;
  offset: Int32Array;
  symbols: Uint8Array;
}

const shortBits = 10;

function lookupOf(source: HuffmanSource | undefined): Lookup | null {
  if (!source) return null;
  const short = new Uint16Array(1 << shortBits);
  const above = new Int32Array(17);
  const offset = new Int32Array(17);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    const count = source.counts[length - 1] ?? 0;
    offset[length] = code - index;
    for (let each = 0; each < count && length <= shortBits; each++) {
      const start = (code + each) << (shortBits - length);
      const entry = (length << 8) | (source.symbols[index + each] ?? 0);
      short.fill(entry, start, start + (1 << (shortBits - length)));
    }
    code += count;
    index += count;
    above[length] = code;
    code <<= 1;
  }
  return { short, above, offset, symbols: source.symbols };
}

/** A reader of entropy-coded bits. Behind a marker or the end it returns zeros, and counts them. */
class BitReader {
  private readonly bytes: Uint8Array;
  private at: number;
  private held = 0;
  private count = 0;
  private padding = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  private fill() {
    while (this.count <= 16) {
      const byte = this.bytes[this.at];
      const isMarker = byte === 0xff && this.bytes[this.at + 1] !== 0;
      if (byte === undefined || isMarker) this.padding += 8;
      else this.at += byte === 0xff ? 2 : 1;
      this.held = (this.held << 8) | (byte === undefined || isMarker ? 0 : byte);
      this.count += 8;
    }
  }

  /** The symbol of the next code; -1 for a code that the table does not have. */
  symbol({ short, above, offset, symbols }: Lookup): number {
    if (this.count < 16) this.fill();
    const next = (this.held >>> (this.count - 16)) & 0xffff;
    const entry = short[next >>> (16 - shortBits)] as number;
    if (entry > 0) {
      this.count -= entry >> 8;
      return entry & 255;
    }
    for (let length = shortBits + 1; length <= 16; length++) {
      const code = next >>> (16 - length);
      if (code < (above[length] as number)) {
        this.count -= length;
        return symbols[code - (offset[length] as number)] ?? -1;
      }
    }
    return -1;
  }

  /** Passes over up to 16 bits. */
  skip(bits: number) {
    if (this.count < bits) this.fill();
    this.count -= bits;
  }

  /** Up to 14 bits as a number. */
  read(bits: number): number {
    if (this.count < bits) this.fill();
    this.count -= bits;
    return (this.held >>> this.count) & ((1 << bits) - 1);
  }

  /** True once more bits were read than the data has. */
  isBeyondEnd() {
    return this.count < this.padding;
  }

  /** Moves behind the next restart marker; false without one. */
  restart(): boolean {
    let at = this.end();
    while (at < this.bytes.length && !(this.bytes[at] === 0xff && isRestart(this.bytes[at + 1] ?? 0))) {
      if (this.bytes[at] === 0xff && ![0, 0xff].includes(this.bytes[at + 1] ?? 0)) return false;
      at++;
    }
    if (at >= this.bytes.length) return false;
    this.at = at + 2;
    this.held = this.count = this.padding = 0;
    return true;
  }

  /** The index after the last byte of which a bit was taken. */
  end(): number {
    let at = this.at;
    for (let unread = (this.count - this.padding) >> 3; unread > 0; unread--)
      at -= this.bytes[at - 1] === 0 && this.bytes[at - 2] === 0xff ? 2 : 1;
    return at;
  }
}
