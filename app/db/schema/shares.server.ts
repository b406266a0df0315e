import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { at } from './columns.server';
import { users } from './people.server';
import { clips, projects } from './projects.server';

/** A private link to one film. Its token is derived from the id and a secret, so no row holds a token. */
export const shares = sqliteTable(
  'shares',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    projectId: text('project_id').notNull(),
    createdAt: at('created_at'),
    expiresAt: at('expires_at'),
    revokedAt: integer('revoked_at'),
    /** The clip whose photo link previews show; null until the owner chooses one. */
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

/** One row per visitor of a link. The hash differs for each link, so visits of two links cannot be matched. */
export const shareVisits = sqliteTable(
  'share_visits',
  {
    shareId: text('share_id')
      .notNull()
      .references(() => shares.id),
    visitorHash: text('visitor_hash').notNull(),
    firstAt: at('first_at'),
    /** When the visitor reached the end of the film. */
    watchedAt: integer('watched_at'),
  },
  (table) => [
    primaryKey({ columns: [table.shareId, table.visitorHash] }),
    index('share_visits_watched').on(table.shareId).where(sql`${table.watchedAt} IS NOT NULL`),
  ],
);

/**
 * A network from which a person's shared film was watched to the end; without a project it is the person's own. A network
 * counts once for an owner in 30 days, by their account hash, and the rows are kept as long.
 */
export const shareNetworks = sqliteTable(
  'share_networks',
  {
    accountHash: text('account_hash').notNull(),
    networkHash: text('network_hash').notNull(),
    at: at('at'),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    projectId: text('project_id'),
  },
  (table) => [
    primaryKey({ columns: [table.accountHash, table.networkHash, table.at, table.userId] }),
    index('share_networks_of_project').on(table.userId, table.projectId, table.at),
    index('share_networks_oldest').on(table.at),
    foreignKey({ columns: [table.userId, table.projectId], foreignColumns: [projects.userId, projects.id] }),
  ],
);

/**
 * The reward for a shared film that enough visitors watched to the end. The row books the owner's credits, once per
 * project, by trigger.
 */
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
    index('share_rewards_of_user').on(table.userId, table.createdAt),
    check('share_rewards_credits', sql`${table.credits} BETWEEN 1 AND 1000 AND ${table.visitors} >= 1`),
  ],
);
