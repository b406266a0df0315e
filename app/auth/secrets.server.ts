import { createHash, createHmac } from 'node:crypto';

/** 256 random bits in base64url, for a cookie or a URL. */
export function newSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
}

/** The hash that is stored instead of a secret, so that a copy of the database does not hold usable secrets. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** The account hash: a keyed hash of the lasting id of a Google account, by which its person is known after they left. */
export function accountHashOf({ secret, sub }: { secret: string; sub: string }): string {
  return createHmac('sha256', secret).update(`signup:${sub}`).digest('base64url');
}
