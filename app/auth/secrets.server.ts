import { createHash, createHmac } from 'node:crypto';

/** 256 random bits in base64url, for a cookie or a URL. */
export function newSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
}

/** The hash that is stored instead of a secret, so that a copy of the database does not hold usable secrets. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** A keyed hash of `value`, which cannot be computed without `secret`. */
export function keyedHashOf({ secret, value }: { secret: string; value: string }): string {
  return createHmac('sha256', secret).update(value).digest('base64url');
}
