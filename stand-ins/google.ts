import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Configuration, errors, interactionPolicy, Provider } from 'oidc-provider';
import { createMemory } from './google-memory.ts';
import { type Exchange, escaped, formOf, type Origins, type StandIn, sendHtml } from './http.ts';
import { page } from './page.ts';
import { type People, type Person, portraitOf } from './people.ts';

const mount = '/google';
const knownCookie = 'google_known';
const googleClient = { id: 'echoes-local', secret: 'echoes-local-secret' } as const;

/**
 * Google as an OpenID provider: discovery, code flow with S256 required, RS256 ID tokens, user info.
 * An account chooser takes the place of Google's pages, and is shown at every sign-in. As at Google, choosing an account that
 * this browser knows asks for no password: `auth_time` stays that of the first time, except for a client that wants `max_age=0`.
 * Google tells `auth_time` only to clients that ask for it.
 */
export function createGoogle({ origin, appOrigin, people }: Origins & { people: People }): StandIn {
  const provider = new Provider(`${origin}${mount}`, configuration({ origin, appOrigin, people }));
  const serve = provider.callback();

  async function chooser({ request, response, note }: Exchange): Promise<void> {
    const { params } = await provider.interactionDetails(request, response);
    note('account chooser');
    sendHtml(response, 200, chooserPage(people.all(), new URL(String(params.redirect_uri)).host));
  }

  async function choose({ request, response, note }: Exchange): Promise<void> {
    const form = await formOf(request);
    const person = form.has('sub')
      ? people.find(form.get('sub') ?? '')
      : people.welcome(form.get('name')?.trim() || 'Someone', form.get('email')?.trim() ?? '');
    note(person ? `chose ${person.name}` : 'canceled');
    const { params } = await provider.interactionDetails(request, response);
    const known = knownPeople(request);
    const now = Math.floor(Date.now() / 1000);
    // The provider turns `max_age=0` into this prompt.
    const isFresh = params.max_age !== undefined || String(params.prompt).split(' ').includes('login');
    const ts = person && !isFresh ? (known[person.sub] ?? now) : now;
    if (person) {
      const text = encodeURIComponent(JSON.stringify({ ...known, [person.sub]: ts }));
      response.setHeader('set-cookie', `${knownCookie}=${text}; Path=${mount}; HttpOnly; SameSite=Lax; Max-Age=86400`);
    }
    const choice = person
      ? { login: { accountId: person.sub, remember: false, ts }, consent: {}, select_account: {} }
      : { error: 'access_denied', error_description: 'The person said no' };
    await provider.interactionFinished(request, response, choice, { mergeWithLastSubmission: false });
  }

  function portrait({ response, path }: Exchange): void {
    const person = people.find(path.slice('/people/'.length, -'.svg'.length));
    response.writeHead(person ? 200 : 404, { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=3600' });
    response.end(person ? portraitOf(person) : '');
  }

  return {
    name: 'Google',
    mount,
    vars: {
      GOOGLE_ISSUER: provider.issuer,
      GOOGLE_CLIENT_ID: googleClient.id,
      GOOGLE_CLIENT_SECRET: googleClient.secret,
    },
    async answer(exchange) {
      const { request, response, path } = exchange;
      if (path.startsWith('/people/')) return portrait(exchange);
      if (!path.startsWith('/choose/')) return handOver(request, () => void serve(request, response));
      try {
        await (request.method === 'POST' ? choose(exchange) : chooser(exchange));
      } catch (error) {
        if (!(error instanceof errors.SessionNotFound)) throw error;
        sendHtml(response, 400, page('Too late', '<h1>This sign-in has ended</h1><p>Go back and begin again.</p>'));
      }
    },
  };
}

/** The people whom this browser has signed in at Google, by `sub`, and when (seconds since 1970). */
function knownPeople(request: IncomingMessage): Record<string, number> {
  const pair = request.headers.cookie?.split('; ').find((cookie) => cookie.startsWith(`${knownCookie}=`));
  try {
    return JSON.parse(decodeURIComponent(pair?.slice(knownCookie.length + 1) ?? '{}')) as Record<string, number>;
  } catch {
    return {};
  }
}

/**
 * Gives the provider the path below its mount as `url` and the whole path as `originalUrl`, as Express does. Session
 * cookies are removed, so that every sign-in shows the account chooser.
 */
function handOver(request: IncomingMessage & { originalUrl?: string }, serve: () => void): void {
  request.originalUrl = request.url ?? '/';
  request.url = request.originalUrl.slice(mount.length);
  const cookies = request.headers.cookie?.split('; ').filter((cookie) => !cookie.startsWith('google_session'));
  request.headers.cookie = cookies?.join('; ');
  serve();
}

function configuration({ origin, appOrigin, people }: Origins & { people: People }): Configuration {
  return {
    clients: [
      {
        client_id: googleClient.id,
        client_secret: googleClient.secret,
        redirect_uris: [`${appOrigin}/auth/google/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [signingKey()] },
    scopes: ['openid'],
    claims: {
      openid: ['sub'],
      auth_time: null,
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name', 'picture'],
      'https://www.googleapis.com/auth/userinfo.email': ['email', 'email_verified'],
      'https://www.googleapis.com/auth/userinfo.profile': ['name', 'given_name', 'family_name', 'picture'],
    },
    // Google puts e-mail and name into the ID token as well as into the answer of its user info endpoint.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: {
      claimsParameter: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    routes: { userinfo: '/userinfo' },
    adapter: createMemory(),
    responseTypes: ['code'],
    interactions: { url: (_, interaction) => `${mount}/choose/${interaction.uid}`, policy: chooserOnly() },
    // A browser sends the cookies of localhost to every port: distinct names and paths keep these apart from the app's.
    cookies: {
      keys: [randomBytes(24).toString('hex')],
      names: { session: 'google_session', interaction: 'google_interaction', resume: 'google_resume' },
      long: { path: mount, httpOnly: true, sameSite: 'lax' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    ttl: { AccessToken: 3600, AuthorizationCode: 600, IdToken: 3600, Interaction: 3600, Session: 3600, Grant: 3600 },
    clientBasedCORS: () => false,
    findAccount: (_, sub) => {
      const person = people.find(sub);
      return person ? { accountId: sub, claims: () => claimsOf(person, origin) } : undefined;
    },
    async loadExistingGrant({ oidc }) {
      if (!oidc.session?.accountId || !oidc.client) return undefined;
      const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
      await grant.save();
      return grant;
    },
    renderError(context, { error, error_description: description }) {
      context.type = 'html';
      context.body = page(
        'Sign-in error',
        `<h1>Error ${context.status}: ${escaped(error)}</h1><p>${escaped(description ?? '')}</p>`,
      );
    },
  };
}

/** Prompts for an account, also for Google's `prompt` values, and never for consent. */
function chooserOnly() {
  const { base, Prompt } = interactionPolicy;
  const policy = base();
  policy.remove('consent');
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0);
  policy.add(new Prompt({ name: 'consent', requestable: true }));
  return policy;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    ...privateKey.export({ format: 'jwk' }),
    kty: 'RSA',
    kid: randomBytes(8).toString('hex'),
    use: 'sig',
    alg: 'RS256',
  } as const;
}

function claimsOf({ sub, name, email, emailVerified }: Person, origin: string) {
  const [given, ...family] = name.split(' ');
  return {
    sub,
    name,
    given_name: given,
    family_name: family.join(' '),
    picture: `${origin}${mount}/people/${sub}.svg`,
    email,
    email_verified: emailVerified,
  };
}

function chooserPage(people: readonly Person[], appHost: string): string {
  const buttons = people.map(
    ({ sub, name, email, emailVerified }) =>
      `<button class="person" name="sub" value="${sub}" aria-label="${escaped(name)}"><img src="${mount}/people/${sub}.svg" width="40" height="40" alt=""><span>${escaped(name)}<small>${escaped(email)}${emailVerified ? '' : ' · not verified'}</small></span></button>`,
  );
  return page(
    'Choose an account',
    `<h1>Choose an account</h1><p class="soft">to continue to ${escaped(appHost)}. This page stands in for Google.</p>
<form method="post">${buttons.join('')}</form>
<details><summary>Someone else</summary><form class="stack" method="post"><label>Name <input name="name" required></label><label>E-mail <input name="email" type="email" required></label><button>Continue</button></form></details>
<form method="post"><p><button name="sub" value="">Cancel</button></p></form>`,
  );
}
