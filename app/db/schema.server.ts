/**
 * The whole database on one screen. Times are milliseconds since 1970, ids carry their kind (`gen_01J…`).
 * The laws of money and state are triggers (`migrations/0001_laws.sql`, one renewed in `migrations/0002_erasure.sql`; what
 * is bought and earned: `migrations/0005_laws_of_money.sql`; what admins do: `migrations/0007_laws_of_the_desk.sql`); every reference between a person's rows is a composite key that starts with `user_id`, so that a row can never point
 * into another person's data.
 */
import { sql } from 'drizzle-orm';
import {
  type AnySQLiteColumn,
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

const at = (name: string) => integer(name).notNull();
/** Deleted rows whose media and words still lie somewhere (app/media/erasure.server.ts). */
const toErase = (table: { deletedAt: AnySQLiteColumn; erasedAt: AnySQLiteColumn }) =>
  sql`${table.deletedAt} IS NOT NULL AND ${table.erasedAt} IS NULL`;

// People. `users` stays for ever as an opaque id in the ledger; `profiles` holds the personal data and can be deleted.
export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    createdAt: at('created_at'),
    /** Suspended by an admin: signs in nowhere and shows nothing, but nothing is deleted. */
    suspendedAt: integer('suspended_at'),
    deletedAt: integer('deleted_at'),
    erasedAt: integer('erased_at'),
  },
  (table) => [index('users_to_erase').on(table.deletedAt).where(toErase(table))],
);

export const profiles = sqliteTable(
  'profiles',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => users.id),
    googleSub: text('google_sub').notNull().unique(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    updatedAt: at('updated_at'),
  },
  (table) => [
    index('profiles_email').on(sql`${table.email} COLLATE NOCASE`),
    index('profiles_name').on(sql`${table.name} COLLATE NOCASE`),
  ],
);

/** Who may go behind the desk: Google accounts by their lasting id, never by e-mail (`npm run admin`). */
export const admins = sqliteTable('admins', {
  googleSub: text('google_sub').primaryKey(),
  grantedAt: at('granted_at'),
});

/** One try at signing in: used once, by the browser that began it, within ten minutes. */
export const signInAttempts = sqliteTable(
  'sign_in_attempts',
  {
    stateHash: text('state_hash').primaryKey(),
    browserHash: text('browser_hash').notNull(),
    codeVerifier: text('code_verifier').notNull(),
    nonce: text('nonce').notNull(),
    returnTo: text('return_to').notNull(),
    createdAt: at('created_at'),
    expiresAt: at('expires_at'),
  },
  (table) => [index('sign_in_attempts_expiry').on(table.expiresAt)],
);

/** The cookie holds a random id, the row only its hash. */
export const sessions = sqliteTable(
  'sessions',
  {
    idHash: text('id_hash').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    userAgent: text('user_agent').notNull(),
    createdAt: at('created_at'),
    seenAt: at('seen_at'),
    expiresAt: at('expires_at'),
  },
  (table) => [index('sessions_user').on(table.userId), index('sessions_expiry').on(table.expiresAt)],
);

export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
  updatedAt: at('updated_at'),
  /** The admin who turned it last; null for what no admin has set. */
  updatedBy: text('updated_by').references(() => users.id),
  /** Moves with every change: who saw an older one may not overwrite it. */
  version: integer('version').notNull().default(1),
});

// Money. Only the triggers move `credit_accounts`; `credit_entries` only grows.
export const creditAccounts = sqliteTable(
  'credit_accounts',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => users.id),
    balance: integer('balance').notNull().default(0),
    version: integer('version').notNull().default(0),
  },
  (table) => [
    check('credit_accounts_no_overdraft', sql`${table.balance} >= 0`),
    check('credit_accounts_version', sql`${table.version} >= 0`),
  ],
);

export const creditEntries = sqliteTable(
  'credit_entries',
  {
    key: text('key').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    seq: integer('seq').notNull(),
    delta: integer('delta').notNull(),
    balanceAfter: integer('balance_after').notNull(),
    kind: text('kind', {
      enum: ['signup', 'purchase', 'referral', 'share', 'generation', 'refund', 'clawback', 'adjustment'],
    }).notNull(),
    generationId: text('generation_id'),
    reference: text('reference'),
    createdAt: at('created_at'),
  },
  (table) => [
    unique('credit_entries_chain').on(table.userId, table.seq),
    index('credit_entries_by_kind').on(table.userId, table.kind, table.seq),
    foreignKey({ columns: [table.userId, table.generationId], foreignColumns: [generations.userId, generations.id] }),
    check('credit_entries_key', sql`length(${table.key}) BETWEEN 3 AND 200`),
    check('credit_entries_delta', sql`${table.delta} <> 0 AND ${table.delta} BETWEEN -10000 AND 10000`),
    check('credit_entries_no_overdraft', sql`${table.balanceAfter} >= 0 AND ${table.seq} >= 1`),
    check(
      'credit_entries_kind',
      sql`(${table.kind} IN ('signup','purchase','referral','share') AND ${table.delta} > 0 AND ${table.generationId} IS NULL)
        OR (${table.kind} = 'generation' AND ${table.delta} < 0 AND ${table.generationId} IS NOT NULL)
        OR (${table.kind} = 'refund' AND ${table.delta} > 0 AND ${table.generationId} IS NOT NULL)
        OR (${table.kind} = 'clawback' AND ${table.delta} < 0 AND ${table.reference} IS NOT NULL)
        OR (${table.kind} = 'adjustment' AND ${table.reference} IS NOT NULL)`,
    ),
  ],
);

// Money that comes in. Stripe's words are kept: a purchase is one checkout session (its laws: migrations/0005_laws_of_money.sql).
/**
 * One pack that a person set out to buy. `state` follows the checkout session; its step to `paid` grants the credits, by
 * trigger. Amounts are in the currency's smallest unit, `refunded_amount` and `disputed_amount` as Stripe counts them.
 */
export const purchases = sqliteTable(
  'purchases',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    requestKey: text('request_key').notNull(),
    packId: text('pack_id').notNull(),
    credits: integer('credits').notNull(),
    amount: integer('amount').notNull(),
    currency: text('currency').notNull(),
    returnTo: text('return_to').notNull(),
    state: text('state', { enum: ['open', 'pending', 'paid', 'failed', 'expired'] })
      .notNull()
      .default('open'),
    stateAt: at('state_at'),
    checkoutSessionId: text('checkout_session_id').unique(),
    checkoutUrl: text('checkout_url'),
    paymentIntentId: text('payment_intent_id').unique(),
    receiptUrl: text('receipt_url'),
    refundedAmount: integer('refunded_amount').notNull().default(0),
    disputedAmount: integer('disputed_amount').notNull().default(0),
    disputeStatus: text('dispute_status'),
    createdAt: at('created_at'),
  },
  (table) => [
    unique('purchases_owner').on(table.userId, table.id),
    unique('purchases_request').on(table.userId, table.requestKey),
    index('purchases_unsettled').on(table.createdAt).where(sql`${table.state} IN ('open','pending')`),
    index('purchases_newest').on(table.createdAt),
    index('purchases_by_state').on(table.state, table.id),
    check('purchases_request_key', sql`length(${table.requestKey}) BETWEEN 8 AND 64`),
    check('purchases_credits', sql`${table.credits} BETWEEN 1 AND 10000`),
    check('purchases_amount', sql`${table.amount} >= 0 AND length(${table.currency}) = 3`),
    check('purchases_state', sql`${table.state} IN ('open','pending','paid','failed','expired')`),
    check(
      'purchases_session',
      sql`${table.state} IN ('open','expired','failed') OR ${table.checkoutSessionId} IS NOT NULL`,
    ),
  ],
);

/**
 * Credits taken back from a purchase after a refund or a dispute (`credits` > 0), or given back when that came to nothing
 * (`credits` < 0). `moved` is what the ledger could move: the rest, the sum of `credits - moved`, is owed.
 */
export const reversals = sqliteTable(
  'reversals',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    purchaseId: text('purchase_id').notNull(),
    seq: integer('seq').notNull(),
    credits: integer('credits').notNull(),
    moved: integer('moved').notNull(),
    reason: text('reason', { enum: ['refund', 'dispute', 'reinstated'] }).notNull(),
    reference: text('reference').notNull(),
    createdAt: at('created_at'),
  },
  (table) => [
    unique('reversals_chain').on(table.purchaseId, table.seq),
    index('reversals_of_user').on(table.userId),
    // Who may owe something.
    index('reversals_short').on(table.userId).where(sql`${table.credits} > ${table.moved}`),
    foreignKey({ columns: [table.userId, table.purchaseId], foreignColumns: [purchases.userId, purchases.id] }),
    check('reversals_credits', sql`${table.credits} <> 0 AND ${table.seq} >= 1`),
  ],
);

/** What Stripe told us, for the record: whether something is done is read from the purchase, never from here. */
export const stripeEvents = sqliteTable(
  'stripe_events',
  {
    id: text('id').primaryKey(),
    type: text('type').notNull(),
    objectId: text('object_id').notNull(),
    receivedAt: at('received_at'),
    deliveries: integer('deliveries').notNull().default(1),
    doneAt: integer('done_at'),
    outcome: text('outcome'),
  },
  (table) => [index('stripe_events_newest').on(table.receivedAt)],
);

/**
 * Credits that an admin gives (`credits` > 0) or takes. Its step to `done` books them, by trigger; above the limit in the
 * settings that step needs the yes of another admin (laws: migrations/0007_laws_of_the_desk.sql).
 */
export const adjustments = sqliteTable(
  'adjustments',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    requestKey: text('request_key').notNull(),
    credits: integer('credits').notNull(),
    /** For the person: it stands in their credit history. */
    reason: text('reason').notNull(),
    state: text('state', { enum: ['waiting', 'done', 'declined'] })
      .notNull()
      .default('waiting'),
    requestedBy: text('requested_by')
      .notNull()
      .references(() => users.id),
    requestedAt: at('requested_at'),
    decidedBy: text('decided_by').references(() => users.id),
    decidedAt: integer('decided_at'),
  },
  (table) => [
    unique('adjustments_request').on(table.requestedBy, table.requestKey),
    index('adjustments_of_user').on(table.userId, table.id),
    index('adjustments_waiting').on(table.id).where(sql`${table.state} = 'waiting'`),
    check('adjustments_credits', sql`${table.credits} <> 0 AND ${table.credits} BETWEEN -10000 AND 10000`),
    check('adjustments_reason', sql`length(${table.reason}) BETWEEN 3 AND 500`),
    check('adjustments_state', sql`${table.state} IN ('waiting','done','declined')`),
    check(
      'adjustments_decided',
      sql`(${table.state} = 'waiting') = (${table.decidedAt} IS NULL) AND (${table.decidedAt} IS NULL) = (${table.decidedBy} IS NULL)`,
    ),
  ],
);

// Credits that are earned (laws: the same file).
/** The code in a person's own link `/r/:code`. */
export const referralCodes = sqliteTable('referral_codes', {
  code: text('code').primaryKey(),
  userId: text('user_id')
    .notNull()
    .unique()
    .references(() => users.id),
  createdAt: at('created_at'),
});

/** A friend who came by somebody's link. Setting `rewarded_at` books both people's credits, by triggers. */
export const referrals = sqliteTable(
  'referrals',
  {
    referredUserId: text('referred_user_id')
      .primaryKey()
      .references(() => creditAccounts.userId),
    referrerUserId: text('referrer_user_id')
      .notNull()
      .references(() => creditAccounts.userId),
    createdAt: at('created_at'),
    rewardedAt: integer('rewarded_at'),
    rewardedFor: text('rewarded_for', { enum: ['film', 'purchase'] }),
    referrerCredits: integer('referrer_credits').notNull().default(0),
    referredCredits: integer('referred_credits').notNull().default(0),
  },
  (table) => [
    index('referrals_of_referrer').on(table.referrerUserId, table.rewardedAt),
    check('referrals_reward', sql`(${table.rewardedAt} IS NULL) = (${table.rewardedFor} IS NULL)`),
    check(
      'referrals_credits',
      sql`${table.referrerCredits} BETWEEN 0 AND 1000 AND ${table.referredCredits} BETWEEN 0 AND 1000`,
    ),
  ],
);

/** A link that plays one film to anybody who has it. Its token is made from the id and a secret, so no row holds one. */
export const shares = sqliteTable(
  'shares',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    projectId: text('project_id').notNull(),
    createdAt: at('created_at'),
    expiresAt: at('expires_at'),
    revokedAt: integer('revoked_at'),
    /** The photo that link previews may show; none unless the owner chose one. */
    previewClipId: text('preview_clip_id'),
    views: integer('views').notNull().default(0),
  },
  (table) => [
    unique('shares_owner').on(table.userId, table.id),
    unique('shares_of_project').on(table.userId, table.projectId, table.id),
    foreignKey({ columns: [table.userId, table.projectId], foreignColumns: [projects.userId, projects.id] }),
    foreignKey({ columns: [table.userId, table.previewClipId], foreignColumns: [clips.userId, clips.id] }),
  ],
);

/** One row per visitor of a link, known by a hash that says nothing about them and changes with the link. */
export const shareVisits = sqliteTable(
  'share_visits',
  {
    shareId: text('share_id')
      .notNull()
      .references(() => shares.id),
    visitorHash: text('visitor_hash').notNull(),
    firstAt: at('first_at'),
    /** When this visitor had watched the film to its end. */
    watchedAt: integer('watched_at'),
  },
  (table) => [
    primaryKey({ columns: [table.shareId, table.visitorHash] }),
    index('share_visits_watched').on(table.shareId).where(sql`${table.watchedAt} IS NOT NULL`),
  ],
);

/** A film that was really watched: its row books the owner's credits, once per film, by trigger. */
export const shareRewards = sqliteTable(
  'share_rewards',
  {
    projectId: text('project_id').primaryKey(),
    userId: text('user_id').notNull(),
    shareId: text('share_id').notNull(),
    visitors: integer('visitors').notNull(),
    credits: integer('credits').notNull(),
    createdAt: at('created_at'),
  },
  (table) => [
    foreignKey({
      columns: [table.userId, table.projectId, table.shareId],
      foreignColumns: [shares.userId, shares.projectId, shares.id],
    }),
    check('share_rewards_credits', sql`${table.credits} BETWEEN 1 AND 1000 AND ${table.visitors} >= 1`),
  ],
);

// Films.
export const projects = sqliteTable(
  'projects',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    title: text('title').notNull(),
    shape: text('shape', { enum: ['9:16', '16:9', '1:1'] })
      .notNull()
      .default('9:16'),
    clipSeconds: integer('clip_seconds').notNull().default(5),
    trackId: text('track_id'),
    status: text('status', { enum: ['in_progress', 'completed'] })
      .notNull()
      .default('in_progress'),
    version: integer('version').notNull().default(1),
    createdAt: at('created_at'),
    updatedAt: at('updated_at'),
    deletedAt: integer('deleted_at'),
    erasedAt: integer('erased_at'),
  },
  (table) => [
    unique('projects_owner').on(table.userId, table.id),
    index('projects_to_erase').on(table.deletedAt).where(toErase(table)),
    index('projects_newest').on(table.userId, table.id).where(sql`${table.deletedAt} IS NULL`),
    check('projects_title', sql`length(${table.title}) BETWEEN 1 AND 80`),
    check('projects_clip_seconds', sql`${table.clipSeconds} BETWEEN 2 AND 10`),
    check('projects_shape', sql`${table.shape} IN ('9:16','16:9','1:1')`),
    check('projects_status', sql`${table.status} IN ('in_progress','completed')`),
  ],
);

/** A photo on its way: the bytes received so far lie in R2 as parts, one per row of `upload_parts`. */
export const uploads = sqliteTable(
  'uploads',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    projectId: text('project_id').notNull(),
    requestKey: text('request_key').notNull(),
    fileName: text('file_name').notNull(),
    takenAt: integer('taken_at'),
    lengthBytes: integer('length_bytes').notNull(),
    offsetBytes: integer('offset_bytes').notNull().default(0),
    state: text('state', { enum: ['open', 'done', 'refused'] })
      .notNull()
      .default('open'),
    reason: text('reason'),
    createdAt: at('created_at'),
    expiresAt: at('expires_at'),
  },
  (table) => [
    unique('uploads_owner').on(table.userId, table.id),
    unique('uploads_request').on(table.userId, table.requestKey),
    index('uploads_open').on(table.expiresAt).where(sql`${table.state} = 'open'`),
    foreignKey({ columns: [table.userId, table.projectId], foreignColumns: [projects.userId, projects.id] }),
    check('uploads_offset', sql`${table.offsetBytes} BETWEEN 0 AND ${table.lengthBytes}`),
  ],
);

export const uploadParts = sqliteTable(
  'upload_parts',
  {
    uploadId: text('upload_id')
      .notNull()
      .references(() => uploads.id, { onDelete: 'cascade' }),
    offsetBytes: integer('offset_bytes').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    mediaKey: text('media_key').notNull().unique(),
  },
  (table) => [primaryKey({ columns: [table.uploadId, table.offsetBytes] })],
);

/**
 * `width` and `height` are those of the upright picture; the object in R2 carries no position or device data, and is gone
 * once `erased_at` is set.
 */
export const photos = sqliteTable(
  'photos',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    projectId: text('project_id').notNull(),
    mediaKey: text('media_key').notNull().unique(),
    sizeBytes: integer('size_bytes').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    orientation: integer('orientation').notNull().default(1),
    takenAt: integer('taken_at'),
    createdAt: at('created_at'),
    erasedAt: integer('erased_at'),
  },
  (table) => [
    unique('photos_owner').on(table.userId, table.id),
    foreignKey({ columns: [table.userId, table.projectId], foreignColumns: [projects.userId, projects.id] }),
    foreignKey({ columns: [table.userId, table.id], foreignColumns: [uploads.userId, uploads.id] }),
  ],
);

/**
 * A slot in the film. `position` is a fractional index, so two devices can move clips without asking each other.
 * `frame_*` say which part of the photo is used, whatever the film's shape (app/photos/frame.ts).
 * `latest_` and `ready_generation_id` and `version` are kept by triggers.
 */
export const clips = sqliteTable(
  'clips',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    projectId: text('project_id').notNull(),
    photoId: text('photo_id').notNull(),
    position: text('position').notNull(),
    frameX: real('frame_x').notNull().default(0.5),
    frameY: real('frame_y').notNull().default(0.5),
    frameZoom: real('frame_zoom').notNull().default(1),
    presetId: text('preset_id').notNull().default('gentle'),
    words: text('words').notNull().default(''),
    latestGenerationId: text('latest_generation_id'),
    readyGenerationId: text('ready_generation_id'),
    approvedGenerationId: text('approved_generation_id'),
    version: integer('version').notNull().default(1),
    createdAt: at('created_at'),
    deletedAt: integer('deleted_at'),
    erasedAt: integer('erased_at'),
  },
  (table) => [
    unique('clips_owner').on(table.userId, table.id),
    index('clips_to_erase').on(table.deletedAt).where(toErase(table)),
    index('clips_not_erased').on(table.userId, table.projectId).where(sql`${table.erasedAt} IS NULL`),
    index('clips_order').on(table.userId, table.projectId, table.position).where(sql`${table.deletedAt} IS NULL`),
    index('clips_photo').on(table.userId, table.photoId),
    foreignKey({ columns: [table.userId, table.projectId], foreignColumns: [projects.userId, projects.id] }),
    foreignKey({ columns: [table.userId, table.photoId], foreignColumns: [photos.userId, photos.id] }),
    check(
      'clips_frame',
      sql`${table.frameX} BETWEEN 0 AND 1 AND ${table.frameY} BETWEEN 0 AND 1 AND ${table.frameZoom} BETWEEN 1 AND 4`,
    ),
    check('clips_words', sql`length(${table.words}) <= 500`),
  ],
);

/**
 * One paid try. The row in `queued` is the outbox; rows are never deleted. `erased_at` says that its video is gone:
 * `media_key` stays as the name of what was. `cleaned_at` says that an ended try has left nothing behind, with us or with
 * the provider; until then the sweeper wakes it.
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
    /** The system prompt around the person's words (`prompt_versions`; 1 is the one in the code). */
    promptVersion: integer('prompt_version').notNull().default(1),
    /** The request that asked for it: the thread from a person's screen through queue and object to the provider. */
    requestId: text('request_id'),
    shape: text('shape', { enum: ['9:16', '16:9', '1:1'] }).notNull(),
    durationSeconds: integer('duration_seconds').notNull(),
    frameX: real('frame_x').notNull(),
    frameY: real('frame_y').notNull(),
    frameZoom: real('frame_zoom').notNull(),
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
    // With the state as well: by the person alone, SQLite would rather read all their tries by `generations_request`.
    index('generations_open_of_user')
      .on(table.userId, table.state)
      .where(sql`${table.state} IN ('queued','submitting','generating','copying')`),
    // Whose turn it is at a provider (fairness between people) and how many it has now.
    index('generations_open_at_provider')
      .on(table.provider, table.state, table.userId)
      .where(sql`${table.state} IN ('queued','submitting','generating','copying')`),
    index('generations_refused').on(table.userId, table.stateAt).where(sql`${table.failureReason} = 'moderated'`),
    index('generations_to_clean')
      .on(table.stateAt)
      .where(sql`${table.cleanedAt} IS NULL AND ${table.state} IN ('ready','failed','canceled')`),
    // For the desk, newest first: by provider; by how they ended; by why.
    index('generations_by_provider').on(table.provider, table.id),
    index('generations_ended').on(table.state, table.id).where(sql`${table.state} IN ('ready','failed','canceled')`),
    index('generations_ended_at_provider')
      .on(table.provider, table.state, table.id)
      .where(sql`${table.state} IN ('ready','failed','canceled')`),
    index('generations_failed')
      .on(table.failureReason, table.provider, table.id)
      .where(sql`${table.failureReason} IS NOT NULL`),
    index('generations_asked').on(table.requestId).where(sql`${table.requestId} IS NOT NULL`),
    foreignKey({ columns: [table.userId, table.clipId], foreignColumns: [clips.userId, clips.id] }),
    check('generations_cost', sql`${table.cost} BETWEEN 1 AND 100`),
    check('generations_request_key', sql`length(${table.requestKey}) BETWEEN 8 AND 64`),
    check('generations_media', sql`(${table.state} = 'ready') = (${table.mediaKey} IS NOT NULL)`),
    check('generations_media_bytes', sql`(${table.mediaKey} IS NULL) = (${table.mediaBytes} IS NULL)`),
    check('generations_failure', sql`(${table.state} = 'failed') = (${table.failureReason} IS NOT NULL)`),
    check('generations_submits', sql`${table.submits} BETWEEN 0 AND 3`),
  ],
);

/** The only moves a generation may make; the same table as app/generations/pipeline/states.ts, checked by a test. */
export const generationTransitions = sqliteTable(
  'generation_transitions',
  { fromState: text('from_state').notNull(), toState: text('to_state').notNull() },
  (table) => [primaryKey({ columns: [table.fromState, table.toState] })],
);

/** The generation's timeline. State changes write their own row (trigger); other steps are added by the pipeline. */
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
    // What may be heard of twice is told once.
    uniqueIndex('generation_steps_once')
      .on(table.generationId, table.what, table.detail)
      .where(sql`${table.what} IN ('fetched','given-up','lost')`),
  ],
);

/** Times that were measured: one row per provider, model, length and 5-second bucket, counted by a trigger. */
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

/** How long generations really took, from wish to ready. */
export const generationWaits = countedWaits('generation_waits');
/** How long providers really worked, from when they took a task until it was seen as finished. */
export const providerWaits = countedWaits('provider_waits');

/** What a person said was wrong with a clip. The first answer for a clip may buy one more try (trigger on the ledger). */
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

// The providers' health.
/** What a provider answered in one minute: asked, failed by its own fault, and slow. Old minutes are swept away. */
export const providerMinutes = sqliteTable(
  'provider_minutes',
  {
    provider: text('provider').notNull(),
    /** Minutes since 1970. */
    minute: integer('minute').notNull(),
    calls: integer('calls').notNull().default(0),
    failures: integer('failures').notNull().default(0),
    slow: integer('slow').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.provider, table.minute] })],
);

/** The circuit breaker of a provider: while `open_until` lies ahead, nothing new is sent there. */
export const providerBreakers = sqliteTable('provider_breakers', {
  provider: text('provider').primaryKey(),
  openedAt: at('opened_at'),
  openUntil: at('open_until'),
  reason: text('reason', { enum: ['failures', 'slow', 'quota', 'auth'] }).notNull(),
  /** How often it opened in a row: the pause grows with it. */
  openings: integer('openings').notNull().default(1),
});

// The house looking after itself.
/** Messages that no object would take, as the dead-letter queue brought them. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    id: text('id').primaryKey(),
    body: text('body').notNull(),
    generationId: text('generation_id'),
    attempts: integer('attempts').notNull(),
    receivedAt: at('received_at'),
  },
  (table) => [index('dead_letters_newest').on(table.receivedAt)],
);

/** The last runs of what runs by itself. `differences` is a list in JSON: empty means that all is well. */
export const houseReports = sqliteTable(
  'house_reports',
  {
    kind: text('kind', { enum: ['sweep', 'audit', 'reconcile', 'spending'] }).notNull(),
    at: at('at'),
    ok: integer('ok', { mode: 'boolean' }).notNull(),
    differences: text('differences').notNull(),
    milliseconds: integer('milliseconds').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.at] })],
);

// The owner's desk (laws: migrations/0007_laws_of_the_desk.sql).
/** Everything an admin has done, append-only. `user_id`: whom it is about; `admin_user_id` is null for the console. */
export const adminActs = sqliteTable(
  'admin_acts',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: at('at'),
    adminUserId: text('admin_user_id'),
    what: text('what').notNull(),
    userId: text('user_id'),
    /** What it was done to: an id, or the key of a setting. */
    subject: text('subject').notNull(),
    before: text('before'),
    after: text('after'),
    reason: text('reason'),
    requestId: text('request_id'),
  },
  (table) => [
    index('admin_acts_of_user').on(table.userId, table.id),
    index('admin_acts_by_admin').on(table.adminUserId, table.id),
    index('admin_acts_by_what').on(table.what, table.id),
    index('admin_acts_on_subject').on(table.subject, table.id),
  ],
);

/** The texts put around people's words, append-only. Version 1 stands in the code; which one is live is a setting. */
export const promptVersions = sqliteTable(
  'prompt_versions',
  {
    version: integer('version').primaryKey(),
    text: text('text').notNull(),
    note: text('note').notNull(),
    authorId: text('author_id')
      .notNull()
      .references(() => users.id),
    createdAt: at('created_at'),
  },
  (table) => [
    check('prompt_versions_number', sql`${table.version} >= 2`),
    check('prompt_versions_text', sql`length(${table.text}) BETWEEN 1 AND 600`),
  ],
);

/** How each version of the system prompt does, counted by triggers: tries, ready, failed, approved, and what was wrong. */
export const promptFigures = sqliteTable(
  'prompt_figures',
  {
    version: integer('version').notNull(),
    figure: text('figure').notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.version, table.figure] })],
);

/**
 * What happened on each day (days since 1970, UTC), counted by triggers as it happens, so that no figure is ever scanned
 * for. Day 0 holds what is true of all days: `outstanding`, the sum of all balances. Money is in the currency's smallest
 * unit, `provider-cents` in US cents, `wait:<seconds>` counts films by how long they took.
 */
export const dayFigures = sqliteTable(
  'day_figures',
  {
    day: integer('day').notNull(),
    figure: text('figure').notNull(),
    value: real('value').notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.figure] })],
);

/** Log lines worth keeping for a month: what a person saw fail, and every call to a provider that says something new. */
export const logLines = sqliteTable(
  'log_lines',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: at('at'),
    requestId: text('request_id'),
    generationId: text('generation_id'),
    userId: text('user_id'),
    event: text('event').notNull(),
    line: text('line').notNull(),
  },
  (table) => [
    index('log_lines_at').on(table.at),
    index('log_lines_of_request').on(table.requestId, table.id).where(sql`${table.requestId} IS NOT NULL`),
    index('log_lines_of_generation').on(table.generationId, table.id).where(sql`${table.generationId} IS NOT NULL`),
    index('log_lines_of_user').on(table.userId, table.id).where(sql`${table.userId} IS NOT NULL`),
  ],
);

/** Something the owner should look at. Open until it is over; told to the owner's own address, again until it is heard. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    detail: text('detail').notNull(),
    openedAt: at('opened_at'),
    closedAt: integer('closed_at'),
    tries: integer('tries').notNull().default(0),
    nextTryAt: integer('next_try_at'),
    deliveredAt: integer('delivered_at'),
  },
  (table) => [
    uniqueIndex('alerts_open').on(table.kind, table.subject).where(sql`${table.closedAt} IS NULL`),
    index('alerts_newest').on(table.openedAt),
    index('alerts_to_tell').on(table.nextTryAt).where(sql`${table.nextTryAt} IS NOT NULL`),
  ],
);
