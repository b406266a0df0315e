import { createPreparer } from './prepare.client';
import { abandonPhoto, sendPhoto } from './send-photo.client';
import { type UploadReason, uploadReasons } from './upload-reasons';
import { createUploadStore, type KeptPhoto } from './upload-store.client';

/** A photo on its way, as a page shows it. */
export interface UploadItem {
  id: string;
  name: string;
  /** A picture of it to show at once; an object URL of this page. */
  previewUrl: string | null;
  state: 'waiting' | 'preparing' | 'sending' | 'done' | 'failed';
  /** 0 to 1. */
  progress: number;
  /** Why it failed; a key of `uploadReasons`. */
  reason: UploadReason | null;
  /** The clip it has become. */
  clipId: string | null;
}

export interface UploadQueue {
  add(files: readonly File[]): void;
  /** Stops a photo and takes it off the list; what the server has of it is thrown away. */
  cancel(id: string): void;
  retry(id: string): void;
  /** Takes up what an earlier visit to this film has left unfinished. */
  restore(): Promise<void>;
  /** Stops everything that runs; photos stay kept for `restore`. */
  dispose(): void;
}

/** Bytes in one request, and what they shrink to after failures. */
const chunkSizes = [512 * 1024, 256 * 1024, 128 * 1024, 64 * 1024];
/** Tries without any progress before a person is asked. */
const mostTries = 6;

interface Entry {
  item: UploadItem;
  kept: KeptPhoto;
  stop: AbortController;
}

/**
 * Brings photos into a film: prepared on the device, sent in parts, two at a time (one where memory is scarce). Waits
 * while there is no line, goes on where it stopped, and survives a reload. `onChange` gets a new list for every change.
 */
export function createUploadQueue({
  projectId,
  onChange,
  onDone,
  lowMemory = ((navigator as { deviceMemory?: number }).deviceMemory ?? 8) <= 2,
}: {
  projectId: string;
  onChange: (items: readonly UploadItem[]) => void;
  onDone: (item: UploadItem) => void;
  lowMemory?: boolean;
}): UploadQueue {
  const atOnce = lowMemory ? 1 : 2;
  const store = createUploadStore();
  const preparer = createPreparer({ workers: atOnce });
  const entries = new Map<string, Entry>();
  const ended = new AbortController();
  let running = 0;

  const show = () => onChange([...entries.values()].map((entry) => entry.item));

  function change(entry: Entry, news: Partial<UploadItem>) {
    if (entries.get(entry.item.id) !== entry) return;
    entry.item = { ...entry.item, ...news };
    show();
  }

  function keep(entry: Entry, news: Partial<KeptPhoto>): Promise<void> {
    entry.kept = { ...entry.kept, ...news };
    return store.put(entry.kept);
  }

  function enter(kept: KeptPhoto): Entry {
    const previewUrl = previewOf(kept);
    const { id, name } = kept;
    const item: UploadItem = { id, name, previewUrl, state: 'waiting', progress: 0, reason: null, clipId: null };
    const entry = { item, kept, stop: new AbortController() };
    entries.set(id, entry);
    return entry;
  }

  function fail(entry: Entry, reason: UploadReason) {
    if (entry.stop.signal.aborted) return;
    // What can never succeed need not come back with the next visit.
    if (!uploadReasons[reason].retry) void store.remove(entry.item.id);
    change(entry, { state: 'failed', reason });
  }

  /** Starts as many as may run at once, in the order in which they were picked. */
  function next() {
    for (const entry of entries.values()) {
      if (running >= atOnce || ended.signal.aborted) return;
      if (entry.item.state !== 'waiting') continue;
      running++;
      change(entry, { state: 'preparing', reason: null });
      void withLock({ id: entry.item.id, signal: entry.stop.signal, work: () => bring(entry) })
        .catch(() => fail(entry, 'unexpected'))
        .finally(() => {
          running--;
          next();
        });
    }
  }

  async function bring(entry: Entry): Promise<void> {
    const { signal } = entry.stop;
    if (entry.kept.content.kind === 'original') {
      const prepared = await preparer.prepare(entry.kept.content.file);
      if (signal.aborted) return;
      if (prepared.outcome === 'refused') return fail(entry, prepared.reason);
      const { bytes, takenAt } = prepared;
      await keep(entry, { content: { kind: 'prepared', bytes, takenAt } });
      if (entry.item.previewUrl === null) change(entry, { previewUrl: previewOf(entry.kept) });
      if (signal.aborted) return void store.remove(entry.item.id);
    }
    change(entry, { state: 'sending', progress: 0.05 });
    let best = 0;
    for (let tries = 0; tries < mostTries; tries++) {
      await online(signal);
      const before = best;
      const sent = await send(entry, chunkSizes[Math.min(tries, chunkSizes.length - 1)] as number, (part) => {
        best = Math.max(best, part);
      });
      if (sent.outcome === 'stopped') return;
      if (sent.outcome === 'refused') return fail(entry, sent.reason);
      if (sent.outcome === 'done') {
        await store.remove(entry.item.id);
        change(entry, { state: 'done', progress: 1, clipId: sent.clipId });
        return onDone(entry.item);
      }
      // A line that carries something, however little, is not given up.
      if (best > before) tries = Math.min(tries, 2);
      if (navigator.onLine) await pause({ ms: 500 * 2 ** tries * (0.5 + Math.random()), signal });
    }
    fail(entry, 'connection');
  }

  function send(entry: Entry, chunkBytes: number, onPart: (part: number) => void) {
    const { content, id, name, uploadUrl } = entry.kept;
    if (content.kind !== 'prepared') throw new Error('sent before it was prepared');
    const takenAt = content.takenAt === null ? {} : { takenAt: String(content.takenAt) };
    return sendPhoto({
      bytes: content.bytes,
      metadata: { projectId, requestKey: id, fileName: name, ...takenAt },
      uploadUrl,
      chunkBytes,
      signal: entry.stop.signal,
      onUrl: (url) => void keep(entry, { uploadUrl: url }),
      onProgress: (part) => {
        onPart(part);
        change(entry, { progress: 0.05 + 0.93 * part });
      },
    });
  }

  return {
    add(files) {
      for (const file of files) {
        const kept: KeptPhoto = {
          id: crypto.randomUUID(),
          projectId,
          name: file.name,
          content: { kind: 'original', file },
          uploadUrl: null,
          addedAt: Date.now(),
        };
        enter(kept);
        void store.put(kept);
      }
      show();
      next();
    },

    cancel(id) {
      const entry = entries.get(id);
      if (!entry) return;
      entry.stop.abort();
      entries.delete(id);
      if (entry.item.previewUrl) URL.revokeObjectURL(entry.item.previewUrl);
      void store.remove(id);
      if (entry.kept.uploadUrl && entry.item.state !== 'done') void abandonPhoto(entry.kept.uploadUrl);
      show();
      next();
    },

    retry(id) {
      const entry = entries.get(id);
      if (entry?.item.state !== 'failed') return;
      // The server never takes up again what it has ended: a new key makes it a new upload.
      const isEnded = entry.item.reason === 'expired' || entry.item.reason === 'canceled';
      entries.delete(id);
      if (isEnded) void store.remove(id);
      const kept = isEnded ? { ...entry.kept, id: crypto.randomUUID(), uploadUrl: null } : entry.kept;
      const again = enter(kept);
      if (entry.item.previewUrl) URL.revokeObjectURL(entry.item.previewUrl);
      void store.put(again.kept);
      show();
      next();
    },

    async restore() {
      const kept = await store.list(projectId);
      if (ended.signal.aborted) return;
      for (const photo of kept) if (!entries.has(photo.id)) enter(photo);
      if (kept.length > 0) show();
      next();
    },

    dispose() {
      ended.abort();
      for (const entry of entries.values()) {
        entry.stop.abort();
        if (entry.item.previewUrl) URL.revokeObjectURL(entry.item.previewUrl);
      }
      preparer.dispose();
    },
  };
}

/** What can be shown at once; a HEIC only once it is prepared, since hardly any browser opens it. */
function previewOf({ content }: KeptPhoto): string | null {
  if (content.kind === 'prepared') return URL.createObjectURL(new Blob([content.bytes], { type: 'image/jpeg' }));
  const isHeic = /hei[cf]$/i.test(content.file.type) || /\.hei[cf]$/i.test(content.file.name);
  return isHeic ? null : URL.createObjectURL(content.file);
}

/** One tab at a time sends a photo; a second one then finds it done. */
async function withLock({ id, signal, work }: { id: string; signal: AbortSignal; work: () => Promise<void> }) {
  if (!navigator.locks) return work();
  await navigator.locks.request(`echoes-upload-${id}`, { signal }, work);
}

/** Resolves when there is a line, or when nobody waits for it any more. */
function online(signal: AbortSignal): Promise<void> {
  if (navigator.onLine || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    addEventListener('online', () => resolve(), { once: true, signal });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Waits, but no longer than until the line comes back or nobody waits for it any more. */
function pause({ ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const wake = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', wake, { once: true });
    addEventListener('online', wake, { once: true, signal });
  });
}
