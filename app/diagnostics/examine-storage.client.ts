import { check } from './check.client';
import type { Finding } from './findings';

const megabytes = (bytes = 0) => `${Math.round(bytes / 1e6)} MB`;

/** What is kept on this device and whether it can be. */
export function examineStorage(): Promise<Finding[]> {
  return Promise.all([
    check('Photos on their way are kept', async () => {
      try {
        return await writeAndRead(new Blob(['photo']));
      } catch {
        // Some keep no files, or none in a private window: then the photo's bytes are kept.
        return `${await writeAndRead(new ArrayBuffer(5))}as bytes`;
      }
    }),
    check('Room', async () => {
      if (!navigator.storage?.estimate) return { state: 'partly', detail: 'not told' };
      const { usage, quota } = await navigator.storage.estimate();
      return `${megabytes(usage)} of ${megabytes(quota)} used`;
    }),
    check('Kept when the device is full', async () => {
      if (!(await navigator.storage?.persisted?.())) return { state: 'partly', detail: 'the browser may clear it' };
      return '';
    }),
    check('Small notes', async () => {
      localStorage.setItem('echoes-check', '1');
      localStorage.removeItem('echoes-check');
      return '';
    }),
    check('Offline page', async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      if (!registration) throw new Error('no service worker');
      const { active, waiting } = registration;
      const names = await caches.keys();
      const detail = `${active?.state ?? 'not active'}${waiting ? ', a newer one waits' : ''}; ${names.join(', ')}`;
      return { state: active?.state === 'activated' && names.length > 0 ? 'yes' : 'partly', detail };
    }),
    check('Messages while Echoes is closed', async () => {
      if (!('PushManager' in window)) return { state: 'partly', detail: 'not offered' };
      return `permission: ${Notification.permission}`;
    }),
  ]);
}

/** Writes five bytes into a separate database, reads them back, and deletes it. */
async function writeAndRead(photo: Blob | ArrayBuffer): Promise<string> {
  const name = 'echoes-check';
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('files');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const transaction = database.transaction('files', 'readwrite');
      transaction.objectStore('files').put(photo, 1);
      const read = transaction.objectStore('files').get(1);
      transaction.oncomplete = () =>
        (read.result?.size ?? read.result?.byteLength) === 5
          ? resolve()
          : reject(new Error('what was written is not read'));
      transaction.onerror = () => reject(transaction.error ?? new Error('what was written is not kept'));
      transaction.onabort = transaction.onerror;
    });
    return '';
  } finally {
    database.close();
    indexedDB.deleteDatabase(name);
  }
}

/** Whether the server is reached, by question and by socket. */
export function examineConnections(): Promise<Finding[]> {
  return Promise.all([
    check('Network', async () => {
      if (!navigator.onLine) throw new Error('this device says it is offline');
      return '';
    }),
    check('Echoes answers', async () => {
      const begun = performance.now();
      const answer = await fetch('/healthz', { cache: 'no-store' });
      if (!answer.ok) throw new Error(`answer ${answer.status}`);
      return `in ${Math.round(performance.now() - begun)} ms`;
    }),
    check(
      'Live news',
      () =>
        new Promise<string>((resolve, reject) => {
          const begun = performance.now();
          const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/live`);
          socket.onopen = () => {
            resolve(`socket open in ${Math.round(performance.now() - begun)} ms`);
            socket.close();
          };
          socket.onerror = () => reject(new Error('no socket; the page asks again by itself instead'));
        }),
    ),
  ]);
}
