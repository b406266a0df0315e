import * as oauth from 'oauth4webapi';
import type { StrategyVerifyCallback } from 'remix-auth';
import { type GoogleExtraParams, type GoogleProfile, GoogleStrategy } from 'remix-auth-google';
import type { OAuth2StrategyVerifyParams } from 'remix-auth-oauth2';
import type { SignInProblem } from '~/outcome-messages';
import type { Attempts } from './attempts.server';
import { away } from './cookies';
import { safePath } from './safe-path';

/** How a sign-in ended. `detail` is for the log. */
export type SignIn =
  | { outcome: 'signed-in'; userId: string; returnTo: string }
  | { outcome: 'refused'; problem: SignInProblem; returnTo: string | null; detail: string };

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

  constructor({ google, attempts }: { google: GoogleClient; attempts: Attempts }, verify: Verify) {
    const { clientId, clientSecret, callbackUrl } = google;
    super({ clientID: clientId, clientSecret, callbackURL: callbackUrl, scope: 'openid email profile' }, verify);
    this.#google = google;
    this.#attempts = attempts;
  }

  /** Returns how the sign-in ended on the callback; elsewhere throws the redirect to Google with the attempt's cookie. */
  override async authenticate(request: Request): Promise<SignIn> {
    const isCallback = new URL(request.url).pathname === new URL(this.#google.callbackUrl).pathname;
    return isCallback ? this.#finish(request) : this.#begin(request);
  }

  async #begin(request: Request): Promise<SignIn> {
    const returnTo = safePath((await request.formData()).get('returnTo'));
    const server = await this.#discover().catch((error: unknown) => String(error));
    if (typeof server === 'string' || !server.authorization_endpoint)
      return { outcome: 'refused', problem: 'sign-in-unreachable', returnTo, detail: String(server) };

    const nonce = oauth.generateRandomNonce();
    const codeVerifier = oauth.generateRandomCodeVerifier();
    const { state, setCookies } = await this.#attempts.begin(request, { nonce, codeVerifier, returnTo });
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
    const extraParams = { returnTo: attempt.returnTo } as unknown as GoogleExtraParams;
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

/** `sign-in-refused` if an answer fails a check, `sign-in-unreachable` if Google cannot be reached. */
function failureOf(error: unknown): { problem: SignInProblem; detail: string } {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  const isAnswer = typeof code === 'string' && code.startsWith('OAUTH_');
  return { problem: isAnswer ? 'sign-in-refused' : 'sign-in-unreachable', detail: `${code ?? name}: ${message}` };
}

function profileOf(claims: oauth.IDToken): GoogleProfile | null {
  const { sub, email } = claims;
  if (typeof sub !== 'string' || sub === '' || typeof email !== 'string' || email === '') return null;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const name = text(claims.name) || email;
  return {
    provider: 'google',
    id: sub,
    displayName: name,
    name: { familyName: text(claims.family_name), givenName: text(claims.given_name) },
    emails: [{ value: email }],
    photos: [{ value: text(claims.picture) }],
    _json: { ...claims, sub, email, name } as unknown as GoogleProfile['_json'],
  };
}
