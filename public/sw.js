// The service worker: hashed files under /assets come from a cache, and a navigation that finds no network gets the offline
// page. Media of the signed-in person is stored here and nowhere else in the browser, so that it can be removed: it is shown
// only after the server has said that it still may be. No page of a signed-in person and no answer of a form post is stored.

const assets = 'echoes-assets-1';
const offline = 'echoes-offline-1';
const offlinePage = '/offline';
const maxAssets = 120;

/** The name of a person's media cache, without the person. */
const media = 'echoes-media-';
/** How many files of a kind are kept of a person: a wall of photos, and the clips of a long film. */
const maxMedia = { jpg: 300, mp4: 40 };

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
  else if (isOwnMedia(request, url)) event.respondWith(mediaFile(event, url));
  else if (request.mode === 'navigate') event.respondWith(pageOrOffline(event));
});

async function activate() {
  // Navigations start at once, without waiting for this worker to wake up.
  await self.registration.navigationPreload?.enable();
  for (const name of await caches.keys()) {
    const isOurs = name === assets || name === offline || name.startsWith(media);
    if (name.startsWith('echoes-') && !isOurs) await caches.delete(name);
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
  const answer = await fetched(event, event.request);
  if (answer.status === 200) event.waitUntil(store(assets, event.request, answer.clone(), maxAssets));
  return answer;
}

/**
 * The answer of the network; an empty one where the page has gone or waits no more, since Firefox writes an error to the
 * console for an answer that rejects.
 */
async function fetched({ request: { signal } }, ...given) {
  try {
    return await fetch(...given);
  } catch (error) {
    if (signal.aborted) return new Response(null, { status: 408 });
    throw error;
  }
}

/** Stores a file; beyond `most` of its kind the oldest ones are removed. A cache that fails stores nothing. */
async function store(name, request, answer, most, isAlike = () => true) {
  try {
    const cache = await caches.open(name);
    await cache.put(request, answer);
    const alike = (await cache.keys()).filter(isAlike);
    await Promise.all(alike.slice(0, Math.max(0, alike.length - most)).map((key) => cache.delete(key)));
  } catch {
    // The next request asks the network again.
  }
}

/** A whole file of the person who asks. Parts of files, which video elements ask for, go past the cache. */
function isOwnMedia({ headers }, { pathname, searchParams }) {
  return pathname.startsWith('/media/') && searchParams.get('as') === 'owner' && !headers.has('Range');
}

/** Media that the server allows to be shown now; its bytes come from the cache where they are there. */
async function mediaFile(event, url) {
  const { pathname, searchParams } = url;
  const name = media + searchParams.get('for');
  // The rest of the address is its signature, which changes.
  const key = `${pathname}?size=${searchParams.get('size') ?? ''}`;
  const stored = await caches.match(key, { cacheName: name }).catch(() => undefined);
  const tag = stored?.headers.get('ETag');
  const answer = await fetched(event, url.href, {
    headers: tag ? { 'If-None-Match': tag } : {},
    credentials: 'same-origin',
    cache: 'no-store',
    signal: event.request.signal,
  });
  if (stored && answer.status === 304) return stored;
  const suffix = pathname.endsWith('.mp4') ? 'mp4' : 'jpg';
  const isAlike = ({ url: other }) => other.includes(`.${suffix}?`);
  if (answer.status === 200) event.waitUntil(store(name, key, answer.clone(), maxMedia[suffix], isAlike));
  else if (stored && !event.request.signal.aborted) event.waitUntil(caches.open(name).then((cache) => cache.delete(key)));
  return answer;
}

/** Removes the media of everybody but this person; null for a page of a visitor. */
async function keepMediaOf(person) {
  for (const name of await caches.keys()) {
    if (name.startsWith(media) && name !== media + person) await caches.delete(name);
  }
}

/** The page from the network; without one, the offline page. */
async function pageOrOffline(event) {
  // Firefox resolves a preload that failed to an error response; other browsers reject.
  const preloaded = await Promise.resolve(event.preloadResponse).catch(() => undefined);
  try {
    const answer = preloaded && preloaded.type !== 'error' ? preloaded : await fetch(event.request);
    event.waitUntil(restoreOfflinePage().catch(() => undefined));
    // Whoever was signed in before this page: engines without Clear-Site-Data are emptied here.
    if (answer.ok) event.waitUntil(keepMediaOf(answer.headers.get('Echoes-Person')).catch(() => undefined));
    return answer;
  } catch {
    const stored = await caches.match(offlinePage).catch(() => undefined);
    return stored ?? Response.error();
  }
}
