import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';

const code = readFileSync(resolve(import.meta.dirname, '../public/sw.js'), 'utf8');
const origin = 'https://echoes.test';

/** What the network answers to a path; an error is thrown, as without a network. */
type Network = (path: string) => Response | Error;

/** Runs public/sw.js with caches in memory, and gives what a browser would ask of it. */
function start(network: Network, { storage = 'works' }: { storage?: 'works' | 'full' | 'refused' } = {}) {
  const listeners = new Map<string, (event: unknown) => void>();
  const stored = new Map<string, Map<string, Response>>();
  /** Caches whose entries are lost, and which take no others: so WebKit leaves them in a private window. */
  const dead = new Set<string>();
  const asked: string[] = [];
  const pathOf = (request: string | { url: string }) =>
    new URL(typeof request === 'string' ? request : request.url, origin).pathname;
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
      delete: async (request: { url: string }) => entries.delete(pathOf(request)),
    };
  };
  const caches = {
    open,
    async match(request: string | { url: string }) {
      if (storage === 'refused') throw new Error('SecurityError');
      for (const entries of stored.values()) {
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
  async function fetch(request: string | { url: string }) {
    asked.push(pathOf(request));
    const answer = network(pathOf(request));
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
  const request = (path: string, { method = 'GET', mode = 'no-cors' } = {}) => ({
    url: new URL(path, origin).href,
    method,
    mode,
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
    load: (path: string) => send('fetch', { request: request(path) }),
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
    for (const name of ['echoes-assets-0', 'echoes-offline-0', 'echoes-assets-1', 'films-on-this-phone'])
      worker.stored.set(name, new Map());
    await worker.activate();
    expect([...worker.stored.keys()]).toEqual(['echoes-assets-1', 'films-on-this-phone']);
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
    ['private media', (worker: ReturnType<typeof start>) => worker.load('/media/u/1/p/2.jpg')],
    ['another origin', (worker: ReturnType<typeof start>) => worker.load('https://elsewhere.test/assets/a.js')],
    ['the repair page', (worker: ReturnType<typeof start>) => worker.navigate('/repair')],
    ['the diagnostic page', (worker: ReturnType<typeof start>) => worker.navigate('/diagnostics')],
  ])('the service worker does not handle %s', async (_what, ask) => {
    const worker = start(network);
    expect(await ask(worker)).toBeUndefined();
    expect(worker.asked).toEqual([]);
  });
});
