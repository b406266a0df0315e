import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ProblemJson } from '~/problem';
import { seedPerson, seedSession } from '~/testing/services';
import worker from './app';

const origin = env.APP_ORIGIN;
const visit = (path: string, init: RequestInit = {}) =>
  exports.default.fetch(new Request(`${origin}${path}`, { redirect: 'manual', ...init }));
const html = { Accept: 'text/html,application/xhtml+xml' };
const json = { Accept: 'application/json' };
const ours = { Origin: origin, 'Sec-Fetch-Site': 'same-origin' };

/** Every address that writes. */
const changing = [
  'POST /projects',
  'POST /projects/prj_1/details',
  'POST /projects/prj_1/deletion',
  'DELETE /projects/prj_1/deletion',
  'POST /projects/prj_1/generations',
  'POST /clips/clp_1/details',
  'POST /clips/clp_1/position',
  'POST /clips/clp_1/approval',
  'DELETE /clips/clp_1/approval',
  'POST /clips/clp_1/deletion',
  'POST /clips/clp_1/generations',
  'POST /generations/gen_1/cancellation',
  'POST /uploads',
  'PATCH /uploads/pho_1',
  'POST /account/deletion',
  'POST /account/deletion/withdrawal',
  'POST /account/deletion/completion',
  'POST /account/erasure',
  'POST /account/sessions/sign-out',
  'POST /account/sessions/one/sign-out',
  'POST /auth/google',
  'POST /sign-out',
  'POST /sign-out/everywhere',
  'PUT /anything',
];
const elsewhere: Record<string, Record<string, string>> = {
  'another site': { Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' },
  'another site that hides its origin': { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
  'a neighbor on our domain': { Origin: 'https://blog.echoes.test', 'Sec-Fetch-Site': 'same-site' },
  'an old browser on another site': { Origin: 'https://evil.test' },
  nowhere: {},
  'a plain-text form': { Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'text/plain' },
  'a site that says it is ours': { Origin: 'https://evil.test', 'Sec-Fetch-Site': 'same-origin' },
  'http instead of https': { Origin: origin.replace('https', 'http') },
};

describe('a write', () => {
  it.each(Object.entries(elsewhere))('a write from %s is refused', async (_where, headers) => {
    const Cookie = await seedSession(await seedPerson());
    for (const address of changing) {
      const [method = '', path = ''] = address.split(' ');
      const response = await visit(path, { method, headers: { ...headers, ...json, Cookie } });
      expect({ address, status: response.status }).toEqual({ address, status: 403 });
      expect(((await response.json()) as ProblemJson).error.reason).toBe('cross-site');
      expect(response.headers.get('Set-Cookie')).toBeNull();
    }
  });

  it('a write from the app’s own pages passes, in new and old browsers', async () => {
    for (const headers of [ours, { 'Sec-Fetch-Site': 'same-origin' }, { Origin: origin }] as Record<string, string>[]) {
      const Cookie = await seedSession(await seedPerson());
      const response = await visit('/sign-out', { method: 'POST', headers: { ...headers, Cookie } });
      expect(response.status).toBe(302);
      expect(response.headers.get('Set-Cookie')).toBe(
        '__Host-echoes=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
      );
      expect((await visit('/account', { headers: { Cookie } })).headers.get('Location')).toBe('/?returnTo=%2Faccount');
    }
  });
});

describe('every page', () => {
  it.each(['/', '/projects', '/credits', '/account', '/no-such-page', '/problem/429', '/live'])(
    'the page %s has the security headers',
    async (path) => {
      const Cookie = await seedSession(await seedPerson());
      const response = await visit(path, { headers: { ...html, Cookie } });
      const policy = response.headers.get('Content-Security-Policy') ?? '';
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-request-id': expect.stringMatching(/^req_/),
        'x-content-type-options': 'nosniff',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'referrer-policy': 'strict-origin-when-cross-origin',
        'cross-origin-opener-policy': 'same-origin',
        'content-type': 'text/html; charset=utf-8',
      });
      const nonce = /'nonce-(\w+)'/.exec(policy)?.[1];
      for (const rule of [
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        `form-action 'self' ${env.GOOGLE_ISSUER} https://checkout.stripe.com https://stripe.test`,
      ])
        expect(policy).toContain(rule);
      const scripts = [...(await response.text()).matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
      for (const tag of scripts) expect(tag).toContain(`nonce="${nonce}"`);
    },
  );

  it('a page of a signed-in person is not cached, and has a nonce of its own', async () => {
    const Cookie = await seedSession(await seedPerson());
    const [one, two] = await Promise.all([
      visit('/credits', { headers: { Cookie } }),
      visit('/credits', { headers: { Cookie } }),
    ]);
    expect(one.headers.get('Cache-Control')).toBe('private, no-store');
    expect(one.headers.get('Content-Security-Policy')).not.toBe(two.headers.get('Content-Security-Policy'));
  });
});

describe('a refusal', () => {
  it('a refusal is a page for browsers and JSON for programs, with the same status', async () => {
    for (const [path, status] of [
      ['/no-such-page', 404],
      ['/problem/429', 429],
      ['/live', 400],
    ] as const) {
      const page = await visit(path, { headers: html });
      expect([page.status, page.headers.get('Content-Type')]).toEqual([status, 'text/html; charset=utf-8']);
      const data = await visit(path, { headers: json });
      expect(data.status).toBe(status);
      expect(((await data.json()) as ProblemJson).error).toMatchObject({
        status,
        message: expect.stringMatching(/\.$/),
        requestId: data.headers.get('X-Request-Id'),
      });
    }
  });

  it('a method that an address does not take is answered 405', async () => {
    const response = await visit('/credits', { method: 'POST', headers: { ...ours, ...json } });
    expect(response.status).toBe(405);
    expect(((await response.json()) as ProblemJson).error.reason).toBe('method-not-allowed');
  });
});

describe('a Worker without its configuration', () => {
  it('a Worker without its configuration answers 500 without names of variables, and is not healthy', async () => {
    const { SESSION_SECRET: _, ...rest } = env as unknown as Record<string, unknown>;
    const context = { waitUntil() {}, passThroughOnException() {}, props: {} } as unknown as ExecutionContext;
    const ask = (path: string) => worker.fetch(new Request(`${origin}${path}`), rest as unknown as Env, context);
    const response = await ask('/');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('SECRET');
    expect((await ask('/healthz')).status).toBe(503);
  });
});

describe('the contact for security problems', () => {
  it('the contact for security problems stands at its known address, with an end within a year', async () => {
    const response = await visit('/.well-known/security.txt');
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'text/plain; charset=UTF-8']);
    const fields = Object.fromEntries(
      (await response.text())
        .trim()
        .split('\n')
        .map((line) => line.split(/: (.*)/)),
    );
    expect(fields).toMatchObject({
      Contact: 'mailto:security@echoes.example',
      Canonical: `${origin}/.well-known/security.txt`,
    });
    const days = (Date.parse(fields.Expires) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(100);
    expect(days).toBeLessThan(365);
  });
});

describe('the health check', () => {
  it('the health check is ok while D1 answers and the laws are in place, and fails without one law', async () => {
    const healthy = await visit('/healthz');
    expect([healthy.status, await healthy.json()]).toEqual([200, { ok: true }]);
    expect(healthy.headers.get('Cache-Control')).toBe('no-store');
    await env.DB.prepare('DROP TRIGGER entries_2_overdraft').run();
    const ill = await visit('/healthz');
    expect([ill.status, await ill.json()]).toEqual([503, { ok: false }]);
    expect(ill.headers.get('Cache-Control')).toBe('no-store');
  });
});
