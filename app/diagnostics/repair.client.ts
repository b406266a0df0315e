import { createUploadStore, eraseUploads } from '~/photos/upload-store.client';

/** What a repair came to. `left` names what could not be put right. */
export interface Repaired {
  removedPhotos: number;
  left: string[];
}

/** Photos on this device that Echoes does not have yet, by name; null where their store cannot be opened. */
export async function unsentPhotos(): Promise<{ id: string; name: string }[] | null> {
  const kept = await createUploadStore().all();
  return kept?.map(({ id, name }) => ({ id, name })) ?? null;
}

/**
 * Removes everything on this device that Echoes makes anew when a page loads: its service worker and its caches. The
 * page has to be loaded again: Chromium lets a worker go only with the pages it serves. Photos not yet sent stay unless
 * `removeUnsent` says otherwise. Keys of acts whose answer was lost stay always: with them, what was paid is not paid
 * again.
 */
export async function repair({ removeUnsent }: { removeUnsent: boolean }): Promise<Repaired> {
  const left: string[] = [];
  const attempt = async (what: string, act: () => Promise<unknown>) => {
    try {
      await act();
    } catch {
      left.push(what);
    }
  };
  let removedPhotos = 0;
  if (removeUnsent)
    await attempt('the photos not yet sent', async () => {
      const before = await createUploadStore().all();
      await eraseUploads();
      removedPhotos = before?.length ?? 0;
    });
  await attempt('what was kept for the time without network', async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith('echoes-')).map((name) => caches.delete(name)));
  });
  await attempt('the offline page', async () => {
    const found = await navigator.serviceWorker.getRegistrations();
    await Promise.all(found.map((registration) => registration.unregister()));
  });
  return { removedPhotos, left };
}

const outcomeKey = 'echoes-repaired';

/** Loads the page again, which then shows what the repair came to. */
export function reloadWith(repaired: Repaired): void {
  try {
    sessionStorage.setItem(outcomeKey, JSON.stringify(repaired));
  } catch {
    // A browser that keeps no notes loads the page without a word.
  }
  location.reload();
}

/** What the repair came to after which this page was loaded, once; null otherwise. */
export function takeOutcome(): Repaired | null {
  try {
    const kept = sessionStorage.getItem(outcomeKey);
    sessionStorage.removeItem(outcomeKey);
    return kept === null ? null : (JSON.parse(kept) as Repaired);
  } catch {
    return null;
  }
}
