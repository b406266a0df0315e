import { createHmac, timingSafeEqual } from 'node:crypto';

/** Addresses for webhooks, one for each generation, which nobody can guess. */
export interface Callbacks {
  /** The full address a provider is given with a request. */
  addressOf(task: { provider: string; generationId: string }): string;
  /** The generation behind an address's last part, or null when it was not made here for this provider. */
  check(address: { provider: string; token: string }): string | null;
}

/** `secret` is a signing secret; `appOrigin` where Echoes is reached. */
export function createCallbacks({ secret, appOrigin }: { secret: string; appOrigin: string }): Callbacks {
  const tokenOf = (provider: string, generationId: string) => {
    const mac = createHmac('sha256', secret).update(`webhook\n${provider}\n${generationId}`).digest('base64url');
    return `${generationId}.${mac}`;
  };
  return {
    addressOf: ({ provider, generationId }) => `${appOrigin}/webhooks/${provider}/${tokenOf(provider, generationId)}`,
    check({ provider, token }) {
      const generationId = token.split('.')[0] ?? '';
      const given = Buffer.from(token);
      const wanted = Buffer.from(tokenOf(provider, generationId));
      return given.length === wanted.length && timingSafeEqual(given, wanted) ? generationId : null;
    },
  };
}
