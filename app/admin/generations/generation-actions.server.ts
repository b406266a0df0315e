import { and, eq } from 'drizzle-orm';
import type { AdminContext } from '~/admin/audit-log.server';
import { readAlone } from '~/admin/people/alone.server';
import { brokenLaw } from '~/db/client.server';
import { clips, generations, projects } from '~/db/schema.server';
import type { Generations } from '~/generations/generations.server';
import { isOpen } from '~/generations/pipeline/states';
import { frameOf } from '~/photos/frame';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import type { SettingsReader } from '~/settings/settings.server';
import type { EndingReason, GenerationOutcome } from './generations';

/** Which admin acts on which generation, in which request. */
interface GenerationAct {
  adminId: string;
  generationId: string;
  requestId: string;
}

/** What an admin may do with one generation. Each action writes its audit entry in the batch of its change, or before it. */
export function createGenerationActions(
  { db, auditLog, clock }: AdminContext,
  {
    generations: front,
    generationJobs,
    providers,
    breaker,
    settings,
  }: {
    generations: Pick<Generations, 'start' | 'cancel' | 'fail'>;
    generationJobs: { getByName(name: string): { hint(generationId: string): Promise<void> } };
    providers: Pick<Providers, 'choose'>;
    breaker: Pick<Breaker, 'resting'>;
    settings: SettingsReader;
  },
) {
  async function find(generationId: string) {
    const [row] = await db
      .select({ generation: generations, shape: projects.shape, durationSeconds: projects.clipSeconds })
      .from(generations)
      .innerJoin(clips, and(eq(clips.userId, generations.userId), eq(clips.id, generations.clipId)))
      .innerJoin(projects, and(eq(projects.userId, clips.userId), eq(projects.id, clips.projectId)))
      .where(eq(generations.id, generationId));
    return row ?? null;
  }

  async function end(
    { adminId, generationId, requestId }: GenerationAct,
    how: { what: 'job-canceled' } | { what: 'job-failed'; reason: EndingReason },
  ): Promise<GenerationOutcome> {
    const found = await find(generationId);
    if (!found) return 'not-found';
    const { userId, state: before } = found.generation;
    if (!isOpen(before)) return 'too-late';
    const after = how.what === 'job-failed' ? `failed: ${how.reason}` : 'canceled';
    const entry = { what: how.what, adminId, subject: generationId, userId, before, after, requestId };
    const stop = { userId, generationId, first: [auditLog.statement(entry)] };
    const ended =
      how.what === 'job-failed'
        ? await front.fail({ ...stop, reason: how.reason, detail: 'ended by an admin' })
        : await front.cancel(stop);
    return ended.outcome;
  }

  return {
    /** Wakes the generation's object, which asks the provider as soon as the rate limit allows. */
    async poll({ adminId, generationId, requestId }: GenerationAct): Promise<GenerationOutcome> {
      const found = await find(generationId);
      if (!found) return 'not-found';
      const { userId, state } = found.generation;
      if (!isOpen(state)) return 'too-late';
      await auditLog.record({ what: 'job-polled', adminId, subject: generationId, userId, before: state, requestId });
      return generationJobs
        .getByName(generationId)
        .hint(generationId)
        .then(
          () => 'polled' as const,
          () => 'not-reached' as const,
        );
    },

    /** Cancels an open generation as its person could: refunds the credit, asks the provider to stop, updates open pages. */
    cancel: (act: GenerationAct): Promise<GenerationOutcome> => end(act, { what: 'job-canceled' }),

    /** Fails an open generation and refunds its credit; the person reads the sentence of the reason. */
    fail: ({ reason, ...act }: GenerationAct & { reason: EndingReason }): Promise<GenerationOutcome> =>
      end(act, { what: 'job-failed', reason }),

    /**
     * Makes the clip again at this provider as a gift of the admin; an open generation is failed and refunded first. The new
     * generation keeps the request id of the old one, so that one id finds both in the log. `generationId` is the new one's.
     */
    async retry({
      provider,
      model,
      requestKey,
      ...act
    }: GenerationAct & { provider: string; model: string; requestKey: string }): Promise<{
      outcome: GenerationOutcome;
      generationId?: string;
    }> {
      const found = await find(act.generationId);
      if (!found) return { outcome: 'not-found' };
      const { generation, ...wanted } = found;
      const { userId, clipId, presetId, words, state } = generation;
      if (isOpen(state)) {
        // Before the open one is ended, make sure that the gift needs no other admin and this provider can take its place.
        const [{ left }, { creditsPerClip }] = await Promise.all([
          readAlone({ db, settings, now: clock() }, { adminId: act.adminId, userId }),
          settings.read(),
        ]);
        if (left < creditsPerClip) return { outcome: 'needs-another-admin' };
        const resting = await breaker.resting(clock());
        const choice = providers.choose({ candidates: [{ provider, model }], wanted, resting });
        if (choice.outcome !== 'chosen') return { outcome: choice.outcome === 'resting' ? 'paused' : 'unavailable' };
        await end(act, { what: 'job-failed', reason: 'stopped' });
      }
      const { adminId, generationId: subject, requestId } = act;
      const [before, after] = [`${generation.provider} ${generation.model}`, `${provider} ${model}`];
      const entry = { what: 'job-retried', adminId, subject, userId, before, after, requestId } as const;
      const gift = { for: subject, by: adminId, statements: [auditLog.statement(entry)] };
      try {
        const started = await front.start({
          ...{ userId, clipId, requestKey, presetId, words },
          requestId: generation.requestId ?? requestId,
          gift,
          again: { provider, model, frame: frameOf(generation) },
        });
        if (started.outcome === 'started') return { outcome: 'retried', generationId: started.generationId };
        return started.outcome === 'duplicate' ? started : { outcome: started.outcome };
      } catch (error) {
        if (brokenLaw(error) === 'generation:needs-another-admin') return { outcome: 'needs-another-admin' };
        throw error;
      }
    },
  };
}
