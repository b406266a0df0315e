import type { Config } from '~/config.server';
import type { Resting } from './breaker.server';
import { createFal } from './fal.server';
import { createLuma } from './luma.server';
import { createReplicate } from './replicate.server';
import { createRunway } from './runway.server';
import { createVeo } from './veo.server';
import { canMake, type Model, type VideoProvider, type Wanted } from './video-provider';
import { isLoopback } from './wire';

/** The providers this installation has keys for. */
export interface Providers {
  /** All of them. */
  all(): readonly VideoProvider[];
  /** The provider with this id, or null where it is unknown or not set up. */
  find(id: string): VideoProvider | null;
  /** All of them. */
  list(): readonly VideoProvider[];
  /** The first of these that is set up, can make such a film, and does not rest. */
  choose(from: {
    candidates: readonly { provider: string; model: string }[];
    wanted: Wanted;
    resting: Resting;
  }): Choice;
}

/** `resting`: it could be made, but whoever could make it rests: the first of them, and when (ms) the soonest is back. */
type Choice =
  | { outcome: 'chosen'; provider: VideoProvider; model: Model }
  | { outcome: 'resting'; provider: VideoProvider; model: Model; until: number }
  | { outcome: 'unavailable' };

/** Builds every provider whose address and key are configured. */
export function createProviders({ config, fetch }: { config: Config; fetch: typeof globalThis.fetch }): Providers {
  const all: readonly VideoProvider[] = [
    createRunway({
      baseUrl: config.RUNWAYML_BASE_URL,
      secret: config.RUNWAYML_API_SECRET,
      outputHosts: config.RUNWAYML_OUTPUT_HOSTS,
      fetch,
    }),
    ...further({ config, fetch }),
  ];
  const find = (id: string) => all.find((provider) => provider.id === id) ?? null;
  return {
    all: () => all,
    find,
    list: () => all,
    choose({ candidates, wanted, resting }) {
      const able = candidates.flatMap((candidate) => {
        const provider = find(candidate.provider);
        const model = provider?.models.find(({ id }) => id === candidate.model);
        return provider && model && canMake(model, wanted)
          ? [{ provider, model, until: resting.get(provider.id) ?? null }]
          : [];
      });
      const [first] = able;
      const awake = able.find(({ until }) => until === null);
      if (awake) return { outcome: 'chosen', provider: awake.provider, model: awake.model };
      if (!first) return { outcome: 'unavailable' };
      const until = Math.min(...able.map((one) => one.until ?? 0));
      return { outcome: 'resting', provider: first.provider, model: first.model, until };
    },
  };
}

/** The providers that are a choice of the owner: there where their key is (`readConfig` sees to the rest). */
function further({ config, fetch }: { config: Config; fetch: typeof globalThis.fetch }): VideoProvider[] {
  const { LUMA_API_KEY, FAL_KEY, REPLICATE_API_TOKEN, VEO_API_KEY } = config;
  const luma = { baseUrl: config.LUMA_BASE_URL ?? '', outputHosts: config.LUMA_OUTPUT_HOSTS ?? [], fetch };
  const fal = { baseUrl: config.FAL_QUEUE_URL ?? '', outputHosts: config.FAL_OUTPUT_HOSTS ?? [], fetch };
  const replicate = {
    baseUrl: config.REPLICATE_BASE_URL ?? '',
    outputHosts: config.REPLICATE_OUTPUT_HOSTS ?? [],
    fetch,
  };
  const veo = { baseUrl: config.VEO_BASE_URL ?? '', outputHosts: config.VEO_OUTPUT_HOSTS ?? [], fetch };
  // Luma can only fetch pictures, so it must be able to reach us.
  const lumaReachesUs = config.APP_ORIGIN.startsWith('https://') || isLoopback(luma.baseUrl);
  const secrets = { replicate: config.REPLICATE_WEBHOOK_SECRET, veo: config.VEO_WEBHOOK_SECRET };
  return [
    ...(LUMA_API_KEY && lumaReachesUs ? [createLuma({ ...luma, key: LUMA_API_KEY })] : []),
    ...(FAL_KEY ? [createFal({ ...fal, key: FAL_KEY, jwksUrl: config.FAL_JWKS_URL ?? '' })] : []),
    ...(REPLICATE_API_TOKEN
      ? [createReplicate({ ...replicate, token: REPLICATE_API_TOKEN, webhookSecret: secrets.replicate })]
      : []),
    ...(VEO_API_KEY ? [createVeo({ ...veo, key: VEO_API_KEY, webhookSecret: secrets.veo })] : []),
  ];
}
