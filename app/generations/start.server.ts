import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Base } from '~/db/base';
import { clips, projects } from '~/db/schema.server';
import type { Statement } from '~/db/statement';
import { log } from '~/log';
import { type Frame, frameColumns, frameOf } from '~/photos/frame';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import { isOpenEnded } from '~/providers/rest';
import { maxWordsLength, offeredPreset } from '~/settings/preset-choice';
import { firstPresets, type Preset } from '~/settings/presets';
import { providersInOrder } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { promptFor, type SystemPrompt } from '~/settings/system-prompt';
import { createGenerationInsert } from './insert-generation.server';
import { moderationLimit } from './moderation-limit.server';
import { type OpenPages, publishClipAndBalance } from './open-pages.server';
import { later, type StartOutcome } from './start';

/** A request for one generation. The page makes `requestKey` before it sends and repeats it with every resend. */
export interface StartRequest {
  userId: string;
  clipId: string;
  requestKey: string;
  presetId: string;
  words: string;
  /** The id of the request that starts it: the thread of the generation's log lines. */
  requestId?: string | undefined;
  /**
   * The gift that pays it: the generation complained of or made again, the admin who gives it (null where feedback earns it),
   * and statements before it in the same batch.
   */
  gift?: { for: string; by: string | null; statements: readonly Statement[] };
  /** An admin's repeat, at this provider and with this frame; the clip's draft stays as it is. */
  again?: { provider: string; model: string; frame: Frame };
  /** An admin's trial of a system prompt, with statements that record it before the generation in the same batch. */
  trial?: { system: SystemPrompt; statements: readonly Statement[] };
}

/** A request for generations of several clips of a project, each with the preset and words stored with the clip. */
export interface StartManyRequest {
  userId: string;
  projectId: string;
  requestKey: string;
  clipIds: readonly string[];
  requestId?: string | undefined;
}

const mostClipsPerRequest = 200;
/** When to ask again where nobody knows when a provider is back. */
const openEndSeconds = 600;

/** Starts paid generations. */
export function createStart({
  base: { db, clock, newId },
  upstream: { providers, breaker },
  queue,
  openPages,
  settings,
}: {
  base: Pick<Base, 'db' | 'clock' | 'newId'>;
  upstream: { providers: Pick<Providers, 'choose'>; breaker: Pick<Breaker, 'resting'> };
  queue: { send(message: { generationId: string; requestId: string | null }): Promise<unknown> };
  openPages: OpenPages;
  settings: SettingsReader;
}) {
  const { insert, findByRequestKey, hasTooManyOpen } = createGenerationInsert({ db, ledger: openPages.ledger });

  async function start(request: StartRequest): Promise<StartOutcome> {
    const { userId, clipId, requestKey, presetId, words, requestId = null, gift, again, trial } = request;
    const [[found], current] = await Promise.all([
      db
        .select({ clip: clips, shape: projects.shape, clipSeconds: projects.clipSeconds })
        .from(clips)
        .innerJoin(projects, and(eq(projects.userId, clips.userId), eq(projects.id, clips.projectId)))
        .where(
          and(eq(clips.userId, userId), eq(clips.id, clipId), isNull(clips.deletedAt), isNull(projects.deletedAt)),
        ),
      settings.read(),
    ]);
    if (!found) return { outcome: 'not-found' };
    const first = await findByRequestKey({ userId, requestKey });
    if (first?.clipId === clipId) return { outcome: 'duplicate', generationId: first.id, state: first.state };
    const now = clock();
    const { maxOpenGenerations, mostRefusalsPerDay: most } = current;
    const [resting, isFull, declined] = await Promise.all([
      breaker.resting(now),
      hasTooManyOpen(userId, maxOpenGenerations),
      moderationLimit(db, { userId, most, now }),
    ]);
    const wanted = { durationSeconds: found.clipSeconds, shape: found.shape };
    const candidates = again ? [again] : providersInOrder(current);
    const chosen = providers.choose({ candidates, wanted, resting });
    // Every reason not to start is checked before anything is paid.
    if (chosen.outcome === 'unavailable') return { outcome: 'unavailable' };
    if (chosen.outcome === 'resting')
      return isOpenEnded(chosen.until)
        ? { outcome: 'paused', retryAfterSeconds: openEndSeconds }
        : later('paused', chosen.until, now);
    if (isFull) return { outcome: 'too-many-open', most: maxOpenGenerations };
    if (declined.until !== null) return { ...later('too-many-refused', declined.until, now), most };

    const preset = offeredPreset(current.presets, presetId) ?? (firstPresets[0] as Preset);
    const ownWords = words.slice(0, maxWordsLength);
    const system = trial?.system ?? current.systemPrompt;
    const row = {
      id: newId('gen'),
      userId,
      clipId,
      requestKey,
      cost: current.creditsPerClip,
      gift: gift?.for ?? null,
      giftBy: gift?.by ?? null,
      stateAt: now,
      createdAt: now,
      deadlineAt: now + current.deadlineMinutes * 60_000,
      provider: chosen.provider.id,
      model: chosen.model.id,
      canStop: chosen.provider.canStop,
      listCents: chosen.model.costCents(wanted.durationSeconds),
      presetId: preset.id,
      words: ownWords,
      prompt: promptFor({ system, preset, words: ownWords, most: chosen.model.maxPromptLength }),
      promptVersion: system.version,
      ...wanted,
      ...frameColumns(again?.frame ?? frameOf(found.clip)),
      requestId,
    };
    const result = await insert({ row, first: (gift ?? trial)?.statements, keepsDraft: !again });
    if (result === 'too-many-refused') {
      const { until } = await moderationLimit(db, { userId, most, now });
      return { ...later('too-many-refused', until ?? now, now), most };
    }
    if (result.outcome === 'maintenance') return { ...result, notice: current.maintenance };
    if (result.outcome !== 'started') return result;
    // The message is a hint only: the row in `queued` is what counts, and the sweep finds it if the hint is lost.
    await queue.send({ generationId: result.generationId, requestId }).catch((error: unknown) => {
      log({ event: 'queue', generationId: result.generationId, outcome: 'not-sent', detail: String(error) });
    });
    await publishClipAndBalance(openPages, userId, clipId);
    return declined.left > 1 ? result : { ...result, refusalsLeft: declined.left };
  }

  return {
    start,

    /** Starts a generation of each of these clips, in the project's order, until one may not start. */
    async startMany({
      userId,
      projectId,
      requestKey,
      clipIds,
      requestId,
    }: StartManyRequest): Promise<{ started: string[]; stopped: StartOutcome | null }> {
      const rows = await db
        .select({ id: clips.id, presetId: clips.presetId, words: clips.words })
        .from(clips)
        .where(and(eq(clips.userId, userId), eq(clips.projectId, projectId), isNull(clips.deletedAt)))
        .orderBy(asc(clips.position), asc(clips.id));
      const wanted = rows.filter((row) => clipIds.includes(row.id)).slice(0, mostClipsPerRequest);
      if (wanted.length === 0) return { started: [], stopped: { outcome: 'not-found' } };
      const started: string[] = [];
      for (const { id: clipId, presetId, words } of wanted) {
        const key = await requestKeyOfClip(requestKey, clipId);
        const result = await start({ userId, clipId, requestKey: key, presetId, words, requestId });
        if (result.outcome === 'started' || result.outcome === 'duplicate') started.push(result.generationId);
        else if (result.outcome !== 'already-open') return { started, stopped: result };
      }
      return { started, stopped: null };
    },
  };
}

/** A request key per clip, the same for a repeated request: each clip finds its own first result again. */
async function requestKeyOfClip(requestKey: string, clipId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${requestKey}:${clipId}`));
  return Buffer.from(digest).toString('hex');
}
