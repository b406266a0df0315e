import { load } from '~/components/waking';
import { lazy } from '~/lazy';
import { takeEarlyPhotos } from './early-photos';
import { inOrderOfNames, type KeptPhoto, newlyPicked } from './kept-photo';
import { createUploadList, itemOf, type UploadList } from './upload-list';
import type { UploadQueue } from './upload-queue.client';
import { createUploadStore } from './upload-store.client';

/** The photos on their way from this page, whichever of its films is shown. */
export interface DeviceUploads {
  list: UploadList;
  /** Takes up what was picked before the page's scripts ran, and soon what an earlier visit to this film has left. */
  open(projectId: string): () => void;
  /** Photos are about to be picked: what it takes to send them is fetched meanwhile. */
  warm(): void;
  add(photos: { projectId: string; files: readonly File[] }): void;
  cancel(id: string): void;
  retry(id: string): void;
  /** Tells whether an upload's card is in view: its thumbnail then goes first. */
  see(id: string, isSeen: boolean): void;
  /** This person's photos that have not arrived, of every film, oldest first. */
  unsent(): Promise<{ id: string; projectId: string }[]>;
  /** Sends these, and calls `onChange` when one has arrived or failed. Returns the end of the calls. */
  sendAll(photos: readonly { projectId: string }[], onChange: () => void): () => void;
}

/** How long a page is left alone before it takes up old uploads, in ms. */
const idleBefore = 1000;

/** Cards that are added in one task: more than a phone shows. */
const sliceOfCards = 10;

/**
 * The script that sends photos is loaded with the first photo, or when the page is idle. Photos picked before that have
 * their cards at once, and are stored.
 */
export function createDeviceUploads(): DeviceUploads {
  const list = createUploadList();
  // On the server, which renders pages too, there is no such store.
  const store = lazy(() => createUploadStore());
  const seen = new Set<string>();
  /** Picked, and not handed to the queue yet. */
  const picked = new Map<string, KeptPhoto>();
  let opened: Promise<UploadQueue> | null = null;
  let loaded: UploadQueue | null = null;
  let isLost = false;

  function queue(): Promise<UploadQueue> {
    opened ??= load(() => import('./upload-queue.client'), {
      onLost: () => {
        isLost = true;
        for (const photo of picked.values()) show(photo);
      },
    }).then(({ createUploadQueue }) => {
      loaded = createUploadQueue({ list, isSeen: (id) => seen.has(id) });
      return loaded;
    });
    return opened;
  }

  const show = (photo: KeptPhoto) => list.put({ ...itemOf(photo), isWaiting: isLost });

  /** Slice by slice, so that the page answers between: fifty cards at once take a slow phone a quarter of a second. */
  async function bring(photos: readonly KeptPhoto[]) {
    for (const photo of photos) picked.set(photo.id, photo);
    for (let at = 0; at < photos.length; at += sliceOfCards) {
      if (at > 0) await new Promise((resolve) => setTimeout(resolve));
      const slice = photos.slice(at, at + sliceOfCards).filter(({ id }) => picked.has(id));
      if (loaded) loaded.add(slice.filter(({ id }) => picked.delete(id)));
      else keepUntilLoaded(slice);
    }
  }

  /** The script may need minutes; until then the photos have their cards, and are stored. */
  function keepUntilLoaded(photos: readonly KeptPhoto[]) {
    for (const photo of photos) show(photo);
    void queue().then((queue) => queue.add(photos.filter(({ id }) => picked.delete(id))));
    setTimeout(async () => {
      for (const photo of photos) {
        if (!picked.has(photo.id)) continue;
        const isKept = await store().put(photo);
        const item = list.find(photo.id);
        if (!isKept && item && picked.has(photo.id)) list.put({ ...item, isKept });
      }
    });
  }

  // A page that is left while the device cannot keep a photo loses it: the browser asks first.
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  const guarded = new Set<string>();
  let isWarning = false;
  function guardLeaving() {
    const mustStay = [...list.all()].some(
      ({ isKept, state, reason }) => !isKept && state !== 'done' && reason === null,
    );
    if (mustStay === isWarning) return;
    isWarning = mustStay;
    document.documentElement.toggleAttribute('data-must-stay', mustStay);
    if (mustStay) addEventListener('beforeunload', warn);
    else removeEventListener('beforeunload', warn);
  }

  return {
    list,
    open(projectId) {
      if (!guarded.has(projectId)) list.subscribe(projectId, guardLeaving);
      guarded.add(projectId);
      const early = takeEarlyPhotos().filter((photo) => photo.projectId === projectId);
      if (early.length > 0) void bring(inOrderOfNames(early));
      const idle = setTimeout(() => void queue().then((queue) => queue.restore(projectId)), idleBefore);
      return () => {
        clearTimeout(idle);
        list.forgetDone(projectId);
      };
    },
    warm: () => void queue().then((queue) => queue.warm()),
    add({ projectId, files }) {
      void bring(inOrderOfNames(files.map((file) => newlyPicked({ file, projectId }))));
    },
    cancel(id) {
      if (!picked.delete(id)) return void queue().then((queue) => queue.cancel(id));
      list.remove(id);
      void store().remove(id);
    },
    retry: (id) => void queue().then((queue) => queue.retry(id)),
    async unsent() {
      const kept = (await store().all()) ?? [];
      const known = new Set(kept.map(({ id }) => id));
      // Where the browser keeps nothing, the page alone knows them.
      const here = [...list.all()].filter(({ id, state, isKept }) => !known.has(id) && state !== 'done' && !isKept);
      return [...kept, ...here].map(({ id, projectId }) => ({ id, projectId }));
    },
    sendAll(photos, onChange) {
      const films = [...new Set(photos.map(({ projectId }) => projectId))];
      const ends = films.map((projectId) => list.subscribe(projectId, onChange));
      for (const projectId of films) void queue().then((queue) => queue.restore(projectId));
      return () => {
        for (const end of ends) end();
      };
    },
    see(id, isSeen) {
      if (isSeen) seen.add(id);
      else seen.delete(id);
      if (isSeen) loaded?.see(id);
    },
  };
}
