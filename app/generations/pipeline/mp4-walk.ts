// Whether an MP4 is whole, seen as its bytes go by: its outermost boxes follow one another to the very last byte.

/** Looks at a video in pieces of any size. */
export interface Mp4Walk {
  /** Takes the next piece; answers what is wrong with the video as soon as that is certain. */
  take(piece: Uint8Array): string | null;
  /** All has been seen: what is wrong with it, or null. */
  end(): string | null;
}

/** Needs `ftyp` first, then what describes the video and the video itself; keeps no more than a box's head. */
export function createMp4Walk(): Mp4Walk {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  const seen = new Set<string>();
  let headSize = 0;
  /** What is left of the present box. */
  let left = 0;

  /** Bytes of the box's head, as far as it is known. */
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
