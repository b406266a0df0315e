import { onWaking } from '~/components/waking';
import { createBringer } from './bring-photo.client';
import { createContents } from './contents';
import { createKeepAwake } from './keep-awake.client';
import { type KeptPhoto, newRequestKey } from './kept-photo';
import { createPreparer } from './prepare.client';
import { abandonPhoto } from './send-photo.client';
import { createTakenAtReader } from './taken-at';
import { photosAtOnce } from './upload-limits';
import { itemOf, type UploadItem, type UploadList } from './upload-list';
import { type UploadReason, uploadReasons } from './upload-reasons';
import { createUploadStore } from './upload-store.client';

export interface UploadQueue {
  /** Photos are about to be picked: a worker starts meanwhile. */
  warm(): void;
  add(photos: readonly KeptPhoto[]): void;
  /** Stops a photo and takes it off the list; what the server has of it is thrown away. */
  cancel(id: string): void;
  /** Sends it again. One that is in the film already is kept beside the other. */
  retry(id: string): void;
  /** An upload's card came into view: it gets a thumbnail before its photo is prepared. */
  see(id: string): void;
  /** Takes up what an earlier visit to this film has left unfinished. */
  restore(projectId: string): Promise<void>;
}

/** Progress is shown at most as often, in ms. */
const betweenSteps = 250;

interface Entry {
  kept: KeptPhoto;
  stop: AbortController;
  /** Ends the waiting for a thumbnail; null until one is asked for. */
  pictured: AbortController | null;
}

/**
 * Brings photos into their films: prepared on the device, sent in parts, two at a time (one where memory is scarce). Goes
 * on where it stopped, after a lost connection, a reload, or a page that was put away. Lives as long as its page, and puts
 * every change into `list`. `isSeen` tells whether an upload's card is in view.
 */
export function createUploadQueue({
  list,
  isSeen,
  atOnce = photosAtOnce(navigator),
}: {
  list: UploadList;
  isSeen: (id: string) => boolean;
  atOnce?: number;
}): UploadQueue {
  const store = createUploadStore();
  const preparer = createPreparer();
  const bring = createBringer({ store, preparer, takenAt: createTakenAtReader() });
  const entries = new Map<string, Entry>();
  /** Uploads of this page that have arrived or were canceled: a list that was read before must not bring them back. */
  const over = new Set<string>();
  const contents = createContents((id) => entries.has(id) && list.find(id)?.state !== 'failed');
  const lifetime = new AbortController().signal;
  const keepAwake = createKeepAwake({ signal: lifetime });
  let running = 0;
  let isPersistAsked = false;

  const itemOfEntry = ({ kept }: Entry) => list.find(kept.id);
  const isListed = (entry: Entry) => entries.get(entry.kept.id) === entry;

  function change(entry: Entry, news: Partial<UploadItem>) {
    const item = itemOfEntry(entry);
    if (item && isListed(entry)) list.put({ ...item, ...news });
  }

  async function keep(entry: Entry, news: Partial<KeptPhoto> = {}): Promise<void> {
    entry.kept = { ...entry.kept, ...news };
    const isKept = await store.put(entry.kept);
    // A photo that arrived or was taken off the list meanwhile must not come back with the next visit.
    const item = itemOfEntry(entry);
    if (!isListed(entry) || item?.state === 'done') void store.remove(entry.kept.id);
    if (isKept !== item?.isKept) change(entry, { isKept });
  }

  function enter(kept: KeptPhoto): Entry {
    const entry: Entry = { kept, stop: new AbortController(), pictured: null };
    entries.set(kept.id, entry);
    const item = list.find(kept.id);
    if (item?.state !== 'waiting' || item.isWaiting)
      list.put({ ...itemOf(kept), previewUrl: item?.previewUrl ?? null });
    if (isSeen(kept.id)) picture(entry);
    return entry;
  }

  /** Asks for a thumbnail, once. The photos that nobody sees get theirs when they are prepared. */
  function picture(entry: Entry) {
    const { content, id } = entry.kept;
    if (entry.pictured || itemOfEntry(entry)?.previewUrl) return;
    entry.pictured = new AbortController();
    const { signal } = entry.pictured;
    const file = content.kind === 'prepared' ? new Blob([content.bytes], { type: 'image/jpeg' }) : content.file;
    void preparer
      .thumbnail({ file, signal, isSeen: () => isSeen(id) })
      .then((thumbnail) => thumbnail && showPicture(entry, thumbnail));
  }

  function showPicture(entry: Entry, picture: Blob) {
    entry.pictured?.abort();
    if (isListed(entry) && !itemOfEntry(entry)?.previewUrl) change(entry, { previewUrl: URL.createObjectURL(picture) });
  }

  /** An upload that does not arrive gives way to those that were left because of it. */
  function giveWay({ kept }: Entry) {
    if (!contents.release(kept)) return;
    for (const { kept: other } of [...entries.values()])
      if (list.find(other.id)?.reason === 'already-here' && contents.areSame(kept, other)) enter(other);
    next();
  }

  function fail(entry: Entry, reason: UploadReason) {
    if (entry.stop.signal.aborted) return;
    // What can never succeed need not come back with the next visit.
    if (!uploadReasons[reason].retry) void store.remove(entry.kept.id);
    change(entry, { state: 'failed', isWaiting: false, reason });
    if (reason !== 'already-here') giveWay(entry);
  }

  /** Starts as many as may run at once, in the order in which they were picked. */
  function next() {
    for (const entry of entries.values()) {
      if (running >= atOnce) return;
      if (itemOfEntry(entry)?.state !== 'waiting') continue;
      running++;
      keepAwake(true);
      change(entry, { state: 'preparing', isWaiting: false, reason: null });
      void withLock({ id: entry.kept.id, signal: entry.stop.signal, work: () => work(entry) })
        .catch(() => fail(entry, 'unexpected'))
        .finally(() => {
          running--;
          next();
          keepAwake(running > 0);
        });
    }
  }

  async function work(entry: Entry): Promise<void> {
    let shownAt = 0;
    const brought = await bring({
      photo: entry.kept,
      signal: entry.stop.signal,
      news: {
        keep: (news) => keep(entry, news),
        onUrl: (uploadUrl) => {
          entry.kept = { ...entry.kept, uploadUrl };
        },
        onPrepared: (thumbnail) => {
          if (thumbnail) showPicture(entry, new Blob([thumbnail], { type: 'image/jpeg' }));
          change(entry, { state: 'sending', progress: 0.05 });
        },
        isUnderWay: (contentHash) => contents.isTaken(entry.kept, contentHash),
        onProgress: (part) => {
          // In steps that can be seen.
          const progress = Math.round((0.05 + 0.93 * part) * 20) / 20;
          if (progress === itemOfEntry(entry)?.progress || Date.now() - shownAt < betweenSteps) return;
          shownAt = Date.now();
          change(entry, { progress });
        },
        onWaiting: (isWaiting) => itemOfEntry(entry)?.isWaiting !== isWaiting && change(entry, { isWaiting }),
      },
    });
    if (brought.outcome === 'failed') fail(entry, brought.reason);
    if (brought.outcome !== 'done') return;
    await store.remove(entry.kept.id);
    change(entry, { state: 'done', progress: 1, isWaiting: false, clipId: brought.clipId });
    // Its bytes stay in memory until the last reference to them is gone.
    leave(entry.kept.id);
  }

  function leave(id: string) {
    over.add(id);
    entries.delete(id);
  }

  function retry(id: string) {
    const entry = entries.get(id);
    const item = list.find(id);
    if (!entry || item?.state !== 'failed') return;
    // The server never takes up again what it has ended: a new key makes it a new upload.
    const isHere = item.reason === 'already-here';
    const isEnded = isHere || item.reason === 'expired' || item.reason === 'canceled';
    entries.delete(id);
    if (isEnded) {
      void store.remove(id);
      list.remove(id);
    }
    void keep(
      enter(
        isEnded
          ? { ...entry.kept, ...(isHere && { keepsBoth: true }), id: newRequestKey(), uploadUrl: null }
          : entry.kept,
      ),
    );
    next();
  }

  onWaking(() => {
    for (const { id, reason } of [...list.all()]) if (reason === 'connection') retry(id);
  }, lifetime);

  return {
    warm: preparer.warm,
    see(id) {
      const entry = entries.get(id);
      if (entry) picture(entry);
    },

    add(photos) {
      for (const kept of photos) if (!entries.has(kept.id)) void keep(enter(kept));
      next();
      // Browsers clear what is kept without this when the device is full.
      if (!isPersistAsked) void navigator.storage?.persist?.().catch(() => undefined);
      isPersistAsked = true;
    },

    cancel(id) {
      const entry = entries.get(id);
      const isDone = list.find(id)?.state === 'done';
      leave(id);
      list.remove(id);
      if (!entry) return;
      entry.stop.abort();
      entry.pictured?.abort();
      void store.remove(id);
      if (entry.kept.uploadUrl && !isDone) void abandonPhoto(entry.kept.uploadUrl);
      giveWay(entry);
      next();
    },

    retry,

    async restore(projectId) {
      const kept = await store.list(projectId);
      for (const photo of kept) if (!entries.has(photo.id) && !over.has(photo.id)) enter(photo);
      next();
    },
  };
}

/** One tab at a time sends a photo; a second one then finds it done. */
async function withLock({ id, signal, work }: { id: string; signal: AbortSignal; work: () => Promise<void> }) {
  if (!navigator.locks) return work();
  await navigator.locks.request(`echoes-upload-${id}`, { signal }, work);
}
