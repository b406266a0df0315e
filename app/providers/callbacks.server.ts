import { createHmac, timingSafeEqual } from 'node:crypto';

/** Webhook URLs, one per generation, with a token that cannot be guessed. */
export interface Callbacks {
  /** The full URL that a submit gives to the provider. */
  addressOf(task: { provider: string; generationId: string }): string;
  /** The generation of a URL's token, or null if the token was not made for this provider. */
  check(address: { provider: string; token: string }): string | null;
}

/** `secret` signs the tokens; `appOrigin` is the public origin of Echoes. */
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
