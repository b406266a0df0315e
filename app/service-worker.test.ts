import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';

const code = readFileSync(resolve(import.meta.dirname, '../public/sw.js'), 'utf8');
const origin = 'https://echoes.test';

/** What the network answers to a path, asked for with a tag or none; an error is thrown, as without a network. */
type Network = (path: string, tag?: string) => Response | Error;

/** Runs public/sw.js with caches in memory, and gives what a browser would ask of it. */
function start(network: Network, { storage = 'works' }: { storage?: 'works' | 'full' | 'refused' } = {}) {
  const listeners = new Map<string, (event: unknown) => void>();
  const stored = new Map<string, Map<string, Response>>();
  /** Caches whose entries are lost, and which take no others: so WebKit leaves them in a private window. */
  const dead = new Set<string>();
  const asked: string[] = [];
  const pathOf = (request: string | { url: string }) => {
    const { pathname, search } = new URL(typeof request === 'string' ? request : request.url, origin);
    return pathname + search.replace(/[?&](as|for|sig)=[^&]*/g, '');
  };
  const open = async (name: string) => {
    if (storage === 'refused') throw new Error('SecurityError');
    const entries = stored.get(name) ?? new Map<string, Response>();
    stored.set(name, entries);
    const put = async (request: string | { url: string }, response: Response) => {
      if (storage === 'full') throw new Error('QuotaExceededError');
      if (!dead.has(name)) entries.set(pathOf(request), response);
    };
    return {
      put,
      addAll: (paths: string[]) => Promise.all(paths.map(async (path) => put(path, await fetch(path)))),
      keys: async () => [...entries.keys()].map((path) => ({ url: origin + path })),
      delete: async (request: string | { url: string }) => entries.delete(pathOf(request)),
    };
  };
  const caches = {
    open,
    async match(request: string | { url: string }, { cacheName }: { cacheName?: string } = {}) {
      if (storage === 'refused') throw new Error('SecurityError');
      for (const [name, entries] of stored) {
        if (cacheName !== undefined && name !== cacheName) continue;
        const found = entries.get(pathOf(request));
        if (found) return found.clone();
      }
      return undefined;
    },
    keys: async () => [...stored.keys()],
    async delete(name: string) {
      if (storage === 'refused') throw new Error('SecurityError');
      dead.delete(name);
      return stored.delete(name);
    },
  };
  async function fetch(request: string | { url: string }, { headers = {} }: { headers?: Record<string, string> } = {}) {
    asked.push(pathOf(request));
    const answer = network(pathOf(request), headers['If-None-Match']);
    if (answer instanceof Error) throw answer;
    return answer.clone();
  }
  const calls: string[] = [];
  const self = {
    addEventListener: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
    location: { origin },
    skipWaiting: async () => calls.push('skipWaiting'),
    clients: { claim: async () => calls.push('claim') },
    registration: { navigationPreload: { enable: async () => calls.push('preload') } },
  };
  runInNewContext(code, { self, caches, fetch, URL, Response, Set, Promise, Error });

  /** Sends one event and waits for all that it asks to be waited for. */
  async function send(name: string, fields: object = {}): Promise<Response | undefined> {
    const waits: Promise<unknown>[] = [];
    let answer: Promise<Response> | undefined;
    listeners.get(name)?.({
      waitUntil: (promise: Promise<unknown>) => waits.push(promise),
      respondWith: (promise: Promise<Response>) => {
        answer = promise;
      },
      preloadResponse: Promise.resolve(undefined),
      ...fields,
    });
    const response = await answer;
    await Promise.all(waits);
    return response;
  }
  const request = (path: string, { method = 'GET', mode = 'no-cors', headers = {}, isAborted = false } = {}) => ({
    url: new URL(path, origin).href,
    method,
    mode,
    headers: new Headers(headers),
    signal: isAborted ? AbortSignal.abort() : new AbortController().signal,
  });
  return {
    stored,
    /** The browser drops the entries of a cache; with `forGood` the cache takes no others. */
    lose(name: string, { forGood = false } = {}) {
      stored.get(name)?.clear();
      if (forGood) dead.add(name);
    },
    asked,
    calls,
    install: () => send('install'),
    activate: () => send('activate'),
    load: (path: string, headers = {}) => send('fetch', { request: request(path, { headers }) }),
    /** A page asks, and waits no more. */
    abandon: (path: string) => send('fetch', { request: request(path, { isAborted: true }) }),
    post: (path: string) => send('fetch', { request: request(path, { method: 'POST', mode: 'navigate' }) }),
    navigate: (path: string, preloadResponse?: Promise<Response | undefined>) =>
      send('fetch', { request: request(path, { mode: 'navigate' }), ...(preloadResponse && { preloadResponse }) }),
  };
}

const offlineHtml = '<link href="/assets/app-1.css"><link href="/favicon.svg"><h1>No connection</h1>';
const online: Network = (path) => new Response(path === '/offline' ? offlineHtml : `network ${path}`);
const noNetwork = new TypeError('Failed to fetch');

describe('the service worker', () => {
  let isOnline = true;
  const network: Network = (path) => (isOnline ? online(path) : noNetwork);
  beforeEach(() => {
    isOnline = true;
  });

  it('the service worker stores the offline page with its files at its installation, and takes over at once', async () => {
    const worker = start(network);
    await worker.install();
    expect([...(worker.stored.get('echoes-offline-1')?.keys() ?? [])].sort()).toEqual([
      '/assets/app-1.css',
      '/favicon.svg',
      '/offline',
    ]);
    await worker.activate();
    expect(worker.calls).toEqual(['skipWaiting', 'preload', 'claim']);
  });

  it.each([
    ['', false],
    [', also where the emptied cache takes no entries', true],
  ])('the service worker stores the offline page again after the browser has dropped it%s', async (_case, forGood) => {
    const worker = start(network);
    await worker.install();
    worker.lose('echoes-offline-1', { forGood });
    await worker.navigate('/projects');
    isOnline = false;
    expect(await (await worker.navigate('/projects'))?.text()).toBe(offlineHtml);
  });

  it('a service worker is updated over a cache that takes no entries', async () => {
    const worker = start(network);
    await worker.install();
    worker.lose('echoes-offline-1', { forGood: true });
    await worker.install();
    isOnline = false;
    expect(await (await worker.navigate('/projects'))?.text()).toBe(offlineHtml);
  });

  it('a service worker is not installed while the offline page cannot be stored', async () => {
    await expect(start(() => new Response('', { status: 500 })).install()).rejects.toThrow('500');
    await expect(start(network, { storage: 'full' }).install()).rejects.toThrow('Quota');
  });

  it('the service worker removes the caches of earlier versions, and no others', async () => {
    const worker = start(network);
    for (const name of ['echoes-assets-0', 'echoes-offline-0', 'echoes-assets-1', 'echoes-media-usr_1', 'another'])
      worker.stored.set(name, new Map());
    await worker.activate();
    expect([...worker.stored.keys()]).toEqual(['echoes-assets-1', 'echoes-media-usr_1', 'another']);
  });

  it('answers a navigation from the network, and stores nothing of it', async () => {
    const worker = start(network);
    await worker.install();
    const before = worker.stored.size;
    expect(await (await worker.navigate('/projects'))?.text()).toBe('network /projects');
    expect(worker.stored.size).toBe(before);
    expect(await (await worker.navigate('/projects', Promise.resolve(new Response('preloaded'))))?.text()).toBe(
      'preloaded',
    );
    expect(worker.asked.filter((path) => path === '/projects')).toHaveLength(1);
  });

  it.each([
    ['resolves to an error response, as in Firefox', () => Promise.resolve(Response.error())],
    ['rejects, as in Chromium', () => Promise.reject(noNetwork)],
    ['is not supported', () => Promise.resolve(undefined)],
  ])('a navigation without a network shows the offline page if the preload %s', async (_case, preload) => {
    const worker = start(network);
    await worker.install();
    isOnline = false;
    expect(await (await worker.navigate('/projects', preload()))?.text()).toBe(offlineHtml);
  });

  it('a navigation asks the network again if only the preload failed', async () => {
    const worker = start(network);
    expect(await (await worker.navigate('/projects', Promise.resolve(Response.error())))?.text()).toBe(
      'network /projects',
    );
  });

  it('a navigation is left to the browser if even the offline page is missing', async () => {
    isOnline = false;
    expect((await start(network).navigate('/projects'))?.type).toBe('error');
    expect((await start(network, { storage: 'refused' }).navigate('/projects'))?.type).toBe('error');
  });

  it('a hashed file is fetched once', async () => {
    const worker = start(network);
    for (const _time of [1, 2, 3])
      expect(await (await worker.load('/assets/a-1.js'))?.text()).toBe('network /assets/a-1.js');
    expect(worker.asked).toEqual(['/assets/a-1.js']);
    isOnline = false;
    expect(await (await worker.load('/assets/a-1.js'))?.text()).toBe('network /assets/a-1.js');
  });

  it('a missing hashed file is not stored', async () => {
    const worker = start(() => new Response('', { status: 404 }));
    expect((await worker.load('/assets/gone.js'))?.status).toBe(404);
    expect(worker.stored.get('echoes-assets-1')?.size ?? 0).toBe(0);
  });

  it.each(['full', 'refused'] as const)('hashed files come from the network if the storage is %s', async (storage) => {
    const worker = start(network, { storage });
    expect(await (await worker.load('/assets/a-1.js'))?.text()).toBe('network /assets/a-1.js');
  });

  it('at most 120 hashed files are stored, and the oldest are removed', async () => {
    const worker = start(network);
    for (let file = 0; file < 125; file++) await worker.load(`/assets/${file}.js`);
    const names = [...(worker.stored.get('echoes-assets-1')?.keys() ?? [])];
    expect(names).toHaveLength(120);
    expect(names[0]).toBe('/assets/5.js');
  });

  it.each([
    ['a form post', (worker: ReturnType<typeof start>) => worker.post('/projects')],
    ['media of a shared film', (worker: ReturnType<typeof start>) => worker.load('/media/u/1/p/2.jpg?as=share&for=1')],
    [
      'a part of a clip',
      (worker: ReturnType<typeof start>) => worker.load('/media/u/1/g/2.mp4?as=owner&for=1', { Range: 'bytes=0-' }),
    ],
    ['another origin', (worker: ReturnType<typeof start>) => worker.load('https://elsewhere.test/assets/a.js')],
    ['the repair page', (worker: ReturnType<typeof start>) => worker.navigate('/repair')],
    ['the diagnostic page', (worker: ReturnType<typeof start>) => worker.navigate('/diagnostics')],
  ])('the service worker does not handle %s', async (_what, ask) => {
    const worker = start(network);
    expect(await ask(worker)).toBeUndefined();
    expect(worker.asked).toEqual([]);
  });
});

describe('media in the service worker', () => {
  const photo = '/media/u/usr_1/p/pho_1.jpg?for=usr_1&as=owner&sig=a';
  /** A server that sends the photo's bytes where the tag is not known yet. */
  const server: Network = (path, tag) => {
    if (!path.startsWith('/media/')) return new Response('page', { headers: { 'Echoes-Person': 'usr_1' } });
    const headers = { ETag: '"1"' };
    return tag === '"1"' ? new Response(null, { status: 304, headers }) : new Response(`bytes of ${path}`, { headers });
  };
  const mediaOf = (worker: ReturnType<typeof start>) => [...(worker.stored.get('echoes-media-usr_1')?.keys() ?? [])];

  it('media travels once, is asked for each time, and its address may be signed anew', async () => {
    const tags: (string | undefined)[] = [];
    const worker = start((path, tag) => {
      tags.push(tag);
      return server(path, tag);
    });
    for (const address of [photo, photo, photo.replace('sig=a', 'sig=b')])
      expect(await (await worker.load(address))?.text()).toBe('bytes of /media/u/usr_1/p/pho_1.jpg');
    expect(tags).toEqual([undefined, '"1"', '"1"']);
  });

  it('media that may not be shown any more is not shown, and is removed', async () => {
    let isShown = true;
    const worker = start((path, tag) => (isShown ? server(path, tag) : new Response('', { status: 404 })));
    await worker.load(photo);
    isShown = false;
    expect((await worker.load(photo))?.status).toBe(404);
    expect(mediaOf(worker)).toEqual([]);
  });

  it('media is not shown without the server’s word', async () => {
    let isOnline = true;
    const worker = start((path, tag) => (isOnline ? server(path, tag) : noNetwork));
    await worker.load(photo);
    isOnline = false;
    await expect(worker.load(photo)).rejects.toThrow('Failed to fetch');
  });

  it('a request that its page has given up gets an empty answer, no error, and the file stays', async () => {
    let isOnline = true;
    const worker = start((path, tag) => (isOnline ? server(path, tag) : noNetwork));
    await worker.load(photo);
    isOnline = false;
    expect((await worker.abandon(photo))?.status).toBe(408);
    expect(mediaOf(worker)).toHaveLength(1);
    expect((await worker.abandon('/assets/app-1.js'))?.status).toBe(408);
  });

  it.each([
    ['another person', new Response('page', { headers: { 'Echoes-Person': 'usr_2' } })],
    ['a visitor', new Response('page')],
  ])('media of a person is removed by a page for %s, and stays with pages for the same person', async (_who, page) => {
    let next = new Response('page', { headers: { 'Echoes-Person': 'usr_1' } });
    const worker = start((path, tag) => (path.startsWith('/media/') ? server(path, tag) : next));
    await worker.load(photo);
    await worker.navigate('/projects');
    expect(mediaOf(worker)).toHaveLength(1);
    next = page;
    await worker.navigate('/');
    expect(worker.stored.has('echoes-media-usr_1')).toBe(false);
  });

  it('at most 40 clips are kept, and the oldest go without a photo', async () => {
    const worker = start(server);
    await worker.load(photo);
    for (let clip = 0; clip < 42; clip++) await worker.load(`/media/u/usr_1/g/${clip}.mp4?for=usr_1&as=owner`);
    expect(mediaOf(worker)).toHaveLength(41);
    expect(mediaOf(worker)[0]).toContain('pho_1.jpg');
  });

  it.each(['full', 'refused'] as const)('media comes from the network if the storage is %s', async (storage) => {
    expect(await (await start(server, { storage }).load(photo))?.text()).toContain('bytes of');
  });
});
