/** A broken service worker: answers every navigation but `/repair` with an error. */
export const brokenWorker = `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  if (new URL(event.request.url).pathname === '/repair') return;
  event.respondWith(Promise.reject(new Error('broken')));
});`;

/** Runs in the page: replaces the service worker by the broken one at `/broken-sw.js`; resolves once it is active. */
export async function breakWorker(): Promise<void> {
  const registration = await navigator.serviceWorker.register('/broken-sw.js', { scope: '/' });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (worker?.state === 'activated') return;
  await new Promise<void>((resolve) =>
    worker?.addEventListener('statechange', () => worker.state === 'activated' && resolve()),
  );
}
