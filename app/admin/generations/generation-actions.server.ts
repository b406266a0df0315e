import { and, eq } from 'drizzle-orm';
import type { AuditLog } from '~/admin/audit-log.server';
import { brokenLaw, type Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { clips, generations, projects } from '~/db/schema.server';
import type { Generations } from '~/generations/generations.server';
import { isOpen } from '~/generations/pipeline/states';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import type { EndingReason, GenerationOutcome } from './generations';

/** Who acts on which try, by which request. */
interface AuditEntry {
  adminId: string;
  generationId: string;
  requestId: string;
}

/** What one more try costs the house: the least that a try may cost. */
const houseCredits = 1;
/** In the person's diary. */
const houseReason = 'One more try of your clip, made for you and paid by Echoes';

/** What an admin may do with one try. Each act is a row, in the batch of what it does or before it. */
export function createGenerationActions({
  db,
  auditLog,
  generations: tries,
  jobs,
  providers,
  breaker,
  clock,
  newId,
}: {
  db: Database;
  auditLog: Pick<AuditLog, 'statement' | 'record'>;
  generations: Pick<Generations, 'start' | 'cancel' | 'fail'>;
  jobs: { getByName(name: string): { hint(generationId: string): Promise<void> } };
  providers: Pick<Providers, 'choose'>;
  breaker: Pick<Breaker, 'resting'>;
  clock: Clock;
  newId: NewId;
}) {
  const { $client: d1 } = db;

  async function find(generationId: string) {
    const [row] = await db
      .select({ generation: generations, shape: projects.shape, durationSeconds: projects.clipSeconds })
      .from(generations)
      .innerJoin(clips, and(eq(clips.userId, generations.userId), eq(clips.id, generations.clipId)))
      .innerJoin(projects, and(eq(projects.userId, clips.userId), eq(projects.id, clips.projectId)))
      .where(eq(generations.id, generationId));
    return row ?? null;
  }

  /** The credit of the house and the row of what was done: written with the try that it pays, or not at all. */
  function houseStatements({
    adminId,
    userId,
    requestKey,
    act,
  }: {
    adminId: string;
    userId: string;
    requestKey: string;
    act: D1PreparedStatement;
  }): D1PreparedStatement[] {
    const id = newId('adj');
    const now = clock();
    return [
      d1
        .prepare(
          `INSERT INTO adjustments (id, user_id, request_key, credits, reason, requested_by, requested_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
        )
        .bind(id, userId, requestKey, houseCredits, houseReason, adminId, now),
      d1
        .prepare("UPDATE adjustments SET state = 'done', decided_by = ?2, decided_at = ?3 WHERE id = ?1")
        .bind(id, adminId, now),
      act,
    ];
  }

  async function end(
    { adminId, generationId, requestId }: AuditEntry,
    how: { what: 'job-canceled' } | { what: 'job-failed'; reason: EndingReason },
  ): Promise<GenerationOutcome> {
    const found = await find(generationId);
    if (!found) return 'not-found';
    const { userId, state: before } = found.generation;
    if (!isOpen(before)) return 'too-late';
    const after = how.what === 'job-failed' ? `failed: ${how.reason}` : 'canceled';
    const act = { what: how.what, adminId, subject: generationId, userId, before, after, requestId };
    const stop = { userId, generationId, first: [auditLog.statement(act)] };
    const ended =
      how.what === 'job-failed'
        ? await tries.fail({ ...stop, reason: how.reason, detail: 'ended at the desk' })
        : await tries.cancel(stop);
    return ended.outcome;
  }

  return {
    /** Has its object ask the provider as soon as that allows, and no sooner however often. */
    async poll({ adminId, generationId, requestId }: AuditEntry): Promise<GenerationOutcome> {
      const found = await find(generationId);
      if (!found) return 'not-found';
      const { userId, state } = found.generation;
      if (!isOpen(state)) return 'too-late';
      await auditLog.record({ what: 'job-polled', adminId, subject: generationId, userId, before: state, requestId });
      return jobs
        .getByName(generationId)
        .hint(generationId)
        .then(
          () => 'polled' as const,
          () => 'not-reached' as const,
        );
    },

    /** As the person's own stop: the credit is back, the provider is asked to stop, their pages hear of it. */
    cancel: (act: AuditEntry): Promise<GenerationOutcome> => end(act, { what: 'job-canceled' }),

    /** Ends an open try with its credit; the person reads why. */
    fail: ({ reason, ...act }: AuditEntry & { reason: EndingReason }): Promise<GenerationOutcome> =>
      end(act, { what: 'job-failed', reason }),

    /**
     * Makes the same once more at this provider, paid by the house; an open try is ended and refunded before. It goes on
     * with the thread of the first one: one request leads to both. `generationId` is the new try's.
     */
    async retry({
      provider,
      model,
      requestKey,
      ...act
    }: AuditEntry & { provider: string; model: string; requestKey: string }): Promise<{
      outcome: GenerationOutcome;
      generationId?: string;
    }> {
      const found = await find(act.generationId);
      if (!found) return { outcome: 'not-found' };
      const { generation, ...wanted } = found;
      const { userId, clipId, presetId, words, frameX, frameY, frameZoom, state } = generation;
      if (isOpen(state)) {
        // Not ended for nothing: whoever is asked to make it again must be able to.
        const resting = await breaker.resting(clock());
        const choice = providers.choose({ candidates: [{ provider, model }], wanted, resting });
        if (choice.outcome !== 'chosen') return { outcome: choice.outcome === 'resting' ? 'paused' : 'unavailable' };
        await end(act, { what: 'job-failed', reason: 'stopped' });
      }
      const { adminId, generationId: subject, requestId } = act;
      const before = `${generation.provider} ${generation.model}`;
      const note = { what: 'job-retried', adminId, subject, userId, before, requestId } as const;
      const written = auditLog.statement({ ...note, after: `${provider} ${model}` });
      const statements = houseStatements({ adminId, userId, requestKey, act: written });
      try {
        const started = await tries.start({
          ...{ userId, clipId, requestKey, presetId, words },
          requestId: generation.requestId ?? requestId,
          gift: { credits: houseCredits, statements },
          again: { provider, model, frame: { x: frameX, y: frameY, zoom: frameZoom } },
        });
        if (started.outcome === 'started') return { outcome: 'retried', generationId: started.generationId };
        return started.outcome === 'duplicate' ? started : { outcome: started.outcome };
      } catch (error) {
        if (brokenLaw(error) === 'adjustment:needs-another-admin') return { outcome: 'needs-another-admin' };
        throw error;
      }
    },
  };
}
