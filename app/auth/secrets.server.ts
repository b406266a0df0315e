import { createHash, createHmac } from 'node:crypto';

/** 256 random bits, as text that fits a cookie or a URL. */
export function newSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
}

/** What is stored in place of a secret: who reads the database cannot use it. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** A name for `value` that only the holder of `secret` can work out. */
export function keyedHashOf({ secret, value }: { secret: string; value: string }): string {
  return createHmac('sha256', secret).update(value).digest('base64url');
}
