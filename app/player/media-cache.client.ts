/** Which file of a segment: its video, or its photo. */
export type MediaPart = 'video' | 'photo';

/** A blob: address that plays without the network, or why there is none. `freed`: the file is no longer needed. */
export type Opened = { ok: true; url: string } | { ok: false; reason: 'gone' | 'freed' };

type Answer = { kind: 'loaded'; blob: Blob } | { kind: 'refused' | 'broken' | 'unreachable' | 'freed' };

const mostBrokenAnswers = 3;
const longestWaitMs = 8000;
/** A transfer that brings no byte for so long is dead, and is begun again: a phone has changed its network. */
const mostSilenceMs = 20_000;

/**
 * The film's files, loaded whole into memory before they are needed: a cut never waits for the network, and phones load
 * no part of a video ahead by themselves. A refused address is renewed once. A lost connection is waited for as long as
 * it takes; the film stands still meanwhile.
 */
export function createMediaCache({
  addressOf,
  renewAddresses,
}: {
  addressOf: (index: number, part: MediaPart) => string;
  renewAddresses: () => Promise<void>;
}) {
  const kept = new Map<string, { index: number; bytes: number; stop: AbortController; opened: Promise<Opened> }>();
  let renewing: Promise<void> | null = null;

  /** Addresses refused at the same moment are renewed together. */
  function renewed(): Promise<void> {
    renewing ??= renewAddresses()
      .catch(() => undefined)
      .finally(() => {
        renewing = null;
      });
    return renewing;
  }

  async function load(index: number, part: MediaPart, { signal }: AbortController): Promise<Blob | 'gone' | 'freed'> {
    let mayRenew = true;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await ask(addressOf(index, part), signal);
      switch (answer.kind) {
        case 'loaded':
          return answer.blob;
        case 'freed':
          return 'freed';
        case 'refused':
          if (!mayRenew) return 'gone';
          mayRenew = false;
          await renewed();
          break;
        case 'broken':
          if (attempt >= mostBrokenAnswers) return 'gone';
          await connectionOr(waitMs(attempt), signal);
          break;
        case 'unreachable':
          await connectionOr(waitMs(attempt), signal);
          break;
        default:
          return answer satisfies never;
      }
    }
  }

  return {
    /** The file in memory; asking again gives the same one. */
    open(index: number, part: MediaPart): Promise<Opened> {
      const key = `${index} ${part}`;
      const known = kept.get(key);
      if (known) return known.opened;
      const stop = new AbortController();
      const opened = load(index, part, stop).then((loaded): Opened => {
        if (stop.signal.aborted) return { ok: false, reason: 'freed' };
        if (!(loaded instanceof Blob)) return { ok: false, reason: loaded };
        entry.bytes = loaded.size;
        return { ok: true, url: URL.createObjectURL(loaded) };
      });
      const entry = { index, bytes: 0, stop, opened };
      kept.set(key, entry);
      return opened;
    },

    /** Bytes that are in memory now. */
    bytes: () => [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0),

    /** Frees the files of all other segments, and stops loading them. */
    keepOnly(indexes: readonly number[]) {
      for (const [key, { index, stop, opened }] of kept) {
        if (indexes.includes(index)) continue;
        kept.delete(key);
        stop.abort();
        void opened.then((file) => file.ok && URL.revokeObjectURL(file.url));
      }
    },
  };
}

async function ask(address: string, wanted: AbortSignal): Promise<Answer> {
  const transfer = new AbortController();
  const stop = () => transfer.abort();
  wanted.addEventListener('abort', stop);
  let silence = setTimeout(stop, mostSilenceMs);
  try {
    const { ok, status, headers, body } = await fetch(address, transfer);
    if (!ok || !body) return { kind: [401, 403, 404, 410].includes(status) ? 'refused' : 'broken' };
    const reader = body.getReader();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(silence);
      silence = setTimeout(stop, mostSilenceMs);
      parts.push(part.value);
    }
    return { kind: 'loaded', blob: new Blob(parts, { type: headers.get('Content-Type') ?? '' }) };
  } catch {
    return { kind: wanted.aborted ? 'freed' : 'unreachable' };
  } finally {
    clearTimeout(silence);
    wanted.removeEventListener('abort', stop);
  }
}

/** Longer with each attempt, and different for every visitor. */
function waitMs(attempt: number): number {
  return Math.min(longestWaitMs, 500 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** Resolves after a while, and at once when the connection comes back or the file is no longer wanted. */
function connectionOr(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
