import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Ledger } from '~/credits/ledger.server';
import type { Database } from '~/db/client.server';
import type { Clock, NewId } from '~/db/ids';
import { clips, projects } from '~/db/schema.server';
import type { Live } from '~/live/channel.server';
import { log } from '~/log';
import type { Frame } from '~/photos/frame';
import type { Breaker } from '~/providers/breaker.server';
import type { Providers } from '~/providers/registry.server';
import { maxWordsLength, offeredPreset } from '~/settings/preset-choice';
import { firstPresets, type Preset } from '~/settings/presets';
import { providersInOrder } from '~/settings/settings';
import type { SettingsReader } from '~/settings/settings.server';
import { promptFor, type SystemPrompt } from '~/settings/system-prompt';
import { createGenerationHistory } from './generation-history.server';
import { createGenerationInsert } from './insert-generation.server';
import { moderationLimit } from './moderation-limit.server';
import { createOffers } from './offers.server';
import { later, type StartOutcome } from './start';
import { createStop } from './stop.server';

/** What a person asks for. `requestKey` is made by the page before it asks, and the same for every repeat. */
export interface StartRequest {
  userId: string;
  clipId: string;
  requestKey: string;
  presetId: string;
  words: string;
  /** The request by which they ask: the thread that everything about this try is found by. */
  requestId?: string | undefined;
  /** A try on the house: what it costs instead, and the statements that give this much in the same batch, before it. */
  gift?: { credits: number; statements: readonly D1PreparedStatement[] };
  /** Made once more by the house, there and nowhere else; what the person has noted for their next try stays. */
  again?: { provider: string; model: string; frame: Frame };
  /** With this system prompt in place of the live one, and what is written down with it: the owner tries a version. */
  trial?: { system: SystemPrompt; statements: readonly D1PreparedStatement[] };
}

const mostClipsAtOnce = 200;

/** Paid tries. Every function takes the owner; somebody else's clip does not exist. */
export function createGenerations({
  db,
  queue,
  jobs,
  providers,
  breaker,
  settings,
  clips: clipPages,
  ledger,
  live,
  clock,
  newId,
}: {
  db: Database;
  queue: { send(message: { generationId: string; requestId: string | null }): Promise<unknown> };
  jobs: { getByName(name: string): { nudge(generationId: string): Promise<void> } };
  providers: Pick<Providers, 'choose'>;
  breaker: Pick<Breaker, 'resting'>;
  settings: SettingsReader;
  clips: { publish(userId: string, clipId: string): Promise<unknown> };
  ledger: Pick<Ledger, 'balance'>;
  live: Live;
  clock: Clock;
  newId: NewId;
}) {
  const { timeline, privacy } = createGenerationHistory({ db, clock });
  const { offers } = createOffers({ db, providers, breaker, settings, clock });
  const { insert, findByRequestKey, hasTooManyOpen } = createGenerationInsert({ db, ledger });

  async function publish(userId: string, clipId: string): Promise<void> {
    await clipPages.publish(userId, clipId);
    await live.publish(userId, [{ type: 'balance', ...(await ledger.balance(userId)) }]);
  }

  async function start(request: StartRequest): Promise<StartOutcome> {
    const { userId, clipId, requestKey, presetId, words, requestId = null, gift, again, trial } = request;
    const [[row], owner] = await Promise.all([
      db
        .select({ clip: clips, shape: projects.shape, clipSeconds: projects.clipSeconds })
        .from(clips)
        .innerJoin(projects, and(eq(projects.userId, clips.userId), eq(projects.id, clips.projectId)))
        .where(
          and(eq(clips.userId, userId), eq(clips.id, clipId), isNull(clips.deletedAt), isNull(projects.deletedAt)),
        ),
      settings.read(),
    ]);
    if (!row) return { outcome: 'not-found' };
    const first = await findByRequestKey({ userId, requestKey });
    if (first?.clipId === clipId) return { outcome: 'duplicate', generationId: first.id, state: first.state };
    const now = clock();
    const { maxOpenGenerations, mostRefusalsPerDay: most } = owner;
    const [resting, isFull, declined] = await Promise.all([
      breaker.resting(now),
      hasTooManyOpen(userId, maxOpenGenerations),
      moderationLimit(db, { userId, most, now }),
    ]);
    const wanted = { durationSeconds: row.clipSeconds, shape: row.shape };
    const candidates = again ? [again] : providersInOrder(owner);
    const chosen = providers.choose({ candidates, wanted, resting });
    // All this comes before anything is paid.
    if (chosen.outcome === 'unavailable') return { outcome: 'unavailable' };
    if (chosen.outcome === 'resting') return later('paused', chosen.until, now);
    if (isFull) return { outcome: 'too-many-open', most: maxOpenGenerations };
    if (declined.until !== null) return { ...later('too-many-refused', declined.until, now), most };

    const preset = offeredPreset(owner.presets, presetId) ?? (firstPresets[0] as Preset);
    const said = words.slice(0, maxWordsLength);
    const system = trial?.system ?? owner.systemPrompt;
    const order = {
      id: newId('gen'),
      userId,
      clipId,
      requestKey,
      cost: gift?.credits ?? owner.creditsPerClip,
      stateAt: now,
      createdAt: now,
      deadlineAt: now + owner.deadlineMinutes * 60_000,
      provider: chosen.provider.id,
      model: chosen.model.id,
      presetId: preset.id,
      words: said,
      prompt: promptFor({ system, preset, words: said, most: chosen.model.maxPromptLength }),
      promptVersion: system.version,
      ...wanted,
      ...(again
        ? { frameX: again.frame.x, frameY: again.frame.y, frameZoom: again.frame.zoom }
        : { frameX: row.clip.frameX, frameY: row.clip.frameY, frameZoom: row.clip.frameZoom }),
      requestId,
    };
    const result = await insert({ order, first: (gift ?? trial)?.statements, isNoted: !again });
    if (result.outcome !== 'started') return result;
    // Only a hint: the row in `queued` is the order itself, and the sweeper finds it when the hint is lost.
    await queue.send({ generationId: result.generationId, requestId }).catch((error: unknown) => {
      log({ event: 'queue', generationId: result.generationId, outcome: 'not-sent', detail: String(error) });
    });
    await publish(userId, clipId);
    return declined.left > 1 ? result : { ...result, refusalsLeft: declined.left };
  }

  return {
    ...createStop({ db, jobs, publish, clock }),
    start,
    timeline,
    offers,
    privacy,

    /** Starts a try for each of these clips with its own words, in the film's order, until one may not start. */
    async startMany({
      userId,
      projectId,
      requestKey,
      clipIds,
      requestId,
    }: {
      userId: string;
      projectId: string;
      requestKey: string;
      clipIds: readonly string[];
      requestId?: string | undefined;
    }): Promise<{ started: string[]; stopped: StartOutcome | null }> {
      const rows = await db
        .select({ id: clips.id, presetId: clips.presetId, words: clips.words })
        .from(clips)
        .where(and(eq(clips.userId, userId), eq(clips.projectId, projectId), isNull(clips.deletedAt)))
        .orderBy(asc(clips.position), asc(clips.id));
      const wanted = rows.filter((row) => clipIds.includes(row.id)).slice(0, mostClipsAtOnce);
      if (wanted.length === 0) return { started: [], stopped: { outcome: 'not-found' } };
      const started: string[] = [];
      for (const { id: clipId, presetId, words } of wanted) {
        const key = await keyOfOne(requestKey, clipId);
        const result = await start({ userId, clipId, requestKey: key, presetId, words, requestId });
        if (result.outcome === 'started' || result.outcome === 'duplicate') started.push(result.generationId);
        else if (result.outcome !== 'already-open') return { started, stopped: result };
      }
      return { started, stopped: null };
    },
  };
}

export type Generations = ReturnType<typeof createGenerations>;

/** Each clip of a repeated request finds its own first result again. */
async function keyOfOne(requestKey: string, clipId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${requestKey}:${clipId}`));
  return Buffer.from(digest).toString('hex');
}
