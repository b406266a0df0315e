// Echoes without a network. It keeps what never changes (hashed files under /assets: scripts, styles, faces) and one page
// that says that the network is gone. It never keeps a page of a signed-in person, an answer of a door, or anything
// under /media: what is private stays between the browser and the server.

const assets = 'echoes-assets-1';
const offline = 'echoes-offline-1';
const offlinePage = '/offline';
const mostAssets = 120;

self.addEventListener('install', (event) => {
  event.waitUntil(keepOfflinePage().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      // Navigations start at once, without waiting for this worker to wake up.
      await self.registration.navigationPreload?.enable();
      for (const name of await caches.keys()) {
        if (name !== assets && name !== offline) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(kept(request));
  else if (request.mode === 'navigate') event.respondWith(pageOrOffline(event));
});

/** The offline page with everything it needs, so that it looks like Echoes. */
async function keepOfflinePage() {
  const answer = await fetch(offlinePage, { credentials: 'omit' });
  if (!answer.ok) throw new Error(`The offline page answered ${answer.status}`);
  const html = await answer.clone().text();
  const files = new Set([...html.matchAll(/"(\/(?:assets\/|favicon)[^"#]+)/g)].map((found) => found[1]));
  const cache = await caches.open(offline);
  await cache.addAll([...files]);
  await cache.put(offlinePage, answer);
}

/** A hashed file: once fetched, never asked for again. The oldest make room. */
async function kept(request) {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && answer.status === 200) {
    const cache = await caches.open(assets);
    await cache.put(request, answer.clone());
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - mostAssets)).map((key) => cache.delete(key)));
  }
  return answer;
}

/** The page from the network as ever; only where there is none, the offline page. Nothing is kept. */
async function pageOrOffline(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(offlinePage)) ?? Response.error();
  }
}
