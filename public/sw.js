// The service worker: hashed files under /assets come from a cache, and a navigation that finds no network gets the offline
// page. It stores no page of a signed-in person, no answer of a form post and nothing under /media.

const assets = 'echoes-assets-1';
const offline = 'echoes-offline-1';
const offlinePage = '/offline';
const maxAssets = 120;

self.addEventListener('install', (event) => {
  event.waitUntil(storeOfflinePage().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // The pages that remove this worker load without it, whatever is wrong below.
  if (url.pathname === '/repair' || url.pathname === '/diagnostics') return;
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event));
  else if (request.mode === 'navigate') event.respondWith(pageOrOffline(event));
});

async function activate() {
  // Navigations start at once, without waiting for this worker to wake up.
  await self.registration.navigationPreload?.enable();
  for (const name of await caches.keys()) {
    if (name.startsWith('echoes-') && name !== assets && name !== offline) await caches.delete(name);
  }
  await self.clients.claim();
}

/** Stores the offline page again where the browser has dropped it. */
async function restoreOfflinePage() {
  if (!(await caches.match(offlinePage))) await storeOfflinePage();
}

/** Stores the offline page and every file it needs. */
async function storeOfflinePage() {
  const answer = await fetch(offlinePage, { credentials: 'omit', cache: 'no-cache' });
  if (!answer.ok) throw new Error(`The offline page answered ${answer.status}`);
  const html = await answer.clone().text();
  const files = new Set([...html.matchAll(/"(\/(?:assets\/|favicon)[^"#]+)/g)].map(([, path]) => path));
  // In a private window of WebKit a cache loses its entries with the worker that wrote them, and then takes no others.
  if (!(await caches.match(offlinePage))) await caches.delete(offline);
  const cache = await caches.open(offline);
  await cache.addAll([...files]);
  await cache.put(offlinePage, answer);
}

/** A hashed file from the cache, else from the network. A cache that fails (storage full or refused) is as good as none. */
async function asset(event) {
  const stored = await caches.match(event.request).catch(() => undefined);
  if (stored) return stored;
  const answer = await fetch(event.request);
  if (answer.status === 200) event.waitUntil(storeAsset(event.request, answer.clone()).catch(() => undefined));
  return answer;
}

/** Stores a file; beyond `maxAssets` the oldest ones are removed. */
async function storeAsset(request, answer) {
  const cache = await caches.open(assets);
  await cache.put(request, answer);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - maxAssets)).map((key) => cache.delete(key)));
}

/** The page from the network; without one, the offline page. */
async function pageOrOffline(event) {
  // Firefox resolves a preload that failed to an error response; other browsers reject.
  const preloaded = await Promise.resolve(event.preloadResponse).catch(() => undefined);
  try {
    const answer = preloaded && preloaded.type !== 'error' ? preloaded : await fetch(event.request);
    event.waitUntil(restoreOfflinePage().catch(() => undefined));
    return answer;
  } catch {
    const stored = await caches.match(offlinePage).catch(() => undefined);
    return stored ?? Response.error();
  }
}
