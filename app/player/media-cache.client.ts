/** Which file of a segment: what it plays as a film, or its photo. */
export type MediaPart = 'video' | 'photo';

/** An address inside the page that plays without the network, or why there is none. */
export type Opened = { ok: true; url: string } | { ok: false; reason: 'gone' | 'freed' };

type Answer = { kind: 'here'; blob: Blob } | { kind: 'refused' | 'broken' | 'unreachable' | 'freed' };

const mostBrokenAnswers = 3;
const longestWaitMs = 8000;

/**
 * The film's files, fetched whole into memory before they are needed: a cut never waits for the network, and browsers
 * that load nothing ahead (iPhone) are served as well. A refused address is renewed once. A lost connection is waited
 * for as long as it takes; the film stands still meanwhile.
 */
export function createMediaCache({
  addressOf,
  renewAddresses,
}: {
  addressOf: (index: number, part: MediaPart) => string;
  renewAddresses: () => Promise<void>;
}) {
  const kept = new Map<string, { index: number; stop: AbortController; opened: Promise<Opened> }>();
  let renewing: Promise<void> | null = null;

  /** Clips refused at the same moment are renewed together. */
  function renewed(): Promise<void> {
    renewing ??= renewAddresses()
      .catch(() => undefined)
      .finally(() => {
        renewing = null;
      });
    return renewing;
  }

  async function bring(index: number, part: MediaPart, signal: AbortSignal): Promise<Opened> {
    let mayRenew = true;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await ask(addressOf(index, part), signal);
      switch (answer.kind) {
        case 'here':
          return { ok: true, url: URL.createObjectURL(answer.blob) };
        case 'freed':
          return { ok: false, reason: 'freed' };
        case 'refused':
          if (!mayRenew) return { ok: false, reason: 'gone' };
          mayRenew = false;
          await renewed();
          break;
        case 'broken':
          if (attempt >= mostBrokenAnswers) return { ok: false, reason: 'gone' };
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

  function free({ stop, opened }: { stop: AbortController; opened: Promise<Opened> }) {
    stop.abort();
    void opened.then((file) => file.ok && URL.revokeObjectURL(file.url));
  }

  return {
    /** The file in memory; asking again gives the same one. */
    open(index: number, part: MediaPart): Promise<Opened> {
      const key = `${index} ${part}`;
      const known = kept.get(key);
      if (known) return known.opened;
      const stop = new AbortController();
      const opened = bring(index, part, stop.signal);
      kept.set(key, { index, stop, opened });
      return opened;
    },

    /** Frees the files of all other segments. */
    keepOnly(indexes: readonly number[]) {
      for (const [key, entry] of kept) {
        if (indexes.includes(entry.index)) continue;
        kept.delete(key);
        free(entry);
      }
    },
  };
}

async function ask(address: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(address, { signal });
    if (response.ok) return { kind: 'here', blob: await response.blob() };
    return { kind: [401, 403, 404, 410].includes(response.status) ? 'refused' : 'broken' };
  } catch {
    return { kind: signal.aborted ? 'freed' : 'unreachable' };
  }
}

/** Longer with each attempt, and never the same for two people. */
function waitMs(attempt: number): number {
  return Math.min(longestWaitMs, 500 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** Resolves after a while, at once when the connection comes back or the file is no longer wanted. */
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
