import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import { providersInOrder } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import type { Destination } from './cost-statements';
import type { LoadedGeneration } from './provider-calls.server';

/** The first other provider in order that can make this generation, does not rest and has budget; null where there is none. */
export async function findDestination(
  {
    upstream: { providers, breaker },
    settings,
    now,
  }: {
    upstream: { providers: Pick<Providers, 'find' | 'choose'>; breaker: Pick<Breaker, 'resting'> };
    settings: SettingsReader;
    now: number;
  },
  { provider: from, prompt, durationSeconds, shape }: LoadedGeneration,
): Promise<Destination | null> {
  const [current, resting] = await Promise.all([settings.read(), breaker.resting(now)]);
  // The prompt is final, so the model has to take one of its length.
  const candidates = providersInOrder(current).filter(({ provider, model }) => {
    const most = providers.find(provider)?.models.find(({ id }) => id === model)?.maxPromptLength ?? 0;
    return provider !== from && prompt.length <= most;
  });
  const choice = providers.choose({ candidates, wanted: { durationSeconds, shape }, resting });
  if (choice.outcome !== 'chosen') return null;
  const { provider, model } = choice;
  return {
    ...{ provider: provider.id, model: model.id, canStop: provider.canStop },
    listCents: model.costCents(durationSeconds),
  };
}
