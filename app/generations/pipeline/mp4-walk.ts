// Checks an MP4 as its bytes pass: its top-level boxes must follow one another to the very last byte.

/** A check of one video, given in pieces of any size. */
export interface Mp4Walk {
  /** Checks the next piece. Returns what is wrong with the video as soon as that is certain, else null. */
  take(piece: Uint8Array): string | null;
  /** Ends the check. Returns what is wrong with the video, or null. */
  end(): string | null;
}

/** A valid video begins with `ftyp` and has `moov` and `mdat`. Only the header of the present box is kept. */
export function createMp4Walk(): Mp4Walk {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  const seen = new Set<string>();
  let headSize = 0;
  /** Bytes left of the present box. */
  let left = 0;

  /** Length of the box's header: 16 bytes where its size is a 64-bit number. */
  const headNeeds = () => (headSize >= 8 && view.getUint32(0) === 1 ? 16 : 8);

  function openBox(): string | null {
    const type = String.fromCharCode(...head.subarray(4, 8));
    if (seen.size === 0 && type !== 'ftyp') return 'not an MP4';
    seen.add(type);
    const told = view.getUint32(0);
    const size = told === 1 ? Number(view.getBigUint64(8)) : told;
    // A box without a size is the last one.
    left = size === 0 ? Number.POSITIVE_INFINITY : size - headSize;
    headSize = 0;
    return left < 0 ? 'a broken MP4' : null;
  }

  return {
    take(piece) {
      let at = 0;
      while (at < piece.byteLength) {
        if (left > 0) {
          const step = Math.min(left, piece.byteLength - at);
          left -= step;
          at += step;
          continue;
        }
        const part = piece.subarray(at, at + headNeeds() - headSize);
        head.set(part, headSize);
        headSize += part.byteLength;
        at += part.byteLength;
        if (headSize < headNeeds()) continue;
        const problem = openBox();
        if (problem) return problem;
      }
      return null;
    },
    end() {
      if (seen.size === 0) return 'not an MP4: too short';
      if (headSize > 0 || (left > 0 && left !== Number.POSITIVE_INFINITY)) return 'an MP4 that is cut short';
      return seen.has('moov') && seen.has('mdat') ? null : 'an MP4 without a picture';
    },
  };
}
