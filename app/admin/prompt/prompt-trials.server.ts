import { and, desc, eq, inArray } from 'drizzle-orm';
import type { AdminContext } from '~/admin/audit-log.server';
import type { Ledger } from '~/credits/ledger.server';
import { generations } from '~/db/schema.server';
import type { Generations } from '~/generations/generations.server';
import type { StartOutcome } from '~/generations/start';
import type { MediaLinks } from '~/media/signed-url.server';
import { toGenerationView } from '~/projects/clip-rows.server';
import type { SettingsReader } from '~/settings/settings.server';
import type { SystemPrompt } from '~/settings/system-prompt';
import { promptSubject, type SampleGeneration } from './prompt';
import { type PromptSamples, scenes } from './prompt-samples.server';

/** How many samples were started, and the outcome that kept the rest from being started. */
export interface TrialOutcome {
  started: number;
  stopped: StartOutcome | null;
}

/**
 * Trials of a version of the system prompt before it goes live: real generations of the sample photos, in the admin's own
 * account and paid with the admin's own credits.
 */
export function createPromptTrials(
  { db, auditLog }: Pick<AdminContext, 'db' | 'auditLog'>,
  {
    links,
    samples,
    generations: front,
    ledger,
    settings,
  }: {
    links: MediaLinks;
    samples: PromptSamples;
    generations: Pick<Generations, 'start'>;
    ledger: Pick<Ledger, 'balance'>;
    settings: SettingsReader;
  },
) {
  /** The price of a trial now, and the admin's balance. */
  async function price(userId: string): Promise<{ credits: number; balance: number }> {
    const [{ creditsPerClip }, { balance }] = await Promise.all([settings.read(), ledger.balance(userId)]);
    return { credits: scenes.length * creditsPerClip, balance };
  }

  /** Generations that an earlier post with this key started. */
  async function begunBy(userId: string, requestKey: string): Promise<number> {
    const keys = scenes.map((_scene, index) => sampleKey(requestKey, index));
    const rows = await db
      .select({ id: generations.id })
      .from(generations)
      .where(and(eq(generations.userId, userId), inArray(generations.requestKey, keys)));
    return rows.length;
  }

  async function newestGeneration({ userId, clipId, version }: { userId: string; clipId: string; version: number }) {
    const ofClip = and(eq(generations.userId, userId), eq(generations.clipId, clipId));
    const [row] = await db
      .select()
      .from(generations)
      .where(and(ofClip, eq(generations.promptVersion, version)))
      .orderBy(desc(generations.id))
      .limit(1);
    return row ? toGenerationView(row, links) : null;
  }

  return {
    price,

    /** Every sample with its newest generation of this version, and their project; `isOpen` while any of them is open. */
    async newest({ userId, version }: { userId: string; version: number }) {
      const { projectId, samples: clips } = await samples.find(userId);
      const shown = scenes.map(async ({ id: scene, name }): Promise<SampleGeneration> => {
        const clipId = clips.find((one) => one.scene === scene)?.clipId ?? null;
        return {
          scene,
          name,
          clipId,
          made: clipId === null ? null : await newestGeneration({ userId, clipId, version }),
        };
      });
      return { projectId, shown: await Promise.all(shown), isOpen: clips.some((sample) => sample.isOpen) };
    },

    /**
     * Starts a generation of every sample with this text, once for each key. Without credits for all of them, or while one of
     * them is open, it starts none.
     */
    async start({
      userId,
      system,
      requestKey,
      requestId,
    }: {
      userId: string;
      system: SystemPrompt;
      requestKey: string;
      requestId: string;
    }): Promise<TrialOutcome> {
      const begun = await begunBy(userId, requestKey);
      if (begun > 0) return { started: begun, stopped: null };
      const { credits, balance } = await price(userId);
      if (balance < credits) return { started: 0, stopped: { outcome: 'no-credit', balance, cost: credits } };
      const project = await samples.make(userId);
      if (!project.isWhole) return { started: 0, stopped: { outcome: 'not-found' } };
      if (project.samples.some(({ isOpen }) => isOpen)) return { started: 0, stopped: { outcome: 'already-open' } };
      const entry = { adminId: userId, subject: promptSubject, after: `version ${system.version}`, requestId };
      let started = 0;
      for (const [index, { clipId }] of project.samples.entries()) {
        // One audit entry for the trial, in the batch of its first generation.
        const statements = started === 0 ? [auditLog.statement({ what: 'prompt-tried', ...entry })] : [];
        // No preset by name: the first one that is offered.
        const draft = { presetId: '', words: '' };
        const wanted = { userId, clipId, requestKey: sampleKey(requestKey, index), ...draft };
        const result = await front.start({ ...wanted, trial: { system, statements } });
        if (result.outcome !== 'started' && result.outcome !== 'duplicate') return { started, stopped: result };
        started += 1;
      }
      return { started, stopped: null };
    },
  };
}

/** The request key of a sample's generation: a repeated post finds it again. */
const sampleKey = (requestKey: string, index: number) => `${requestKey}-${index}`;
