import * as oauth from 'oauth4webapi';
import type { StrategyVerifyCallback } from 'remix-auth';
import { type GoogleExtraParams, type GoogleProfile, GoogleStrategy } from 'remix-auth-google';
import type { OAuth2StrategyVerifyParams } from 'remix-auth-oauth2';
import type { Clock } from '~/db/ids';
import type { SignInProblem } from '~/outcome-messages';
import type { Attempts } from './attempts.server';
import { away } from './cookies';
import { authTimeOf, failureOf, mostSkew, profileOf } from './google-claims.server';
import { safePath } from './safe-path';

/**
 * How a sign-in ended. `detail` is for the log, `authenticatedAt` (ms) when Google last asked the person who they are, as far
 * as it says. `isFresh`: the person was signed in and had to prove again that it is them.
 */
export type SignIn =
  | { outcome: 'signed-in'; userId: string; returnTo: string; authenticatedAt: number | null; isLeaving: boolean }
  | { outcome: 'refused'; problem: SignInProblem; returnTo: string | null; isFresh: boolean; detail: string };

/** What a verified sign-in hands on beside the profile. */
export interface VerifiedSignIn {
  returnTo: string;
  authenticatedAt: number | null;
  /** The person whose fresh sign-in this is; null for any other sign-in. */
  freshFor: string | null;
}

/** Google tells `auth_time` to clients that ask for it by name. */
const wantedClaims = JSON.stringify({ id_token: { auth_time: { essential: true } } });

type Verify = StrategyVerifyCallback<SignIn, OAuth2StrategyVerifyParams<GoogleProfile, GoogleExtraParams>>;

/** The identity server and the OAuth client of Echoes there. */
export interface GoogleClient {
  issuer: string;
  clientId: string;
  clientSecret: string;
  callbackUrl: string;
  fetch: typeof fetch;
}

/**
 * Google sign-in by OpenID Connect. The parent class checks neither ID token nor nonce and accepts a state twice, so the
 * whole flow is oauth4webapi's, with PKCE, and each attempt is a sealed cookie.
 */
export class OpenIdGoogleStrategy extends GoogleStrategy<SignIn> {
  readonly #google: GoogleClient;
  readonly #attempts: Attempts;
  readonly #clock: Clock;
  readonly #signedIn: (request: Request) => Promise<string | null>;

  /** `signedIn` tells the id of the person of a request, whose sign-in is to be made fresh. */
  constructor(
    {
      google,
      attempts,
      clock,
      signedIn,
    }: {
      google: GoogleClient;
      attempts: Attempts;
      clock: Clock;
      signedIn: (request: Request) => Promise<string | null>;
    },
    verify: Verify,
  ) {
    const { clientId, clientSecret, callbackUrl } = google;
    super({ clientID: clientId, clientSecret, callbackURL: callbackUrl, scope: 'openid email profile' }, verify);
    this.#google = google;
    this.#attempts = attempts;
    this.#clock = clock;
    this.#signedIn = signedIn;
  }

  /** Returns how the sign-in ended on the callback; elsewhere throws the redirect to Google with the attempt's cookie. */
  override async authenticate(request: Request): Promise<SignIn> {
    const isCallback = new URL(request.url).pathname === new URL(this.#google.callbackUrl).pathname;
    return isCallback ? this.#finish(request) : this.#begin(request);
  }

  async #begin(request: Request): Promise<SignIn> {
    const form = await request.formData();
    const returnTo = safePath(form.get('returnTo'));
    const userId = form.has('fresh') ? await this.#signedIn(request) : null;
    const fresh = userId === null ? null : { userId, beganAt: this.#clock() };
    const server = await this.#discover().catch((error: unknown) => String(error));
    if (typeof server === 'string' || !server.authorization_endpoint)
      return {
        outcome: 'refused',
        problem: 'sign-in-unreachable',
        returnTo,
        isFresh: fresh !== null,
        detail: String(server),
      };

    const nonce = oauth.generateRandomNonce();
    const codeVerifier = oauth.generateRandomCodeVerifier();
    const { state, setCookies } = await this.#attempts.begin(request, { nonce, codeVerifier, returnTo, fresh });
    const url = new URL(server.authorization_endpoint);
    const params = {
      ...Object.fromEntries(this.authorizationParams()),
      client_id: this.clientID,
      redirect_uri: this.callbackURL,
      response_type: 'code',
      scope: this.scope ?? '',
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      claims: wantedClaims,
      ...(fresh && { max_age: '0' }),
    };
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    throw away(url.href, ...setCookies);
  }

  async #finish(request: Request): Promise<SignIn> {
    const url = new URL(request.url);
    const state = url.searchParams.get('state') ?? '';
    const attempt = await this.#attempts.find(request);
    const refused = (problem: SignInProblem, detail: string): SignIn => ({
      outcome: 'refused',
      problem,
      returnTo: attempt?.returnTo ?? null,
      isFresh: attempt !== null && attempt.fresh !== null,
      detail,
    });
    if (url.searchParams.get('error') === 'access_denied') return refused('sign-in-canceled', 'access_denied');
    if (!attempt) return refused('sign-in-expired', 'no such attempt of this browser');

    const answer = await this.#exchange(url, { ...attempt, state }).catch(failureOf);
    if ('problem' in answer) return refused(answer.problem, answer.detail);
    const { claims, accessToken } = answer;
    if (claims.email_verified !== true) return refused('sign-in-email-unverified', 'email_verified is not true');
    const profile = profileOf(claims);
    if (!profile) return refused('sign-in-refused', 'no sub or e-mail in the ID token');
    const authenticatedAt = authTimeOf(claims, this.#clock());
    const { returnTo, fresh } = attempt;
    // A provider that does not honor `max_age` answers with the time of an older sign-in.
    if (fresh && !(authenticatedAt !== null && authenticatedAt >= fresh.beganAt - mostSkew))
      return refused('sign-in-not-fresh', `auth_time ${claims.auth_time} for a sign-in begun at ${fresh.beganAt}`);
    const verified: VerifiedSignIn = { returnTo, authenticatedAt, freshFor: fresh?.userId ?? null };
    const extraParams = verified as unknown as GoogleExtraParams;
    return this.verify({ accessToken, extraParams, profile, request });
  }

  /** Exchanges the code for an ID token and checks its signature, RS256, issuer, audience, time and nonce. */
  async #exchange(url: URL, { nonce, codeVerifier, state }: { nonce: string; codeVerifier: string; state: string }) {
    const server = await this.#discover();
    const client: oauth.Client = { client_id: this.clientID, id_token_signed_response_alg: 'RS256' };
    const params = oauth.validateAuthResponse(server, client, url, state);
    const secret = oauth.ClientSecretPost(this.clientSecret);
    const options = this.#options();
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      secret,
      params,
      this.callbackURL,
      codeVerifier,
      options,
    );
    const expected = { expectedNonce: nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, expected);
    await oauth.validateApplicationLevelSignature(server, response, options);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    if (!claims) throw new Error('no ID token');
    return { claims, accessToken: tokens.access_token };
  }

  async #discover(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(this.#google.issuer);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, this.#options()));
  }

  #options() {
    const { protocol, hostname } = new URL(this.#google.issuer);
    const isLoopback = protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
    const { fetch } = this.#google;
    return {
      // workerd's fetch throws when it is called as a method of another object.
      [oauth.customFetch]: (input: string, init: RequestInit) => fetch(input, init),
      [oauth.allowInsecureRequests]: isLoopback,
      signal: () => AbortSignal.timeout(10_000),
    };
  }
}
