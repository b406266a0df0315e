import Stripe from 'stripe';
import type { Config } from '~/config.server';

/** The timeout of one request to Stripe; with one retry a page waits at most twice as long. */
const timeoutMilliseconds = 15_000;

/** Makes Stripe's client at the first use, because most requests do not need it. */
export function createStripe({ config, fetch }: { config: Config; fetch: typeof globalThis.fetch }): () => Stripe {
  let made: Stripe | undefined;
  return () => {
    const { hostname, port, protocol } = new URL(config.STRIPE_API_BASE);
    made ??= new Stripe(config.STRIPE_SECRET_KEY, {
      host: hostname,
      port: port || (protocol === 'http:' ? 80 : 443),
      protocol: protocol === 'http:' ? 'http' : 'https',
      httpClient: Stripe.createFetchHttpClient(fetch),
      // Every write has an idempotency key, so a retry is safe.
      maxNetworkRetries: 1,
      timeout: timeoutMilliseconds,
      telemetry: false,
    });
    return made;
  };
}

export type { Stripe };

/** True for an error of Stripe's client: a refusal or no connection. */
export function isStripeError(error: unknown): error is InstanceType<typeof Stripe.errors.StripeError> {
  return error instanceof Stripe.errors.StripeError;
}

/** True if a signature does not match its event or is too old. */
export function isForged(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeSignatureVerificationError;
}

/** True for a key of live mode, which moves real money. */
export function isLiveKey(key: string): boolean {
  return /^(sk|rk)_live_/.test(key);
}

/** The id of an expandable field of Stripe's: the id itself, or the one of the expanded object. */
export function idIn(value: string | { id: string } | null | undefined): string | null {
  return typeof value === 'string' ? value : (value?.id ?? null);
}
