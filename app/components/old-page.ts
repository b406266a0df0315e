/** Which version of the page has been reloaded already, so that no page reloads itself twice. */
const reloadedKey = 'echoes-reloaded';

/** How often a page that waits for its moment looks again, in ms. */
const lookAgain = 1000;

/**
 * Reloads this page if it belongs to an earlier deployment, whose scripts and addresses may be gone: asking for them again
 * is in vain. Waits for a moment when nothing is lost, and reloads once. Does nothing when the page is current or the connection is lost.
 */
export async function leaveOldPage(): Promise<void> {
  const page = (window as { __remixManifest?: { version: string; url: string } }).__remixManifest;
  if (!page || readReloaded() === page.version) return;
  // HEAD goes past the service worker, which may still have a file that the server has no more.
  const status = await fetch(page.url, { method: 'HEAD', cache: 'no-store' }).then(
    (response) => response.status,
    () => 0,
  );
  if (status !== 404 && status !== 410) return;
  while (isBusy()) await new Promise((resolve) => setTimeout(resolve, lookAgain));
  try {
    sessionStorage.setItem(reloadedKey, page.version);
  } catch {
    // Without a memory of it the page might reload for ever.
    return;
  }
  location.reload();
}

/**
 * Call with the status that a page's request was answered with: an address that is not there may have moved since the
 * page was loaded. A page of the current deployment stays.
 */
export function leaveWhereMoved(status: number): void {
  if ([404, 405, 410].includes(status)) void leaveOldPage();
}

function readReloaded(): string | null {
  try {
    return sessionStorage.getItem(reloadedKey);
  } catch {
    return null;
  }
}

/** True while a person writes, has a sheet open or watches a film, or a photo is on its way that the device cannot keep. */
function isBusy(): boolean {
  return (
    document.activeElement?.matches('input:not([type=file]), textarea, select') === true ||
    document.querySelector('dialog:modal, [data-film-state="playing"], [data-must-stay]') !== null
  );
}
