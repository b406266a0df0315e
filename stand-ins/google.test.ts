import { createHash, randomBytes } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type StandIns, startStandIns } from './server.ts';
import { createBrowser } from './testing.ts';

const appOrigin = 'http://localhost:8787';
let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns({ port: 0, appOrigin, quiet: true });
});
afterAll(() => standIns.close());

type Attempt = { browser: ReturnType<typeof createBrowser>; verifier: string; state: string; nonce: string };

function newAttempt(): Attempt {
  const [verifier = '', state = '', nonce = ''] = [32, 16, 16].map((size) => randomBytes(size).toString('base64url'));
  return { browser: createBrowser(), verifier, state, nonce };
}

function authorizeUrl({ verifier, state, nonce }: Attempt, changes: Record<string, string | null> = {}): URL {
  const url = new URL(`${standIns.vars.GOOGLE_ISSUER}/auth`);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const fields = {
    response_type: 'code',
    client_id: 'echoes-local',
    redirect_uri: `${appOrigin}/auth/google/callback`,
    scope: 'openid profile email',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state,
    nonce,
    ...changes,
  };
  for (const [name, value] of Object.entries(fields)) if (value !== null) url.searchParams.set(name, value);
  return url;
}

/** Signs in as a person of the account chooser, and returns the callback URL. */
async function callbackAfter(
  attempt: Attempt,
  choice: Record<string, string>,
  changes: Record<string, string | null> = {},
): Promise<URL> {
  const { browser } = attempt;
  const chooser = await follow(browser, await browser(authorizeUrl(attempt, changes)));
  expect(chooser.at.pathname).toMatch(/^\/google\/choose\//);
  const chosen = await browser(chooser.at, { method: 'POST', body: new URLSearchParams(choice) });
  return (await follow(browser, chosen, chooser.at)).at;
}

async function follow(
  browser: Attempt['browser'],
  first: Response,
  from = new URL(standIns.origin),
): Promise<{ at: URL; response: Response }> {
  let response = first;
  let at = from;
  while (response.headers.has('location')) {
    at = new URL(response.headers.get('location') ?? '', at);
    if (at.origin !== standIns.origin) return { at, response };
    response = await browser(at);
  }
  return { at, response };
}

function exchange(code: string, { verifier }: Attempt, changes: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: `${appOrigin}/auth/google/callback`,
    code_verifier: verifier,
    client_id: 'echoes-local',
    client_secret: 'echoes-local-secret',
    ...changes,
  });
  return fetch(`${standIns.vars.GOOGLE_ISSUER}/token`, { method: 'POST', body });
}

describe('signing in', () => {
  test('signing in returns an ID token that the discovered keys verify, with the claims of the user info', async () => {
    const attempt = newAttempt();
    const callback = await callbackAfter(attempt, { sub: '100000000000000000001' });
    const issuer = new URL(standIns.vars.GOOGLE_ISSUER ?? '');
    const client = { client_id: 'echoes-local' };
    const plain = { [oauth.allowInsecureRequests]: true };
    const google = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, plain));
    const response = await oauth.authorizationCodeGrantRequest(
      google,
      client,
      oauth.ClientSecretBasic('echoes-local-secret'),
      oauth.validateAuthResponse(google, client, callback, attempt.state),
      `${appOrigin}/auth/google/callback`,
      attempt.verifier,
      plain,
    );
    const expected = { expectedNonce: attempt.nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(google, client, response, expected);
    await oauth.validateApplicationLevelSignature(google, response, plain);
    const ada = { sub: '100000000000000000001', name: 'Ada Admin', email: 'ada@echoes.test', email_verified: true };
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    expect(claims).toMatchObject(ada);
    const info = await oauth.userInfoRequest(google, client, tokens.access_token, plain);
    expect(await oauth.processUserInfoResponse(google, client, ada.sub, info)).toMatchObject(ada);
    expect((await fetch(String(claims?.picture))).headers.get('content-type')).toBe('image/svg+xml');
  });

  test('auth_time is told to a client that asks, stays that of the first sign-in, and is new with max_age=0', async () => {
    const { browser } = newAttempt();
    const sub = '100000000000000000002';
    const wanted = { claims: JSON.stringify({ id_token: { auth_time: { essential: true } } }) };
    const authTime = async (changes: Record<string, string | null>) => {
      const attempt = { ...newAttempt(), browser };
      const callback = await callbackAfter(attempt, { sub }, changes);
      const answer = await exchange(callback.searchParams.get('code') ?? '', attempt);
      const { id_token: token } = (await answer.json()) as { id_token: string };
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      return (claims as { auth_time?: number }).auth_time;
    };
    const before = Math.floor(Date.now() / 1000);
    expect(await authTime({})).toBeUndefined();
    const first = (await authTime(wanted)) ?? 0;
    expect(first).toBeGreaterThanOrEqual(before);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    try {
      expect(await authTime(wanted)).toBe(first);
      expect(await authTime({ ...wanted, max_age: '0' })).toBeGreaterThanOrEqual(first + 3_600);
    } finally {
      vi.useRealTimers();
    }
  });

  test('the account chooser offers three people and Cancel at every sign-in', async () => {
    const attempt = newAttempt();
    await callbackAfter(attempt, { sub: '100000000000000000002' });
    const again = await follow(attempt.browser, await attempt.browser(authorizeUrl(attempt)));
    const html = await again.response.text();
    for (const name of ['Ada Admin', 'Grace Guest', 'Una Unverified', 'Cancel']) expect(html).toContain(name);
  });

  test('another account can be chosen in the same browser', async () => {
    const attempt = newAttempt();
    await callbackAfter(attempt, { sub: '100000000000000000001' });
    const callback = await callbackAfter(attempt, { sub: '100000000000000000002' });
    expect(await claimsFor(callback, attempt)).toMatchObject({ email: 'grace@echoes.test' });
  });

  test('the ID token marks an e-mail that is not verified', async () => {
    const attempt = newAttempt();
    const callback = await callbackAfter(attempt, { sub: '100000000000000000003' });
    expect(await claimsFor(callback, attempt)).toMatchObject({ email_verified: false });
  });

  test('a new name and e-mail become an account with a permanent id', async () => {
    const fresh = { name: 'Nora New', email: 'nora@echoes.test' };
    const subs = [];
    for (const attempt of [newAttempt(), newAttempt()]) {
      const claims = await claimsFor(await callbackAfter(attempt, fresh), attempt);
      expect(claims).toMatchObject({ ...fresh, email_verified: true });
      subs.push(claims.sub);
    }
    expect(subs[0]).toMatch(/^\d{21}$/);
    expect(subs[0]).toBe(subs[1]);
  });

  test('the long names of Google scopes and the prompt select_account are accepted', async () => {
    const attempt = newAttempt();
    const scope =
      'openid https://www.googleapis.com/auth/userinfo.profile https://www.googleapis.com/auth/userinfo.email';
    const callback = await callbackAfter(
      attempt,
      { sub: '100000000000000000001' },
      { scope, prompt: 'select_account', access_type: 'online' },
    );
    expect(await claimsFor(callback, attempt)).toMatchObject({ email: 'ada@echoes.test', name: 'Ada Admin' });
  });

  test('Cancel redirects with access_denied', async () => {
    const attempt = newAttempt();
    const callback = await callbackAfter(attempt, { sub: '' });
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(callback.searchParams.get('state')).toBe(attempt.state);
    expect(callback.searchParams.has('code')).toBe(false);
  });
});

describe('is strict', () => {
  test('an authorization code works once', async () => {
    const attempt = newAttempt();
    const code = (await callbackAfter(attempt, { sub: '100000000000000000001' })).searchParams.get('code') ?? '';
    expect((await exchange(code, attempt)).status).toBe(200);
    const second = await exchange(code, attempt);
    expect(second.status).toBe(400);
    expect(await second.json()).toMatchObject({ error: 'invalid_grant' });
  });

  test.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }, 400],
    ['another redirect address', { redirect_uri: `${appOrigin}/elsewhere` }, 400],
    ['a wrong secret', { client_secret: 'guess' }, 401],
  ])('an exchange with %s gets no token', async (_, changes, status) => {
    const attempt = newAttempt();
    const code = (await callbackAfter(attempt, { sub: '100000000000000000001' })).searchParams.get('code') ?? '';
    expect((await exchange(code, attempt, changes)).status).toBe(status);
  });

  test('a request without a PKCE challenge is redirected with invalid_request', async () => {
    const attempt = newAttempt();
    const changes = { code_challenge: null, code_challenge_method: null };
    const { at } = await follow(attempt.browser, await attempt.browser(authorizeUrl(attempt, changes)));
    expect(at.searchParams.get('error')).toBe('invalid_request');
  });

  test('an unregistered redirect address is refused without a redirect', async () => {
    const attempt = newAttempt();
    const answer = await attempt.browser(
      authorizeUrl(attempt, { redirect_uri: 'http://localhost:9999/auth/google/callback' }),
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.has('location')).toBe(false);
  });

  test('an account chooser without a sign-in under way answers 400', async () => {
    expect((await fetch(`${standIns.origin}/google/choose/nothing`)).status).toBe(400);
  });

  test('user info needs a token', async () => {
    expect((await fetch(`${standIns.vars.GOOGLE_ISSUER}/userinfo`)).status).toBeGreaterThanOrEqual(400);
  });
});

async function claimsFor(callback: URL, attempt: Attempt): Promise<Record<string, unknown>> {
  const tokens = (await (await exchange(callback.searchParams.get('code') ?? '', attempt)).json()) as {
    id_token: string;
  };
  return JSON.parse(Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}
