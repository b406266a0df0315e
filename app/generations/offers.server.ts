import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import { measuredWaits } from '~/generations/pipeline/waits.server';
import { type Shape, shapes } from '~/photos/frame';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import { concurrencyLimit, providersInOrder } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { moderationLimit } from './moderation-limit.server';
import { expectedWait, type Offer, type Offers } from './timeline';

/** What a try costs and how long it takes, found as a try itself finds its provider: what is offered may be started. */
export function createOffers({
  db,
  providers,
  breaker,
  settings,
  clock,
}: {
  db: Database;
  providers: Pick<Providers, 'choose'>;
  breaker: Pick<Breaker, 'resting'>;
  settings: SettingsReader;
  clock: Clock;
}) {
  return {
    /** The offer for every shape with each of these lengths; all its reads travel together. */
    async offers({ userId, lengths }: { userId: string; lengths: readonly number[] }): Promise<Offers> {
      const owner = await settings.read();
      const { creditsPerClip, mostRefusalsPerDay: most } = owner;
      const now = clock();
      const candidates = providersInOrder(owner);
      const asked = candidates.flatMap((candidate) =>
        lengths.map((durationSeconds) => ({ ...candidate, durationSeconds })),
      );
      const [resting, { left, until: refusedUntil }, ...waits] = await Promise.all([
        breaker.resting(now),
        moderationLimit(db, { userId, most, now }),
        ...asked.map((one) => measuredWaits(db, one)),
      ]);
      const refusalsLeft = left > 1 ? null : left;

      const offer = (shape: Shape, durationSeconds: number): Offer | null => {
        const choice = providers.choose({ candidates, wanted: { shape, durationSeconds }, resting });
        if (choice.outcome === 'unavailable') return null;
        const { provider, model } = choice;
        const index = asked.findIndex(
          (one) => one.provider === provider.id && one.model === model.id && one.durationSeconds === durationSeconds,
        );
        return {
          creditsPerClip,
          pausedUntil: choice.outcome === 'resting' ? choice.until : null,
          refusalsLeft,
          refusedUntil,
          atOnce: concurrencyLimit(owner, provider.id),
          ...expectedWait(waits[index] ?? []),
        };
      };
      const ofShape = (shape: Shape) => Object.fromEntries(lengths.map((seconds) => [seconds, offer(shape, seconds)]));
      return Object.fromEntries(shapes.map((shape) => [shape, ofShape(shape)])) as Offers;
    },
  };
}
