import { sql } from 'drizzle-orm';
import type { Database } from '~/db/client.server';
import type { Clock } from '~/db/ids';
import type { Read } from '~/db/reads.server';
import { stopsLeft } from '~/db/stops';
import { measuredWaits } from '~/generations/pipeline/waits.server';
import { type Shape, shapes } from '~/photos/frame';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import { concurrencyLimit, providersInOrder } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { moderationLimit } from './moderation-limit.server';
import { expectedWait, type Offer, type Offers } from './timeline';

const stopsLeftRead: Read<'userId' | 'now', { left: number }> = {
  sql: `SELECT ${stopsLeft} AS left`,
  params: [sql.placeholder('userId'), sql.placeholder('now')],
};

/** Whose offers, for clips of which lengths in seconds. */
export interface OffersRequest {
  userId: string;
  lengths: readonly number[];
}

/**
 * The offer for every shape with each of these lengths. The provider is chosen as by a start, so an offer can be started.
 * All reads are sent together.
 */
export async function findOffers(
  {
    db,
    upstream: { providers, breaker },
    settings,
    clock,
  }: {
    db: Database;
    upstream: { providers: Pick<Providers, 'choose'>; breaker: Pick<Breaker, 'resting'> };
    settings: SettingsReader;
    clock: Clock;
  },
  { userId, lengths }: OffersRequest,
): Promise<Offers> {
  const current = await settings.read();
  const { creditsPerClip, mostRefusalsPerDay: most } = current;
  const now = clock();
  const candidates = providersInOrder(current);
  const kinds = candidates.flatMap((candidate) =>
    lengths.map((durationSeconds) => ({ ...candidate, durationSeconds })),
  );
  const [resting, { left, until: refusedUntil }, [stops], ...waits] = await Promise.all([
    breaker.resting(now),
    moderationLimit(db, { userId, most, now }),
    db.ask(stopsLeftRead, { userId, now }),
    ...kinds.map((kind) => measuredWaits(db, kind)),
  ]);
  const refusalsLeft = left > 1 ? null : left;

  const offer = (shape: Shape, durationSeconds: number): Offer | null => {
    const choice = providers.choose({ candidates, wanted: { shape, durationSeconds }, resting });
    if (choice.outcome === 'unavailable') return null;
    const { provider, model } = choice;
    const index = kinds.findIndex(
      (kind) => kind.provider === provider.id && kind.model === model.id && kind.durationSeconds === durationSeconds,
    );
    return {
      creditsPerClip,
      pausedUntil: choice.outcome === 'resting' ? choice.until : null,
      refusalsLeft,
      stopsLeft: stops?.left ?? 0,
      refusedUntil,
      atOnce: concurrencyLimit(current, provider.id),
      ...expectedWait(waits[index] ?? []),
    };
  };
  const ofShape = (shape: Shape) => Object.fromEntries(lengths.map((seconds) => [seconds, offer(shape, seconds)]));
  return Object.fromEntries(shapes.map((shape) => [shape, ofShape(shape)])) as Offers;
}
