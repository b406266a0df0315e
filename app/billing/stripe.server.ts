import Stripe from 'stripe';
import type { Config } from '~/config.server';

/** How long one answer of Stripe may take; its own two tries fit into what a person waits for. */
const timeoutMilliseconds = 15_000;

/** Makes Stripe's client when it is first needed: most requests have nothing to buy. */
export function createStripe({ config, fetch }: { config: Config; fetch: typeof globalThis.fetch }): () => Stripe {
  let made: Stripe | undefined;
  return () => {
    const { hostname, port, protocol } = new URL(config.STRIPE_API_BASE);
    made ??= new Stripe(config.STRIPE_SECRET_KEY, {
      host: hostname,
      port: port || (protocol === 'http:' ? 80 : 443),
      protocol: protocol === 'http:' ? 'http' : 'https',
      httpClient: Stripe.createFetchHttpClient(fetch),
      // Every request carries an idempotency key, so asking again is safe.
      maxNetworkRetries: 1,
      timeout: timeoutMilliseconds,
      telemetry: false,
    });
    return made;
  };
}

export type { Stripe };

/** Whether Stripe refused or could not be reached, rather than a mistake of ours. */
export function isStripeError(error: unknown): error is InstanceType<typeof Stripe.errors.StripeError> {
  return error instanceof Stripe.errors.StripeError;
}

/** Whether a signature does not fit its event, or is too old. */
export function isForged(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeSignatureVerificationError;
}

/** Whether this secret key belongs to real money. */
export function isLiveKey(key: string): boolean {
  return /^(sk|rk)_live_/.test(key);
}

/** The id of what may have come as the object itself. */
export function idIn(value: string | { id: string } | null | undefined): string | null {
  return typeof value === 'string' ? value : (value?.id ?? null);
}
