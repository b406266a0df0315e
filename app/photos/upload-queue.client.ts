import { onWaking } from '~/components/waking';
import { createBringer } from './bring-photo.client';
import { createKeepAwake } from './keep-awake.client';
import { createPreparer } from './prepare.client';
import { abandonPhoto } from './send-photo.client';
import { createTakenAtReader } from './taken-at';
import { createThumbnails } from './thumbnails.client';
import { photosAtOnce } from './upload-limits';
import { type UploadReason, uploadReasons } from './upload-reasons';
import { createUploadStore, type KeptPhoto, newRequestKey } from './upload-store.client';

/** A photo on its way, as a page shows it. */
export interface UploadItem {
  id: string;
  name: string;
  /** A picture of it to show at once; an object URL of this page. */
  previewUrl: string | null;
  state: 'waiting' | 'preparing' | 'sending' | 'done' | 'failed';
  /** 0 to 1. */
  progress: number;
  /** True while nothing moves for want of a connection. */
  isWaiting: boolean;
  /** False where a reload would lose it: the browser keeps nothing. */
  isKept: boolean;
  /** Why it failed; a key of `uploadReasons`. */
  reason: UploadReason | null;
  /** The clip it has become. */
  clipId: string | null;
}

export interface UploadQueue {
  add(photos: readonly KeptPhoto[]): void;
  /** Stops a photo and takes it off the list; what the server has of it is thrown away. */
  cancel(id: string): void;
  retry(id: string): void;
  /** Takes up what an earlier visit to this film has left unfinished. */
  restore(): Promise<void>;
  /** Stops everything that runs; photos stay kept for `restore`. */
  dispose(): void;
}

interface Entry {
  item: UploadItem;
  kept: KeptPhoto;
  stop: AbortController;
}

/**
 * Brings photos into a film: prepared on the device, sent in parts, two at a time (one where memory is scarce). Goes on
 * where it stopped, after a lost connection, a reload, or a page that was put away. `onChange` gets a new list for every
 * change.
 */
export function createUploadQueue({
  projectId,
  onChange,
  onDone,
  atOnce = photosAtOnce(navigator),
}: {
  projectId: string;
  onChange: (items: readonly UploadItem[]) => void;
  onDone: (item: UploadItem) => void;
  atOnce?: number;
}): UploadQueue {
  const store = createUploadStore();
  const preparer = createPreparer({ workers: atOnce });
  const bring = createBringer({ store, preparer, takenAt: createTakenAtReader() });
  const entries = new Map<string, Entry>();
  const ended = new AbortController();
  const thumbnails = createThumbnails();
  const keepAwake = createKeepAwake({ signal: ended.signal });
  let running = 0;

  const show = () => onChange([...entries.values()].map((entry) => entry.item));

  function change(entry: Entry, news: Partial<UploadItem>) {
    if (entries.get(entry.item.id) !== entry) return;
    entry.item = { ...entry.item, ...news };
    show();
  }

  async function keep(entry: Entry, news: Partial<KeptPhoto> = {}): Promise<void> {
    entry.kept = { ...entry.kept, ...news };
    const isKept = await store.put(entry.kept);
    // A photo that arrived or was taken off the list meanwhile must not come back with the next visit.
    const isGone = !ended.signal.aborted && !entries.has(entry.item.id);
    if (isGone || entry.item.state === 'done') void store.remove(entry.item.id);
    if (isKept !== entry.item.isKept) change(entry, { isKept });
  }

  function enter(kept: KeptPhoto): Entry {
    const { id, name } = kept;
    const still = { progress: 0, isWaiting: false, isKept: true, reason: null, clipId: null };
    const item: UploadItem = { id, name, previewUrl: null, state: 'waiting', ...still };
    const entry = { item, kept, stop: new AbortController() };
    entries.set(id, entry);
    if (kept.content.kind === 'prepared') showPicture(entry);
    else void thumbnails.of(kept.content.file).then((picture) => picture && showPicture(entry, picture));
    return entry;
  }

  /** Gives a photo its preview, if it has none yet: a thumbnail, or the picture as it travels. */
  function showPicture(entry: Entry, picture?: Blob) {
    const { content } = entry.kept;
    const shown = content.kind === 'prepared' ? new Blob([content.bytes], { type: 'image/jpeg' }) : picture;
    if (!shown || entry.item.previewUrl || entries.get(entry.item.id) !== entry) return;
    change(entry, { previewUrl: URL.createObjectURL(shown) });
  }

  function fail(entry: Entry, reason: UploadReason) {
    if (entry.stop.signal.aborted) return;
    // What can never succeed need not come back with the next visit.
    if (!uploadReasons[reason].retry) void store.remove(entry.item.id);
    change(entry, { state: 'failed', isWaiting: false, reason });
  }

  /** Starts as many as may run at once, in the order in which they were picked. */
  function next() {
    for (const entry of entries.values()) {
      if (running >= atOnce || ended.signal.aborted) return;
      if (entry.item.state !== 'waiting') continue;
      running++;
      keepAwake(true);
      change(entry, { state: 'preparing', reason: null });
      void withLock({ id: entry.item.id, signal: entry.stop.signal, work: () => work(entry) })
        .catch(() => fail(entry, 'unexpected'))
        .finally(() => {
          running--;
          next();
          keepAwake(running > 0);
        });
    }
  }

  async function work(entry: Entry): Promise<void> {
    const brought = await bring({
      photo: entry.kept,
      signal: entry.stop.signal,
      news: {
        keep: (news) => keep(entry, news),
        onPrepared: () => {
          showPicture(entry);
          change(entry, { state: 'sending', progress: 0.05 });
        },
        onProgress: (part) => {
          // In steps that can be seen: each change draws the list anew.
          const progress = Math.round((0.05 + 0.93 * part) * 20) / 20;
          if (progress !== entry.item.progress) change(entry, { progress });
        },
        onWaiting: (isWaiting) => entry.item.isWaiting !== isWaiting && change(entry, { isWaiting }),
      },
    });
    if (brought.outcome === 'failed') fail(entry, brought.reason);
    if (brought.outcome !== 'done') return;
    await store.remove(entry.item.id);
    change(entry, { state: 'done', progress: 1, isWaiting: false, clipId: brought.clipId });
    onDone(entry.item);
  }

  function retry(id: string) {
    const entry = entries.get(id);
    if (entry?.item.state !== 'failed') return;
    // The server never takes up again what it has ended: a new key makes it a new upload.
    const isEnded = entry.item.reason === 'expired' || entry.item.reason === 'canceled';
    entries.delete(id);
    if (isEnded) void store.remove(id);
    const again = enter(isEnded ? { ...entry.kept, id: newRequestKey(), uploadUrl: null } : entry.kept);
    if (entry.item.previewUrl) URL.revokeObjectURL(entry.item.previewUrl);
    void keep(again);
    show();
    next();
  }

  onWaking(() => {
    for (const { item } of [...entries.values()]) if (item.reason === 'connection') retry(item.id);
  }, ended.signal);

  return {
    add(photos) {
      for (const kept of photos) if (!entries.has(kept.id)) void keep(enter(kept));
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

    retry,

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
      thumbnails.dispose();
    },
  };
}

/** One tab at a time sends a photo; a second one then finds it done. */
async function withLock({ id, signal, work }: { id: string; signal: AbortSignal; work: () => Promise<void> }) {
  if (!navigator.locks) return work();
  await navigator.locks.request(`echoes-upload-${id}`, { signal }, work);
}
