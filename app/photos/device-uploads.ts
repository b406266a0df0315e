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
  add(photos: { projectId: string; files: readonly File[] }): void;
  cancel(id: string): void;
  retry(id: string): void;
  /** Tells whether an upload's card is in view: its thumbnail then goes first. */
  see(id: string, isSeen: boolean): void;
}

/** How long a page is left alone before it takes up old uploads, in ms. */
const idleBefore = 1000;

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
  let isLost = false;

  function queue(): Promise<UploadQueue> {
    opened ??= load(() => import('./upload-queue.client'), {
      onLost: () => {
        isLost = true;
        for (const photo of picked.values()) show(photo);
      },
    }).then(({ createUploadQueue }) => createUploadQueue({ list, isSeen: (id) => seen.has(id) }));
    return opened;
  }

  const show = (photo: KeptPhoto) => list.put({ ...itemOf(photo), isWaiting: isLost });

  function bring(photos: readonly KeptPhoto[]) {
    for (const photo of photos) {
      picked.set(photo.id, photo);
      show(photo);
    }
    let isHandedOver = false;
    void queue().then((queue) => {
      isHandedOver = true;
      queue.add(photos.filter(({ id }) => picked.delete(id)));
    });
    // A loaded queue takes the photos within this task; a script that still loads may need minutes.
    setTimeout(async () => {
      for (const photo of photos) {
        if (isHandedOver || !picked.has(photo.id)) continue;
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
      if (early.length > 0) bring(inOrderOfNames(early));
      const idle = setTimeout(() => void queue().then((queue) => queue.restore(projectId)), idleBefore);
      return () => {
        clearTimeout(idle);
        list.forgetDone(projectId);
      };
    },
    add({ projectId, files }) {
      bring(inOrderOfNames(files.map((file) => newlyPicked({ file, projectId }))));
    },
    cancel(id) {
      if (!picked.delete(id)) return void queue().then((queue) => queue.cancel(id));
      list.remove(id);
      void store().remove(id);
    },
    retry: (id) => void queue().then((queue) => queue.retry(id)),
    see(id, isSeen) {
      if (isSeen) seen.add(id);
      else seen.delete(id);
    },
  };
}
