import { and, desc, eq, inArray } from 'drizzle-orm';
import type { AuditLog } from '~/admin/audit-log.server';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import { generations } from '~/db/schema.server';
import type { Generations } from '~/generations/generations.server';
import type { StartOutcome } from '~/generations/start';
import type { MediaLinks } from '~/media/signed-url.server';
import { toGenerationView } from '~/projects/clip-rows.server';
import type { SettingsReader } from '~/settings/settings.server';
import type { SystemPrompt } from '~/settings/system-prompt';
import { promptSubject, type SampleGeneration } from './prompt';
import { type PromptSamples, scenes } from './prompt-samples.server';

/** What came of trying: so many of the samples are on their way, and why not all of them. */
export interface TrialOutcome {
  started: number;
  stopped: StartOutcome | null;
}

/**
 * Tries a version of the system prompt before it goes live: real tries of the sample photos, in the admin's own account
 * and with the admin's own credits, by the same services as everybody's.
 */
export function createPromptTrials({
  db,
  links,
  samples,
  generations: tries,
  ledger,
  settings,
  auditLog,
}: {
  db: Database;
  links: MediaLinks;
  samples: PromptSamples;
  generations: Pick<Generations, 'start'>;
  ledger: Pick<Ledger, 'balance'>;
  settings: SettingsReader;
  auditLog: AuditLog;
}) {
  /** What trying costs now, and what the admin has. */
  async function price(userId: string): Promise<{ credits: number; balance: number }> {
    const [{ creditsPerClip }, { balance }] = await Promise.all([settings.read(), ledger.balance(userId)]);
    return { credits: scenes.length * creditsPerClip, balance };
  }

  /** Tries that this press has begun before. */
  async function begunBy(userId: string, requestKey: string): Promise<number> {
    const keys = scenes.map((_scene, index) => pressKey(requestKey, index));
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

    /** Every sample with its newest try of this version, and their film; `isOpen` while any of them is being made. */
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
     * Starts a try of every sample with this text, once for each key. Without the credits for all of them, or while one of
     * them is under way, it starts none.
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
      const film = await samples.make(userId);
      if (!film.isWhole) return { started: 0, stopped: { outcome: 'not-found' } };
      if (film.samples.some(({ isOpen }) => isOpen)) return { started: 0, stopped: { outcome: 'already-open' } };
      const told = { adminId: userId, subject: promptSubject, after: `version ${system.version}`, requestId };
      let started = 0;
      for (const [index, { clipId }] of film.samples.entries()) {
        // One press is one act: it is written down with the first try, or neither is.
        const statements = started === 0 ? [auditLog.statement({ what: 'prompt-tried', ...told })] : [];
        // No way by name: the first one that is offered.
        const said = { presetId: '', words: '' };
        const wish = { userId, clipId, requestKey: pressKey(requestKey, index), ...said };
        const result = await tries.start({ ...wish, trial: { system, statements } });
        if (result.outcome !== 'started' && result.outcome !== 'duplicate') return { started, stopped: result };
        started += 1;
      }
      return { started, stopped: null };
    },
  };
}

/** Each sample of a repeated press finds its own first try again. */
const pressKey = (requestKey: string, index: number) => `${requestKey}-${index}`;
