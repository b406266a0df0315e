import type { Config } from '~/config.server';
import { createRunway } from './runway.server';
import type { Model, VideoProvider } from './video-provider';

/** The providers this installation has keys for. */
export interface Providers {
  /** The provider with this id, or null where it is unknown or not set up. */
  find(id: string): VideoProvider | null;
  /** The provider and model to be used, or null where the pair does not exist. */
  choose(choice: { provider: string; model: string }): { provider: VideoProvider; model: Model } | null;
}

/** Builds every provider whose address and key are configured. */
export function createProviders({ config, fetch }: { config: Config; fetch: typeof globalThis.fetch }): Providers {
  const all: readonly VideoProvider[] = [
    createRunway({
      baseUrl: config.RUNWAYML_BASE_URL,
      secret: config.RUNWAYML_API_SECRET,
      outputHosts: config.RUNWAYML_OUTPUT_HOSTS,
      fetch,
    }),
  ];
  const find = (id: string) => all.find((provider) => provider.id === id) ?? null;
  return {
    find,
    choose(choice) {
      const provider = find(choice.provider);
      const model = provider?.models.find(({ id }) => id === choice.model);
      return provider && model ? { provider, model } : null;
    },
  };
}
