// Who may ask how often, at the whole Worker with the limits of wrangler.toml (other tests lift them, vitest.config.ts).
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ProblemJson } from '~/problem';
import { type RateClass, rateClassesOfDoors, rateClassesOfRoutes, rateLimits } from '~/rate-classes';
import { seedPerson, seedProject, seedSession } from '~/testing/services';
import { routes } from '../build/server/index.js';
import worker from './app';
import entry from './app?raw';
import { rateClassOf } from './rate-limit';

const origin = env.APP_ORIGIN;
const real = env as unknown as Record<`REAL_RATE_${'FEW' | 'SOME' | 'MANY' | 'LOTS'}`, RateLimit>;
const limited: Env = {
  ...env,
  RATE_FEW: real.REAL_RATE_FEW,
  RATE_SOME: real.REAL_RATE_SOME,
  RATE_MANY: real.REAL_RATE_MANY,
  RATE_LOTS: real.REAL_RATE_LOTS,
};
const few = 100;

interface Asked {
  method?: string;
  network?: string;
  cookie?: string;
  accept?: string;
  headers?: Record<string, string>;
}

/** One request to the whole Worker; `network` is where it comes from. */
async function ask(path: string, { method = 'GET', network, cookie, accept, headers }: Asked = {}, on = limited) {
  const ours = { Origin: origin, 'Sec-Fetch-Site': 'same-origin', Accept: accept ?? 'application/json' };
  const all = new Headers({ ...ours, ...headers });
  if (network) all.set('CF-Connecting-IP', network);
  if (cookie) all.set('Cookie', cookie);
  const work: Promise<unknown>[] = [];
  const context = { waitUntil: (one: Promise<unknown>) => void work.push(one), passThroughOnException() {}, props: {} };
  const request = new Request(origin + path, { method, headers: all, redirect: 'manual' });
  const response = await worker.fetch(request, on, context as unknown as ExecutionContext);
  const text = await response.text();
  await Promise.all(work);
  return { status: response.status, headers: response.headers, text };
}

/** Asks until it is refused, and returns the refusal. The minute may end meanwhile, and the count begin anew. */
async function untilRefused(path: string, asked: Asked, on = limited) {
  for (let count = 0; count <= 2 * few; count++) {
    const answer = await ask(path, asked, on);
    if (answer.status === 429) return { ...answer, count };
  }
  throw new Error(`${path} was never refused`);
}

let networks = 0;
const newNetwork = () => `198.51.100.${++networks}`;

describe('the rate classes', () => {
  it('every route has a rate class, and no class is of a route that is gone', () => {
    const built = Object.values(routes as unknown as Record<string, { path?: string; index?: boolean }>)
      .filter(({ path, index }) => (path !== undefined && path !== '' ? true : index))
      .map(({ path = '' }) => `/${path}`);
    expect(Object.keys(rateClassesOfRoutes).toSorted()).toEqual([...new Set(built)].toSorted());
  });

  it('every door has a rate class, and no class is of a door that is gone', () => {
    const mounted = [...entry.matchAll(/^app\.\w+\('(\/[a-z.-]+)/gm)].map(([, door]) => door);
    expect(mounted.length).toBeGreaterThan(5);
    expect(Object.keys(rateClassesOfDoors).toSorted()).toEqual([...new Set(mounted)].toSorted());
  });

  it('every class is of some address, but for that of unknown ones', () => {
    const used = new Set([...Object.values(rateClassesOfRoutes), ...Object.values(rateClassesOfDoors)].flat());
    expect([...used].toSorted()).toEqual(Object.keys(rateLimits).toSorted());
  });

  it.each([
    ['GET', '/', 'page'],
    ['GET', '/_root.data', 'page'],
    ['GET', '/projects/prj_1', 'page'],
    ['GET', '/projects/prj_1.data', 'page'],
    ['GET', '/Projects/prj_1/', 'page'],
    ['POST', '/projects/prj_1/generations', 'paid'],
    ['POST', '/AUTH/google/', 'sign-in'],
    ['GET', '/auth/google/callback', 'sign-in'],
    ['POST', '/s/token/visits', 'visit'],
    ['HEAD', '/media/u/usr_1/p/pho_1.jpg', 'media'],
    ['PATCH', '/uploads/pho_1', 'upload'],
    ['POST', '/uploads', 'upload'],
    ['POST', '/webhooks/luma/token', 'webhook'],
    ['GET', '/live', 'live'],
    ['GET', '/healthz', 'health'],
    ['POST', '/admin/log/heartbeat', 'admin'],
    ['GET', '/wp-admin/setup.php', 'unknown'],
    ['GET', '/projects/prj_1/generations/deeper', 'unknown'],
  ])('%s %s is of the class %s', (method, path, name) => {
    expect(rateClassOf(method, path)).toBe(name);
  });
});

describe('a network that asks too fast', { timeout: 120_000 }, () => {
  it('a request above the limit is refused with 429, Retry-After, and JSON for programs', async () => {
    const network = newNetwork();
    const refusal = await untilRefused('/auth/google', { method: 'POST', network });
    expect(refusal.count).toBeGreaterThanOrEqual(few);
    expect(refusal.headers.get('Retry-After')).toBe('60');
    expect((JSON.parse(refusal.text) as ProblemJson).error).toMatchObject({ status: 429, reason: 'too-many-requests' });
    expect(refusal.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it('a browser above the limit gets a page that says what to do, with the headers of every page', async () => {
    const network = newNetwork();
    const refusal = await untilRefused('/auth/google/callback', { network, accept: 'text/html' });
    expect(refusal.text).toContain('A little too fast');
    expect(refusal.text).not.toMatch(/<script[^>]* src=/);
    expect(refusal.headers.get('Retry-After')).toBe('60');
    expect(refusal.headers.get('Content-Security-Policy')).toContain("default-src 'self'");
  });

  it('a limited network leaves other networks, other classes and its signed-in people free', async () => {
    const network = newNetwork();
    await untilRefused('/auth/google', { method: 'POST', network });
    expect((await ask('/auth/google', { method: 'POST', network: newNetwork() })).status).not.toBe(429);
    expect((await ask('/', { network })).status).toBe(200);
    const cookie = await seedSession(await seedPerson());
    expect((await ask('/auth/google', { method: 'POST', network, cookie })).status).not.toBe(429);
  });

  it('a network is known by the first half of its IPv6 address, and not by headers that a client may send', async () => {
    for (let count = 0; count <= 2 * few; count++) {
      const headers = { 'X-Forwarded-For': `10.0.0.${count}`, 'True-Client-IP': `10.0.0.${count}` };
      const { status } = await ask('/auth/google', { method: 'POST', network: `2001:db8:1:2::${count}`, headers });
      if (status === 429) return;
    }
    throw new Error('was never refused');
  });

  it('a request above the limit is refused at doors before the services too: health, films and tunes', async () => {
    const tight = { ...limited, RATE_SOME: real.REAL_RATE_FEW, RATE_LOTS: real.REAL_RATE_FEW };
    for (const path of ['/healthz', '/film/none.mp4', '/music/none.m4a']) {
      const refusal = await untilRefused(path, { network: newNetwork() }, tight);
      expect(refusal.headers.get('Retry-After')).toBe('60');
    }
  });

  it('invented sessions of a network are looked up no more often than the limit allows', async () => {
    const prepared: string[] = [];
    const DB = new Proxy(env.DB, {
      get(target, name) {
        if (name === 'prepare')
          return (sql: string) => {
            prepared.push(sql);
            return target.prepare(sql);
          };
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const tight = { ...limited, DB, RATE_LOTS: real.REAL_RATE_FEW };
    const network = newNetwork();
    const sessionReads = () => prepared.filter((sql) => /sessions/.test(sql)).length;
    const refused = await untilRefused('/projects', { network, cookie: `__Host-echoes=${'x'.repeat(43)}` }, tight);
    const before = sessionReads();
    expect(before).toBeGreaterThanOrEqual(refused.count);
    const again = await ask('/projects', { network, cookie: `__Host-echoes=${'y'.repeat(43)}` }, tight);
    if (again.status === 429) expect(sessionReads()).toBe(before);
  });
});

describe('a person', { timeout: 120_000 }, () => {
  it('requests of a signed-in person count by account, across networks and sessions', async () => {
    const userId = await seedPerson();
    const cookies = [await seedSession(userId), await seedSession(userId), await seedSession(userId)];
    const refused = async () => {
      for (let count = 0; count <= 2 * few; count++) {
        const visit = { network: newNetwork(), cookie: cookies[count % 3] ?? '', method: 'POST' };
        if ((await ask('/s/none/visits', visit)).status === 429) return true;
      }
      return false;
    };
    expect(await refused()).toBe(true);
    const other = await seedSession(await seedPerson());
    expect((await ask('/s/none/visits', { method: 'POST', cookie: other })).status).not.toBe(429);
  });

  it('who brings fifty photos in half a minute and opens a studio of a hundred clips is never refused', async () => {
    const userId = await seedPerson();
    const cookie = await seedSession(userId);
    const { projectId } = await seedProject({ userId, clipCount: 1 });
    const network = newNetwork();
    const journey: [count: number, method: string, path: string][] = [
      [50, 'POST', '/uploads'],
      [55, 'PATCH', `/uploads/pho_${'0'.repeat(26)}`],
      [60, 'GET', `/projects/${projectId}.data`],
      [400, 'GET', `/media/u/${userId}/p/none.jpg`],
      [12, 'GET', '/live'],
    ];
    for (const [count, method, path] of journey) {
      const answers = await Promise.all(Array.from({ length: count }, () => ask(path, { method, cookie, network })));
      expect({ path, refused: answers.filter(({ status }) => status === 429).length }).toEqual({ path, refused: 0 });
    }
  });
});

describe('strangers', { timeout: 120_000 }, () => {
  it('who are refused, sign in halfway or send garbage leave no row', async () => {
    const { results: tables } = await env.DB.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
    ).all<{ name: string }>();
    const rows = async () =>
      Object.fromEntries(
        await Promise.all(
          tables.map(async ({ name }) => [name, await env.DB.prepare(`SELECT count(*) AS n FROM ${name}`).first('n')]),
        ),
      );
    // The day's figures of refused strangers and of refused webhooks are a row each, however many there are.
    await ask('/nothing-here');
    await ask('/webhooks/stripe', { method: 'POST', headers: { 'Stripe-Signature': 't=1,v1=0' } });
    const before = await rows();
    const long = 'x'.repeat(4000);
    const kinds: [path: string, asked: Asked][] = [
      [`/${long}`, { method: 'POST' }],
      ['/auth/google', { method: 'POST', accept: 'text/html' }],
      [`/auth/google/callback?state=${long}&code=x`, { accept: 'text/html' }],
      ['/projects', { method: 'POST', headers: { Origin: 'https://evil.test' } }],
      ['/webhooks/stripe', { method: 'POST', headers: { 'Stripe-Signature': 't=1,v1=0' } }],
      [`/s/${long}/visits`, { method: 'POST' }],
      ['/uploads', { method: 'POST', headers: { 'Tus-Resumable': '1.0.0' } }],
      ['/clips/clp_1/generations', { method: 'POST', cookie: `__Host-echoes=${'x'.repeat(43)}` }],
    ];
    const network = newNetwork();
    for (const [path, asked] of kinds) for (let count = 0; count < 12; count++) await ask(path, { ...asked, network });
    for (let count = 0; count <= few; count++) await ask('/s/none/visits', { method: 'POST', network });
    expect(await rows()).toEqual(before);
  });
});

describe('a page that loads its data too often', () => {
  it.each([
    ['/admin/health.data', 'GET', [{ _1: 2 }, 'root', { _3: 4 }, 'error', ['ErrorResponse', 5, 6, 7]]],
    ['/admin/money/reconciliations.data', 'POST', [{ _1: 2 }, 'error', ['ErrorResponse', 3, 4, 5]]],
  ] as const)('%s answers a 429 as an error that Remix shows in its own words', async (path, method, form) => {
    const answer = await untilRefused(path, { method, network: newNetwork() });
    expect(answer.headers.get('Content-Type')).toContain('text/x-script');
    expect(answer.headers.get('Retry-After')).toBe('60');
    const flat = JSON.parse(answer.text) as unknown[];
    expect(flat).toEqual([...form, 'too-many-requests', 429, '']);
  });
});

describe('the limits', () => {
  it('no class lets a stranger do more than a person', () => {
    const order = ['few', 'some', 'many', 'lots'];
    for (const [name, { person, stranger }] of Object.entries(rateLimits) as [RateClass, (typeof rateLimits)['page']][])
      expect(order.indexOf(stranger), name).toBeLessThanOrEqual(order.indexOf(person));
  });
});
