import { createHash, createHmac } from 'node:crypto';
import { networkOf } from '~/network';

/** 256 random bits in base64url, for a cookie or a URL. */
export function newSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
}

/** The hash that is stored instead of a secret, so that a copy of the database does not hold usable secrets. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Where and on what somebody signed up, as keyed hashes: equal ones are told, and nothing can be read from them. */
export function arrivalOf({ secret, request }: { secret: string; request: Request }): Arrival | null {
  const address = request.headers.get('CF-Connecting-IP');
  if (!address) return null;
  const hash = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  const device = ['User-Agent', 'Accept-Language'].map((name) => request.headers.get(name) ?? '');
  return {
    networkHash: hash(`sign-up-network:${networkOf(address)}`),
    deviceHash: hash(`sign-up-device:${JSON.stringify(device)}`),
  };
}

/** The network and the device pattern of a sign-up; null where neither is known. */
interface Arrival {
  networkHash: string;
  deviceHash: string;
}

/** The account hash: a keyed hash of the lasting id of a Google account, by which its person is known after they left. */
export function accountHashOf({ secret, sub }: { secret: string; sub: string }): string {
  return createHmac('sha256', secret).update(`signup:${sub}`).digest('base64url');
}
