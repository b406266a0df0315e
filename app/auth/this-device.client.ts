// What a browser stores for a person ends with them: a phone may be shared. A page belongs to the person for whom it was
// made (`data-person` of its document), whoever is signed in by now.
import { load } from '~/components/waking';
import { personHere } from '~/photos/kept-photo';
import type { UploadStore } from '~/photos/upload-store.client';

const personKey = 'echoes-person';
const removedKey = (person: string) => `echoes-removed:${person}`;

/** The caches of the service worker that hold media of people (public/sw.js). */
const mediaCaches = 'echoes-media-';

/** Photos that have not arrived. Its script is loaded behind the page's own. */
const openUploads = (attempts?: number): Promise<UploadStore> =>
  load(() => import('~/photos/upload-store.client'), attempts ? { attempts } : {}).then(({ createUploadStore }) =>
    createUploadStore(),
  );

/** The other pages of this origin are told here who is signed in: a person's id, or nothing after a sign-out. */
const openChannel = () => (typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(personKey));

/**
 * Call on each page before anything reads what is stored. Empties what another person has left in this browser; removed
 * photos are counted for them. A page that is shown again from memory, or stays open while somebody else signs in, is
 * loaded anew, and is not seen until then.
 */
export function keepDeviceToPerson(): void {
  const person = personHere();
  if (person === '') return;
  addEventListener('pageshow', ({ persisted }) => persisted && leavePage(() => location.reload()));
  const channel = openChannel();
  channel?.addEventListener('message', ({ data }) => {
    if (data !== personHere()) leavePage(() => location.replace('/'));
  });
  channel?.postMessage(person);
  for (const storage of storages()) keepToPerson(storage, person);
  void openUploads().then(removeOthers);
  void removeCaches((name) => name !== mediaCaches + person);
}

/**
 * Ends the session by `post`, empties this browser, and tells its other pages. False, with nothing changed, where the
 * answer is no redirect, or the script that removes photos did not load.
 */
export async function leaveDevice(post: () => Promise<Response>): Promise<boolean> {
  const uploads = await openUploads(3).catch(() => null);
  if (!uploads) return false;
  await removeOthers(uploads);
  const counts = storages()
    .slice(0, 1)
    .flatMap((storage) => Object.entries(storage).filter(([key]) => isCount(key)));
  const { dataset } = document.documentElement;
  // The page's socket hears of the end of the session before this answer arrives.
  dataset.leaving = '';
  const answer = await post().catch(() => null);
  if (answer?.type !== 'opaqueredirect') {
    delete dataset.leaving;
    return false;
  }
  hidePage();
  // From now on this page stores nothing: an upload may still be under way.
  delete dataset.person;
  const emptyStorages = () => storages().forEach(empty);
  emptyStorages();
  // A page that is left remembers where it was scrolled to, and where its film was.
  addEventListener('pagehide', emptyStorages);
  document.addEventListener('visibilitychange', emptyStorages);
  await Promise.all([uploads.clear(), removeCaches(() => true)]);
  // The answer may have had the browser empty its storage.
  for (const [key, count] of counts) for (const storage of storages().slice(0, 1)) store(storage, key, count);
  openChannel()?.postMessage('');
  return true;
}

/** How many photos of this person were removed here when somebody else signed in. `forget` ends that. */
export function removedPhotos({ forget = false } = {}): number {
  const key = removedKey(personHere());
  for (const storage of storages()) {
    const count = Number(storage.getItem(key));
    if (forget) storage.removeItem(key);
    if (count > 0) return count;
  }
  return 0;
}

/** The browser's stores; those that it refuses are left out. */
function storages(): Storage[] {
  return [() => localStorage, () => sessionStorage].flatMap((open) => {
    try {
      return [open()];
    } catch {
      return [];
    }
  });
}

function keepToPerson(storage: Storage, person: string): void {
  const known = storage.getItem(personKey);
  if (known === person) return;
  if (known !== null) empty(storage);
  store(storage, personKey, person);
}

/** Removes everything but the counts of removed photos. */
function empty(storage: Storage): void {
  for (const key of Object.keys(storage)) if (!isCount(key)) storage.removeItem(key);
}

const isCount = (key: string) => key.startsWith(removedKey(''));

function store(storage: Storage, key: string, value: string): void {
  try {
    storage.setItem(key, value);
  } catch {
    // A browser that stores nothing keeps nothing of anybody.
  }
}

async function removeOthers(uploads: UploadStore): Promise<void> {
  const [storage] = storages();
  for (const [person, count] of await uploads.removeOthers()) {
    const key = removedKey(person);
    if (storage) store(storage, key, String(count + Number(storage.getItem(key))));
  }
}

async function removeCaches(isOld: (name: string) => boolean): Promise<void> {
  try {
    const names = await caches.keys();
    await Promise.all(
      names.filter((name) => name.startsWith(mediaCaches) && isOld(name)).map((name) => caches.delete(name)),
    );
  } catch {
    // A browser that forbids caches has none.
  }
}

function leavePage(leave: () => void): void {
  hidePage();
  leave();
}

function hidePage(): void {
  document.documentElement.style.visibility = 'hidden';
  // Nothing of this page is worth a question before it is left.
  addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), { capture: true });
}
