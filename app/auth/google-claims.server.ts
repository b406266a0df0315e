// What Google says in an ID token, and how its answers fail.
import type * as oauth from 'oauth4webapi';
import type { GoogleProfile } from 'remix-auth-google';
import type { SignInProblem } from '~/outcome-messages';

/** How far Google's clock and ours may differ, in ms. */
export const mostSkew = 30_000;

/** `sign-in-refused` if an answer fails a check, `sign-in-unreachable` if Google cannot be reached. */
export function failureOf(error: unknown): { problem: SignInProblem; detail: string } {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  const isAnswer = typeof code === 'string' && code.startsWith('OAUTH_');
  return { problem: isAnswer ? 'sign-in-refused' : 'sign-in-unreachable', detail: `${code ?? name}: ${message}` };
}

/** When Google asked the person who they are, in ms; null where it does not say so, or says a time that is yet to come. */
export function authTimeOf({ auth_time: at }: oauth.IDToken, now: number): number | null {
  if (typeof at !== 'number' || !Number.isFinite(at) || at <= 0) return null;
  const milliseconds = Math.floor(at * 1000);
  return milliseconds <= now + mostSkew ? Math.min(milliseconds, now) : null;
}

/** The profile of an ID token; null without a lasting id or an e-mail address. */
export function profileOf(claims: oauth.IDToken): GoogleProfile | null {
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
