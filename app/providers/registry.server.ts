import type { Config } from '~/config.server';
import { lazy } from '~/lazy';
import type { Resting } from './breaker.server';
import { createFal } from './fal.server';
import { createLuma } from './luma.server';
import { createReplicate } from './replicate.server';
import { createRunway } from './runway.server';
import { createVeo } from './veo.server';
import { canMake, type Model, type VideoProvider, type Wanted } from './video-provider';
import { isLoopback } from './wire';

/** The providers that have a key here. */
export interface Providers {
  all(): readonly VideoProvider[];
  /** The provider with this id, or null if it is unknown or has no key. */
  find(id: string): VideoProvider | null;
  /** The first candidate that has a key, can make this clip, and does not rest. */
  choose(from: {
    candidates: readonly { provider: string; model: string }[];
    wanted: Wanted;
    resting: Resting;
  }): Choice;
}

/** `resting`: every provider that can make it rests; the first of these, and when (ms) the soonest is back. */
type Choice =
  | { outcome: 'chosen'; provider: VideoProvider; model: Model }
  | { outcome: 'resting'; provider: VideoProvider; model: Model; until: number }
  | { outcome: 'unavailable' };

/** Builds the providers whose URL and key are configured, when they are first needed. */
export function createProviders({ config, fetch }: { config: Config; fetch: typeof globalThis.fetch }): Providers {
  const all = lazy((): readonly VideoProvider[] => [
    createRunway({
      baseUrl: config.RUNWAYML_BASE_URL,
      secret: config.RUNWAYML_API_SECRET,
      outputHosts: config.RUNWAYML_OUTPUT_HOSTS,
      fetch,
    }),
    ...optionalProviders({ config, fetch }),
  ]);
  const find = (id: string) => all().find((provider) => provider.id === id) ?? null;
  return {
    all,
    find,
    choose({ candidates, wanted, resting }) {
      const able = candidates.flatMap((candidate) => {
        const provider = find(candidate.provider);
        const model = provider?.models.find(({ id }) => id === candidate.model);
        return provider && model && canMake(model, wanted)
          ? [{ provider, model, until: resting.until(provider.id, model.costCents(wanted.durationSeconds)) }]
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

/** The optional providers, each present if it has a key; `readConfig` checks that the rest of its settings are complete. */
function optionalProviders({ config, fetch }: { config: Config; fetch: typeof globalThis.fetch }): VideoProvider[] {
  const { LUMA_API_KEY, FAL_KEY, REPLICATE_API_TOKEN, VEO_API_KEY } = config;
  const luma = { baseUrl: config.LUMA_BASE_URL ?? '', outputHosts: config.LUMA_OUTPUT_HOSTS ?? [], fetch };
  const fal = { baseUrl: config.FAL_QUEUE_URL ?? '', outputHosts: config.FAL_OUTPUT_HOSTS ?? [], fetch };
  const replicate = {
    baseUrl: config.REPLICATE_BASE_URL ?? '',
    outputHosts: config.REPLICATE_OUTPUT_HOSTS ?? [],
    fetch,
  };
  const veo = { baseUrl: config.VEO_BASE_URL ?? '', outputHosts: config.VEO_OUTPUT_HOSTS ?? [], fetch };
  // Luma takes pictures by URL only, so it must be able to reach Echoes.
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
