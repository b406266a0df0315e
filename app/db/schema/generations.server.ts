import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { at, frameColumns } from './columns.server';
import { creditAccounts, users } from './people.server';
import { clips } from './projects.server';

/**
 * One paid attempt to make a clip. A row in `queued` is the outbox; rows are never deleted. `erased_at`: its video is
 * deleted from R2 and `media_key` is only a name. `cleaned_at`: an ended generation has no leftovers here or at the
 * provider; until then the sweep wakes it.
 */
export const generations = sqliteTable(
  'generations',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    clipId: text('clip_id').notNull(),
    requestKey: text('request_key').notNull(),
    cost: integer('cost').notNull(),
    state: text('state', {
      enum: ['queued', 'submitting', 'generating', 'copying', 'ready', 'failed', 'canceled'],
    })
      .notNull()
      .default('queued'),
    stateAt: at('state_at'),
    deadlineAt: at('deadline_at'),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    presetId: text('preset_id').notNull(),
    words: text('words').notNull(),
    prompt: text('prompt').notNull(),
    /** The version of the system prompt (`prompt_versions`; version 1 is in the code). */
    promptVersion: integer('prompt_version').notNull().default(1),
    /** The request that made it. Every log line of the generation carries this id. */
    requestId: text('request_id'),
    /**
     * A gift pays it: it costs no credit and books no entry. The generation that its person complained of, whose free second
     * try this is, or that an admin has made again. Null for what credits paid.
     */
    gift: text('gift'),
    /** The admin who gave the gift; null where feedback earned it, which can be used again if it fails or is canceled. */
    giftBy: text('gift_by').references(() => users.id),
    listCents: real('list_cents').notNull().default(0),
    /** Whether the provider can stop the task: always, while it waits there, or never (app/providers/video-provider.ts). */
    canStop: text('can_stop', { enum: ['always', 'queued', 'never'] })
      .notNull()
      .default('always'),
    shape: text('shape', { enum: ['9:16', '16:9', '1:1'] }).notNull(),
    durationSeconds: integer('duration_seconds').notNull(),
    ...frameColumns(),
    submits: integer('submits').notNull().default(0),
    submitNonce: text('submit_nonce'),
    providerTaskId: text('provider_task_id'),
    providerStatus: text('provider_status'),
    progress: real('progress'),
    providerCost: real('provider_cost'),
    mediaKey: text('media_key').unique(),
    mediaBytes: integer('media_bytes'),
    failureReason: text('failure_reason'),
    failureDetail: text('failure_detail'),
    createdAt: at('created_at'),
    erasedAt: integer('erased_at'),
    cleanedAt: integer('cleaned_at'),
  },
  (table) => [
    unique('generations_owner').on(table.userId, table.id),
    unique('generations_of_clip').on(table.userId, table.clipId, table.id),
    unique('generations_request').on(table.userId, table.requestKey),
    unique('generations_task').on(table.providerTaskId, table.provider),
    index('generations_open')
      .on(table.stateAt)
      .where(sql`${table.state} IN ('queued','submitting','generating','copying')`),
    // Includes the state: for an index on the person alone, SQLite prefers `generations_request` and reads all their rows.
    index('generations_open_of_user')
      .on(table.userId, table.state)
      .where(sql`${table.state} IN ('queued','submitting','generating','copying')`),
    // For the admission queue: how many generations a provider has now, by person.
    index('generations_open_at_provider')
      .on(table.provider, table.state, table.userId)
      .where(sql`${table.state} IN ('queued','submitting','generating','copying')`),
    index('generations_refused').on(table.userId, table.stateAt).where(sql`${table.failureReason} = 'moderated'`),
    index('generations_to_clean')
      .on(table.stateAt)
      .where(sql`${table.cleanedAt} IS NULL AND ${table.state} IN ('ready','failed','canceled')`),
    // For the admin's lists, newest first.
    index('generations_by_provider').on(table.provider, table.id),
    index('generations_ended').on(table.state, table.id).where(sql`${table.state} IN ('ready','failed','canceled')`),
    index('generations_ended_at_provider')
      .on(table.provider, table.state, table.id)
      .where(sql`${table.state} IN ('ready','failed','canceled')`),
    index('generations_failed')
      .on(table.failureReason, table.provider, table.id)
      .where(sql`${table.failureReason} IS NOT NULL`),
    // Canceled after a submit: for the limit of the day, and for the alert about it.
    index('generations_stopped')
      .on(table.userId, table.stateAt)
      .where(sql`${table.state} = 'canceled' AND ${table.submits} > 0`),
    index('generations_stopped_at')
      .on(table.stateAt, table.userId)
      .where(sql`${table.state} = 'canceled' AND ${table.submits} > 0`),
    index('generations_gifts').on(table.userId, table.clipId).where(sql`${table.gift} IS NOT NULL`),
    // What an admin has given within a day, for the limit of one admin alone.
    index('generations_given').on(table.giftBy, table.createdAt, table.cost).where(sql`${table.giftBy} IS NOT NULL`),
    index('generations_asked').on(table.requestId).where(sql`${table.requestId} IS NOT NULL`),
    foreignKey({ columns: [table.userId, table.clipId], foreignColumns: [clips.userId, clips.id] }),
    uniqueIndex('generations_one_open')
      .on(table.userId, table.clipId)
      .where(sql`${table.state} IN ('queued','submitting','generating','copying')`),
    index('generations_stored')
      .on(table.userId, table.mediaBytes)
      .where(sql`${table.mediaBytes} IS NOT NULL AND ${table.erasedAt} IS NULL`),
    check('generations_cost', sql`${table.cost} BETWEEN 1 AND 100`),
    check('generations_request_key', sql`length(${table.requestKey}) BETWEEN 8 AND 64`),
    check('generations_media', sql`(${table.state} = 'ready') = (${table.mediaKey} IS NOT NULL)`),
    check('generations_media_bytes', sql`(${table.mediaKey} IS NULL) = (${table.mediaBytes} IS NULL)`),
    check('generations_failure', sql`(${table.state} = 'failed') = (${table.failureReason} IS NOT NULL)`),
    check('generations_can_stop', sql`${table.canStop} IN ('always','queued','never')`),
    check('generations_frame_turn', sql`${table.frameTurn} IN (0,1,2,3)`),
    check('generations_frame_tilt', sql`${table.frameTilt} BETWEEN -10 AND 10`),
    check('generations_submits', sql`${table.submits} BETWEEN 0 AND 3`),
  ],
);

/** The allowed changes of a generation's state; the same as in app/generations/pipeline/states.ts, checked by a test. */
export const generationTransitions = sqliteTable(
  'generation_transitions',
  { fromState: text('from_state').notNull(), toState: text('to_state').notNull() },
  (table) => [primaryKey({ columns: [table.fromState, table.toState] })],
);

/** The generation timeline. A trigger writes state changes; the pipeline adds the other steps. */
export const generationSteps = sqliteTable(
  'generation_steps',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    generationId: text('generation_id')
      .notNull()
      .references(() => generations.id),
    at: at('at'),
    what: text('what').notNull(),
    detail: text('detail'),
  },
  (table) => [
    index('generation_steps_of').on(table.generationId, table.id),
    // These steps can be reported twice; only the first report is kept.
    uniqueIndex('generation_steps_once')
      .on(table.generationId, table.what, table.detail)
      .where(sql`${table.what} IN ('fetched','given-up','lost')`),
  ],
);

/** A histogram of measured times: one row per provider, model, length and 5-second bucket, counted by a trigger. */
const countedWaits = <Name extends string>(name: Name) =>
  sqliteTable(
    name,
    {
      provider: text('provider').notNull(),
      model: text('model').notNull(),
      durationSeconds: integer('duration_seconds').notNull(),
      bucketSeconds: integer('bucket_seconds').notNull(),
      count: integer('count').notNull(),
    },
    (table) => [primaryKey({ columns: [table.provider, table.model, table.durationSeconds, table.bucketSeconds] })],
  );

/** How long generations took, from `queued` to `ready`. */
export const generationWaits = countedWaits('generation_waits');
/** How long providers worked, from accepting a task until a poll or webhook saw it finished. */
export const providerWaits = countedWaits('provider_waits');

/** What a person said was wrong with a clip. The first feedback for a clip is what its gift, one free second try, is given for. */
export const generationFeedback = sqliteTable(
  'generation_feedback',
  {
    generationId: text('generation_id').primaryKey(),
    userId: text('user_id').notNull(),
    reason: text('reason', { enum: ['wrong-face', 'odd-movement', 'other'] }).notNull(),
    words: text('words').notNull().default(''),
    createdAt: at('created_at'),
  },
  (table) => [
    index('generation_feedback_newest').on(table.createdAt),
    foreignKey({ columns: [table.userId, table.generationId], foreignColumns: [generations.userId, generations.id] }),
    check('generation_feedback_reason', sql`${table.reason} IN ('wrong-face','odd-movement','other')`),
    check('generation_feedback_words', sql`length(${table.words}) <= 500`),
  ],
);
