// An OpenID issuer for tests in workerd: real keys and real signatures, presented through the injected fetch.
import { testConfig } from './services';

const config = testConfig();
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const base64Url = (value: string | ArrayBuffer) => Buffer.from(value as string).toString('base64url');

/** An ID token before it is signed. */
interface UnsignedToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

/** How an answer differs from an honest one. */
export interface Forgery {
  token?: (honest: UnsignedToken) => UnsignedToken;
  /** Signs the text `header.claims` instead of the issuer's key. */
  sign?: (input: string, publicKeyText: string) => Promise<string> | string;
  /** Answers instead of the issuer. */
  answer?: (url: URL) => Response | undefined;
}

/** Keys and answers of an honest issuer at GOOGLE_ISSUER, and a way to present forged ones. */
export async function createIssuer() {
  const keys = (await crypto.subtle.generateKey(
    { ...rsa, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )) as CryptoKeyPair;
  const publicKey = (await crypto.subtle.exportKey('jwk', keys.publicKey)) as JsonWebKey;
  const issuer = config.GOOGLE_ISSUER;

  /** A fetch that reaches only this issuer; `redirect` is the authorization URL, `account` the claims of the person. */
  function fetchFor({
    redirect,
    account,
    forgery = {},
  }: {
    redirect: URL;
    account: Record<string, unknown>;
    forgery?: Forgery;
  }): typeof fetch {
    return async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const forged = forgery.answer?.(url);
      if (forged) return forged;
      if (url.pathname === '/.well-known/openid-configuration') return Response.json(discovery(issuer));
      if (url.pathname === '/keys')
        return Response.json({ keys: [{ ...publicKey, kid: 'one', use: 'sig', alg: 'RS256' }] });
      if (url.pathname !== '/token') return new Response(null, { status: 404 });

      const form = new URLSearchParams(String(init?.body));
      const verifier = Buffer.from(form.get('code_verifier') ?? '');
      const challenge = base64Url(await crypto.subtle.digest('SHA-256', verifier));
      if (form.get('code') !== 'good' || challenge !== redirect.searchParams.get('code_challenge'))
        return Response.json({ error: 'invalid_grant' }, { status: 400 });
      const now = Math.floor(Date.now() / 1000);
      const honest: UnsignedToken = {
        header: { alg: 'RS256', kid: 'one', typ: 'JWT' },
        claims: {
          iss: issuer,
          aud: config.GOOGLE_CLIENT_ID,
          iat: now,
          exp: now + 3600,
          auth_time: now,
          nonce: redirect.searchParams.get('nonce'),
          ...account,
        },
      };
      const { header, claims } = forgery.token?.(honest) ?? honest;
      const signed = `${base64Url(JSON.stringify(header))}.${base64Url(JSON.stringify(claims))}`;
      const signature = forgery.sign
        ? await forgery.sign(signed, JSON.stringify(publicKey))
        : base64Url(await crypto.subtle.sign(rsa, keys.privateKey, Buffer.from(signed)));
      return Response.json({ access_token: 'token', token_type: 'Bearer', id_token: `${signed}.${signature}` });
    };
  }

  return { fetchFor };
}

function discovery(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
  };
}
