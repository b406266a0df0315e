import { createSignature } from '~/signature.server';

/** Webhook URLs, one per generation, with a token that cannot be guessed. */
export interface Callbacks {
  /** The full URL that a submit gives to the provider. */
  addressOf(task: { provider: string; generationId: string }): string;
  /** The generation of a URL's token, or null if the token was not made for this provider. */
  check(address: { provider: string; token: string }): string | null;
}

/** The first of `secrets` signs the tokens, each of them checks; `appOrigin` is the public origin of Echoes. */
export function createCallbacks({ secrets, appOrigin }: { secrets: readonly string[]; appOrigin: string }): Callbacks {
  const signature = createSignature({ secrets, purpose: 'webhook' });
  return {
    addressOf: ({ provider, generationId }) =>
      `${appOrigin}/webhooks/${provider}/${generationId}.${signature.of(provider, generationId)}`,
    check({ provider, token }) {
      const [generationId = '', mark = '', ...rest] = token.split('.');
      return rest.length === 0 && signature.matches(mark, provider, generationId) ? generationId : null;
    },
  };
}
