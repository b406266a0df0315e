import { and, asc, eq } from 'drizzle-orm';
import type { SettingsReader } from '~/admin/settings.server';
import type { Database } from '~/db/client.server';
import { creditEntries, generationSteps, generations } from '~/db/schema.server';
import type { Providers } from '~/providers/registry.server';
import { creditView, expectedWait, type Offer, stepView, type Timeline } from './timeline';
import { measuredWaits } from './waits.server';

/** What may be known about tries: before one is paid (the offer), and afterwards (its timeline). */
export function createInsight({
  db,
  providers,
  settings,
}: {
  db: Database;
  providers: Providers;
  settings: SettingsReader;
}) {
  return {
    /** Price and wait of a clip of this length with the provider in use; null while no provider can make it. */
    async offer({ durationSeconds }: { durationSeconds: number }): Promise<Offer | null> {
      const { creditsPerClip, provider, model } = await settings.read();
      if (!providers.choose({ provider, model })?.model.durations.includes(durationSeconds)) return null;
      const waits = await measuredWaits(db, { provider, model, durationSeconds });
      return { creditsPerClip, ...expectedWait(waits) };
    },

    /** The story of one try in plain words, or null when it is not this person's. */
    async timeline({ userId, generationId }: { userId: string; generationId: string }): Promise<Timeline | null> {
      const [generation] = await db
        .select({ state: generations.state })
        .from(generations)
        .where(and(eq(generations.userId, userId), eq(generations.id, generationId)));
      if (!generation) return null;
      const entry = (kind: 'generation' | 'refund') =>
        db
          .select({
            at: creditEntries.createdAt,
            delta: creditEntries.delta,
            balanceAfter: creditEntries.balanceAfter,
          })
          .from(creditEntries)
          .where(eq(creditEntries.key, `${kind}:${generationId}`));
      const [steps, debit, refund] = await Promise.all([
        db
          .select()
          .from(generationSteps)
          .where(eq(generationSteps.generationId, generationId))
          .orderBy(asc(generationSteps.id)),
        entry('generation'),
        entry('refund'),
      ]);
      return {
        generationId,
        state: generation.state,
        steps: steps.flatMap((step) => stepView(step) ?? []),
        credits: [...debit, ...refund].map(creditView),
      };
    },
  };
}
