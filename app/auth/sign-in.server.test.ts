import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '~/db/ids';
import { createIssuer, type Forgery } from '~/testing/issuer';
import { closeAccount, seedSettings, testConfig, testServices } from '~/testing/services';

const config = testConfig();
const origin = config.APP_ORIGIN;
const ada = { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada' };
let issuer: Awaited<ReturnType<typeof createIssuer>>;
beforeAll(async () => {
  issuer = await createIssuer();
});

const unreachable: typeof fetch = async () => new Response(null, { status: 500 });
const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((value) => value.split(';')[0])
    .join('; ');

/** Begins a sign-in; returns the redirect to Google and the browser's cookies. */
async function begin({ cookie = '', returnTo = '/credits', clock = Date.now as Clock } = {}) {
  const request = new Request(`${origin}/auth/google`, {
    method: 'POST',
    body: new URLSearchParams({ returnTo }),
    headers: { Cookie: cookie },
  });
  const fetch = issuer.fetchFor({ redirect: new URL(origin), account: ada });
  const response = await testServices({ fetch, clock }).auth.signIn({ request, requestId: 'req' });
  return { response, redirect: new URL(response.headers.get('Location') ?? ''), cookie: cookieOf(response) };
}

/** Calls the callback as `account`, with a changed query or forged answers of Google if given. */
async function comeBack({
  redirect,
  cookie,
  account = ada,
  query = {},
  forgery,
  clock = Date.now,
}: {
  redirect: URL;
  cookie: string;
  account?: Record<string, unknown>;
  query?: Record<string, string>;
  forgery?: Forgery;
  clock?: Clock;
}) {
  const params = new URLSearchParams({ code: 'good', state: redirect.searchParams.get('state') ?? '', ...query });
  const request = new Request(`${origin}/auth/google/callback?${params}`, { headers: { Cookie: cookie } });
  const fetch = issuer.fetchFor({ redirect, account, ...(forgery && { forgery }) });
  const response = await testServices({ fetch, clock }).auth.signIn({ request, requestId: 'req' });
  const location = new URL(response.headers.get('Location') ?? '', origin);
  return { response, location, problem: location.searchParams.get('flash'), cookie: cookieOf(response) };
}

/** The cookies of a refused sign-in: none, or one that ends the attempt. */
const onlyEndsAttempt = /^(__Host-echoes-attempt-[\w-]*=)?$/;

const signIn = async (account: Record<string, unknown> = ada) => comeBack({ ...(await begin()), account });
const whoHas = (cookie: string) =>
  testServices().auth.findUser(new Request(`${origin}/projects`, { headers: { Cookie: cookie } }));
const sessionCount = async () =>
  (await env.DB.prepare('SELECT count(*) AS n FROM sessions').first<{ n: number }>())?.n ?? -1;

describe('signing in with Google', () => {
  it('a sign-in redirects to Google with PKCE, nonce and state, and leaves no row and no readable cookie', async () => {
    const { response, redirect } = await begin({ returnTo: '/projects/prj_1' });
    expect(response.status).toBe(302);
    expect(redirect.origin + redirect.pathname).toBe(`${config.GOOGLE_ISSUER}/authorize`);
    expect(Object.fromEntries(redirect.searchParams)).toMatchObject({
      client_id: config.GOOGLE_CLIENT_ID,
      redirect_uri: `${origin}/auth/google/callback`,
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(redirect.href).not.toContain('prj_1');
    const setCookie = response.headers.get('Set-Cookie') ?? '';
    expect(setCookie).toMatch(
      /^__Host-echoes-attempt-[\w-]{8}=[\w-]{200,600}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/,
    );
    const sealed = Buffer.from(setCookie.split(/[=;]/)[1] ?? '', 'base64url').toString('latin1');
    for (const secret of ['prj_1', redirect.searchParams.get('state') ?? '?', 'codeVerifier'])
      expect(sealed).not.toContain(secret);
  });

  it('a sign-in makes a session and redirects to the wanted page', async () => {
    const { response, location, cookie } = await signIn();
    expect(location.pathname).toBe('/credits');
    expect(response.headers.get('Set-Cookie')).toMatch(
      /^__Host-echoes=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=2592000, __Host-echoes-attempt-[\w-]{8}=; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=0$/,
    );
    expect(await whoHas(cookie)).toMatchObject({ name: 'Ada', email: 'ada@example.com', isAdmin: false });
    const stored = await env.DB.prepare('SELECT id_hash FROM sessions').all<{ id_hash: string }>();
    expect(JSON.stringify(stored.results)).not.toContain(cookie.split('=')[1]);
  });

  it('a sign-in never redirects to another site', async () => {
    const started = await begin({ returnTo: '//evil.com' });
    expect((await comeBack(started)).location.href).toBe(`${origin}/projects`);
  });

  it('several tabs of a browser can sign in at the same time', async () => {
    const one = await begin();
    const two = await begin({ cookie: one.cookie });
    const cookie = `${one.cookie}; ${two.cookie}`;
    expect((await comeBack({ ...one, cookie })).problem).toBeNull();
    expect((await comeBack({ ...two, cookie })).problem).toBeNull();
  });

  it('a browser keeps its four newest attempts, so that their cookies do not outgrow a request', async () => {
    const jar: string[] = [];
    for (let count = 0; count < 6; count++) {
      const { response } = await begin({ cookie: jar.join('; '), returnTo: `/${'x'.repeat(999)}` });
      for (const value of response.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')) {
        const [name = ''] = value.split('=');
        const known = jar.findIndex((one) => one.startsWith(`${name}=`));
        if (known >= 0) jar.splice(known, 1);
        if (!value.endsWith('=')) jar.push(value);
      }
    }
    expect(jar).toHaveLength(4);
    expect(jar.join('; ').length).toBeLessThan(8000);
  });

  it('a sign-in redirects to the landing page with a problem if Google does not answer', async () => {
    const request = new Request(`${origin}/auth/google`, {
      method: 'POST',
      body: new URLSearchParams({ returnTo: '/x' }),
    });
    const response = await testServices({ fetch: unreachable }).auth.signIn({ request, requestId: 'req' });
    expect(response.headers.get('Location')).toBe('/?returnTo=%2Fx&flash=sign-in-unreachable');
  });

  it('a sign-in redirects to the landing page with a problem if the person canceled it at Google', async () => {
    const { problem, location } = await comeBack({ ...(await begin()), query: { error: 'access_denied', code: '' } });
    expect(problem).toBe('sign-in-canceled');
    expect(location.searchParams.get('returnTo')).toBe('/credits');
  });
});

const claim =
  (change: Record<string, unknown>): Forgery['token'] =>
  ({ header, claims }) => ({ header, claims: { ...claims, ...change } });
const past = Math.floor(Date.now() / 1000) - 3600;
const forgeries: Record<string, Forgery & { problem?: string }> = {
  'for another client': { token: claim({ aud: 'somebody-else' }) },
  'for us and another client': { token: claim({ aud: [config.GOOGLE_CLIENT_ID, 'somebody-else'] }) },
  'of another issuer': { token: claim({ iss: 'https://evil.test' }) },
  'with another nonce': { token: claim({ nonce: 'other' }) },
  'without a nonce': { token: claim({ nonce: undefined }) },
  'that is too old': { token: claim({ exp: past }) },
  'without an end': { token: claim({ exp: undefined }) },
  'without a sub': { token: claim({ sub: undefined }) },
  'with an empty sub': { token: claim({ sub: '' }) },
  'without an e-mail': { token: claim({ email: undefined }) },
  'with an unverified e-mail': { token: claim({ email_verified: false }), problem: 'sign-in-email-unverified' },
  'with the word true for verified': { token: claim({ email_verified: 'true' }), problem: 'sign-in-email-unverified' },
  'with no signature (alg none)': {
    token: ({ claims }) => ({ header: { alg: 'none' }, claims }),
    sign: () => '',
  },
  'signed HS256 with the public key': {
    token: ({ claims }) => ({ header: { alg: 'HS256', kid: 'one' }, claims }),
    sign: async (input, publicKey) => {
      const key = await crypto.subtle.importKey(
        'raw',
        Buffer.from(publicKey),
        { name: 'HMAC', hash: 'SHA-256' },
        false,
        ['sign'],
      );
      return Buffer.from(await crypto.subtle.sign('HMAC', key, Buffer.from(input))).toString('base64url');
    },
  },
  'signed by another key': {
    sign: async (input) => {
      const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
      const size = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
      const keys = (await crypto.subtle.generateKey({ ...rsa, ...size }, true, ['sign', 'verify'])) as CryptoKeyPair;
      return Buffer.from(await crypto.subtle.sign(rsa, keys.privateKey, Buffer.from(input))).toString('base64url');
    },
  },
  'that is missing': {
    answer: (url) =>
      url.pathname === '/token' ? Response.json({ access_token: 'a', token_type: 'Bearer' }) : undefined,
  },
};

describe('an ID token', () => {
  it.each(Object.entries(forgeries))(
    'an ID token %s makes no session',
    async (_name, { problem = 'sign-in-refused', ...forgery }) => {
      const before = await sessionCount();
      const back = await comeBack({ ...(await begin()), forgery });
      expect(back.problem).toBe(problem);
      expect(back.cookie).toMatch(onlyEndsAttempt);
      expect(await sessionCount()).toBe(before);
    },
  );
});

describe('an attempt', () => {
  const refused = async (back: ReturnType<typeof comeBack>, problem: string) => {
    const { cookie, problem: found } = await back;
    expect({ found, cookie }).toEqual({ found: problem, cookie: expect.stringMatching(onlyEndsAttempt) });
  };
  const usedCode: Forgery = {
    answer: (url) =>
      url.pathname === '/token' ? Response.json({ error: 'invalid_grant' }, { status: 400 }) : undefined,
  };

  it('a sign-in attempt ends with its callback: the browser drops it, and Google takes its code once', async () => {
    const started = await begin();
    const { response } = await comeBack(started);
    const [name = ''] = started.cookie.split('=');
    expect(response.headers.getSetCookie().some((value) => value.startsWith(`${name}=;`))).toBe(true);
    await refused(comeBack({ ...started, cookie: '' }), 'sign-in-expired');
    await refused(comeBack({ ...started, forgery: usedCode }), 'sign-in-refused');
  });

  it('a sign-in attempt that was changed, or put under the name of another, is refused', async () => {
    const [one, two] = [await begin(), await begin()];
    const [name = '', sealed = ''] = one.cookie.split('=');
    const turned = `${name}=${sealed.slice(0, 40)}${sealed[40] === 'A' ? 'B' : 'A'}${sealed.slice(41)}`;
    await refused(comeBack({ ...one, cookie: turned }), 'sign-in-expired');
    await refused(comeBack({ ...one, cookie: `${name}=${two.cookie.split('=')[1]}` }), 'sign-in-expired');
    for (const odd of ['', 'x', '%00', 'A'.repeat(4000)])
      await refused(comeBack({ ...one, cookie: `${name}=${odd}` }), 'sign-in-expired');
    await refused(comeBack({ ...one, query: { state: '' } }), 'sign-in-expired');
  });

  it('a sign-in attempt is refused in another browser', async () => {
    const mine = await begin();
    const other = await begin();
    await refused(comeBack({ ...mine, cookie: other.cookie }), 'sign-in-expired');
    await refused(comeBack({ ...mine, cookie: '' }), 'sign-in-expired');
    expect((await comeBack(mine)).problem).toBeNull();
  });

  it('a sign-in attempt ends after ten minutes', async () => {
    const started = await begin();
    await refused(comeBack({ ...started, clock: () => Date.now() + 600_001 }), 'sign-in-expired');
  });

  it('a sign-in attempt refuses the code of another attempt, an unknown state and an error of Google', async () => {
    const mine = await begin();
    const other = await begin();
    await refused(comeBack({ ...mine, forgery: usedCode }), 'sign-in-refused');
    await refused(comeBack({ ...other, query: { state: 'made-up' } }), 'sign-in-expired');
    await refused(comeBack({ ...other, query: { error: 'server_error' } }), 'sign-in-refused');
  });
});

describe('a first sign-in', () => {
  const balanceOf = async (cookie: string) => {
    const user = await whoHas(cookie);
    return (await testServices().credits.ledger.balance(user?.id ?? '')).balance;
  };

  it('a first sign-in grants the welcome credit once, also after the account was deleted and made again', async () => {
    const bea = { ...ada, sub: 'bea' };
    const first = await signIn(bea);
    expect(await balanceOf(first.cookie)).toBe(1);
    expect(await balanceOf((await signIn(bea)).cookie)).toBe(1);

    const before = await whoHas(first.cookie);
    await closeAccount(before?.id ?? '');
    expect(await whoHas(first.cookie)).toBeNull();
    const left = await env.DB.prepare('SELECT count(*) AS n FROM profiles WHERE google_sub = ?').bind('bea').first();
    expect(left).toEqual({ n: 0 });

    const again = await signIn(bea);
    expect((await whoHas(again.cookie))?.id).not.toBe(before?.id);
    expect(await balanceOf(again.cookie)).toBe(0);
  });

  it('accounts of one Google account share its account hash, and no other account does', async () => {
    const hashes = async () =>
      (
        await env.DB.prepare('SELECT account_hash AS hash FROM users ORDER BY rowid DESC LIMIT 2').all<{
          hash: string;
        }>()
      ).results;
    const hal = { ...ada, sub: 'hal' };
    const before = await whoHas((await signIn(hal)).cookie);
    await closeAccount(before?.id ?? '');
    await signIn(hal);
    const [now, then] = await hashes();
    expect(now?.hash).toMatch(/^[\w-]{43}$/);
    expect(now).toEqual(then);
    await signIn({ ...ada, sub: 'ian' });
    expect((await hashes())[0]).not.toEqual(now);
  });

  it('a person from before the account hash was kept gets it at the next sign-in', async () => {
    const jon = { ...ada, sub: 'jon' };
    const { id = '' } = (await whoHas((await signIn(jon)).cookie)) ?? {};
    const hashOfJon = () =>
      env.DB.prepare('SELECT account_hash AS hash FROM users WHERE id = ?1').bind(id).first('hash');
    const hash = await hashOfJon();
    const law = await env.DB.prepare("SELECT sql FROM sqlite_schema WHERE name = 'users_3_frozen'").first<string>(
      'sql',
    );
    await env.DB.prepare('DROP TRIGGER users_3_frozen').run();
    await env.DB.prepare('UPDATE users SET account_hash = id WHERE id = ?1').bind(id).run();
    await env.DB.prepare(law ?? '').run();
    await signIn(jon);
    expect(await hashOfJon()).toBe(hash);
  });

  it('a first sign-in grants the welcome credits of the settings', async () => {
    await seedSettings({ signupCredits: 5 });
    expect(await balanceOf((await signIn({ ...ada, sub: 'cleo' })).cookie)).toBe(5);
    await seedSettings({ signupCredits: 0 });
    expect(await balanceOf((await signIn({ ...ada, sub: 'dora' })).cookie)).toBe(0);
    await seedSettings({ signupCredits: 1 });
  });

  it('two concurrent first sign-ins make one person', async () => {
    const both = await Promise.all([signIn({ ...ada, sub: 'eve' }), signIn({ ...ada, sub: 'eve' })]);
    const [one, two] = await Promise.all(both.map(({ cookie }) => whoHas(cookie)));
    expect(one?.id).toBe(two?.id);
    expect(await balanceOf(both[0].cookie)).toBe(1);
  });

  it('a person is identified by their Google id, not by their e-mail address', async () => {
    const before = await whoHas((await signIn({ ...ada, sub: 'fay', email: 'fay@example.com' })).cookie);
    const after = await whoHas((await signIn({ ...ada, sub: 'fay', email: 'fay@new.example', name: 'Fay' })).cookie);
    expect(after).toEqual({ ...before, email: 'fay@new.example', name: 'Fay' });
    const other = await whoHas((await signIn({ ...ada, sub: 'gil', email: 'fay@new.example' })).cookie);
    expect(other?.id).not.toBe(before?.id);
  });
});

describe('an id of a session', () => {
  it('each sign-in makes a new session id and ends the former session of the browser', async () => {
    const first = await signIn();
    const started = await begin();
    const second = await comeBack({ ...started, cookie: `${first.cookie}; ${started.cookie}` });
    expect(second.cookie).not.toBe(first.cookie);
    expect(await whoHas(first.cookie)).toBeNull();
    expect(await whoHas(second.cookie)).not.toBeNull();
  });

  it('a session id that was planted before the sign-in is never a session', async () => {
    const planted = `__Host-echoes=${'x'.repeat(43)}`;
    const started = await begin();
    const back = await comeBack({ ...started, cookie: `${planted}; ${started.cookie}` });
    expect(back.problem).toBeNull();
    expect(await whoHas(planted)).toBeNull();
  });
});
