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
} from 'drizzle-orm/sqlite-core';
import { at, frameColumns, toErase } from './columns.server';
import { users } from './people.server';

/** A film in the making. */
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

/**
 * A resumable upload of one photo. The bytes received so far are parts in R2, one per row of `upload_parts`. `content_hash`:
 * of the file that was picked (see `photos`), while the upload is open. `keeps_both`: the person wants the photo though it is
 * in the film already.
 */
export const uploads = sqliteTable(
  'uploads',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    projectId: text('project_id').notNull(),
    requestKey: text('request_key').notNull(),
    fileName: text('file_name').notNull(),
    takenAt: integer('taken_at'),
    contentHash: text('content_hash'),
    keepsBoth: integer('keeps_both', { mode: 'boolean' }).notNull().default(false),
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
    index('uploads_under_way').on(table.userId, table.lengthBytes).where(sql`${table.state} = 'open'`),
    index('uploads_open').on(table.expiresAt).where(sql`${table.state} = 'open'`),
    foreignKey({ columns: [table.userId, table.projectId], foreignColumns: [projects.userId, projects.id] }),
    check('uploads_offset', sql`${table.offsetBytes} BETWEEN 0 AND ${table.lengthBytes}`),
    check('uploads_content_hash', sql`length(${table.contentHash}) = 64`),
    check('uploads_keeps_both', sql`${table.keepsBoth} IN (0,1)`),
  ],
);

/** One part of an upload, in R2 under `media_key`. */
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
 * A person's picture in R2. `width` and `height` are those of the upright picture. The object holds no position or device
 * data; once `erased_at` is set, it is deleted. `smaller_bytes`: the bytes of its smaller sizes (app/photos/photo-sizes.ts), null
 * until they are made. `colour`: the mean of its colours as `#rrggbb`. `content_hash`: SHA-256 of the file that was picked, as
 * hex, by which the same photo is noticed; null where the device could not tell, and once it is erased.
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
    smallerBytes: integer('smaller_bytes'),
    colour: text('colour'),
    contentHash: text('content_hash'),
    createdAt: at('created_at'),
    erasedAt: integer('erased_at'),
  },
  (table) => [
    unique('photos_owner').on(table.userId, table.id),
    index('photos_stored').on(table.userId, table.sizeBytes, table.smallerBytes).where(sql`${table.erasedAt} IS NULL`),
    index('photos_content')
      .on(table.userId, table.projectId, table.contentHash)
      .where(sql`${table.contentHash} IS NOT NULL`),
    check('photos_content_hash', sql`length(${table.contentHash}) = 64`),
    index('photos_to_size').on(table.id).where(sql`${table.smallerBytes} IS NULL AND ${table.erasedAt} IS NULL`),
    foreignKey({ columns: [table.userId, table.projectId], foreignColumns: [projects.userId, projects.id] }),
    foreignKey({ columns: [table.userId, table.id], foreignColumns: [uploads.userId, uploads.id] }),
  ],
);

/**
 * A slot of a project. `position` is a fractional index, so that two devices can move clips at the same time. `frame_*` is
 * the part of the photo that the film shows, in any shape (app/photos/frame.ts), and `frame_origin` where it comes from. `left_as_photo_at` is when the person
 * left the clip as a photo; a generation that fails later is a failure again. `kept_apart_at` is when the person said that
 * this clip stays beside those that look like it: all that were in the film by then. Triggers keep `latest_generation_id`,
 * `ready_generation_id` and `version`.
 */
export const clips = sqliteTable(
  'clips',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    projectId: text('project_id').notNull(),
    photoId: text('photo_id').notNull(),
    position: text('position').notNull(),
    ...frameColumns(),
    frameX: real('frame_x').notNull().default(0.5),
    frameY: real('frame_y').notNull().default(0.5),
    frameZoom: real('frame_zoom').notNull().default(1),
    frameOrigin: text('frame_origin', { enum: ['middle', 'proposed', 'person'] })
      .notNull()
      .default('middle'),
    presetId: text('preset_id').notNull().default('gentle'),
    words: text('words').notNull().default(''),
    latestGenerationId: text('latest_generation_id'),
    readyGenerationId: text('ready_generation_id'),
    approvedGenerationId: text('approved_generation_id'),
    leftAsPhotoAt: integer('left_as_photo_at'),
    keptApartAt: integer('kept_apart_at'),
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
    check('clips_frame_turn', sql`${table.frameTurn} IN (0,1,2,3)`),
    check('clips_frame_tilt', sql`${table.frameTilt} BETWEEN -10 AND 10`),
    check('clips_frame_origin', sql`${table.frameOrigin} IN ('middle','proposed','person')`),
    check('clips_words', sql`length(${table.words}) <= 500`),
  ],
);
